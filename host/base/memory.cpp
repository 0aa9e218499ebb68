// malloc_trim() for the heap; for the stack the kernel is told which pages are not in use.
#include "base/memory.hpp"

#include <cstdint>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace paddock::base {
namespace {

// Enough for the deepest calls of a start; the kernel keeps 1 MiB below the stack free of other mappings.
[[maybe_unused]] constexpr std::uintptr_t kStackDepth = 512U << 10U;
[[maybe_unused]] constexpr std::uintptr_t kOurOwn = 512;  // bytes of stack below the frame's address

}  // namespace

std::array<char, read_buffer_bytes>& read_buffer() noexcept {
  constexpr std::size_t kPage = 4096;  // of its own, so that small variables do not lie on pages around it
  alignas(kPage) static std::array<char, read_buffer_bytes> buffer;
  return buffer;
}

void give_back_memory() noexcept {
#ifndef PADDOCK_SANITIZED
  (void)::malloc_trim(0);
  const auto page = std::uintptr_t(::sysconf(_SC_PAGESIZE));
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  // The call below needs a return address.
  const std::uintptr_t end = (here - kOurOwn) / page * page;
  // ENOMEM says that not all of it was mapped, which is so when the stack never was that deep.
  (void)::madvise(reinterpret_cast<void*>(end - kStackDepth), kStackDepth, MADV_DONTNEED);
#endif
}

}  // namespace paddock::base
