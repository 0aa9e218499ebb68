// Deleting session folders without ever leaving them.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace paddock::control {

/// Deletes `parent/name` with all that is in it. Links are deleted, never followed; nothing on another file
/// system is touched. A folder that is not there is success. Fails with `invalid_request` for a name with
/// '/' or of dots, else `io`.
base::Result<> remove_folder(const std::filesystem::path& parent, const std::string& name);

}  // namespace paddock::control
