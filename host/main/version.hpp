// The version of all programs.
#pragma once

#include <string_view>

#ifndef PADDOCK_VERSION
#define PADDOCK_VERSION "0.0.0"
#endif

namespace paddock {

/// "0.1.0", from the project's CMake file.
constexpr std::string_view version() noexcept { return PADDOCK_VERSION; }

}  // namespace paddock
