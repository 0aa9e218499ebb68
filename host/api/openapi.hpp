// The OpenAPI document, as it stands in openapi.json, built into the program.
#pragma once

#include <string_view>

namespace paddock::api {

/// The whole document. Valid for ever.
std::string_view openapi_document() noexcept;

}  // namespace paddock::api
