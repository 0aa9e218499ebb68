// Takes openapi.json into the program at assembly time, byte for byte.
#include "api/openapi.hpp"

asm(R"(
  .section .rodata
  .global paddock_openapi_begin
  .global paddock_openapi_end
paddock_openapi_begin:
  .incbin ")" PADDOCK_OPENAPI_FILE R"("
paddock_openapi_end:
  .byte 0
  .previous
)");

extern "C" const char paddock_openapi_begin[];
extern "C" const char paddock_openapi_end[];

namespace paddock::api {

std::string_view openapi_document() noexcept {
  return {paddock_openapi_begin, static_cast<std::size_t>(paddock_openapi_end - paddock_openapi_begin)};
}

}  // namespace paddock::api
