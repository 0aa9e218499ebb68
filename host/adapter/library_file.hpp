// Looks at a library's file before anything in it may run. Private to the loader.
#pragma once

#include <filesystem>
#include <string>

#include "adapter/loader.hpp"

namespace paddock::adapter {

/// Checks the policy's list, the file's mode and, when the policy names one, its hash. Gives the
/// SHA-256 of the file in hexadecimal.
Accepted<std::string> check_file(const std::filesystem::path& file, const LoadPolicy& policy);

}  // namespace paddock::adapter
