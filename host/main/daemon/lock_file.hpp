// One daemon for each state folder.
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace paddock::daemon {

/// Takes `<state_dir>/lock` for as long as the result lives and writes our pid into it. Fails with
/// `already_exists` that names the pid of the daemon that has it, else `io`.
base::Result<base::UniqueFd> take_lock(const std::filesystem::path& state_dir);

}  // namespace paddock::daemon
