// Starting and ending the local daemon.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/unique_fd.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// The process that holds a state folder's lock.
struct LockHolder {
  pid_t pid = -1;
  base::UniqueFd pidfd;  ///< of exactly that process
};

/// Who holds `<state_dir>/lock`; pid -1 when nobody does. The lock itself is asked, not only the pid
/// written in it, and the process is pinned before the answer is checked again.
Outcome<LockHolder> lock_holder(const std::filesystem::path& state_dir);

/// The pid of the process that listens on a Unix socket; -1 when nobody does.
pid_t listener_of(const std::filesystem::path& socket);

/// Starts `argv` in the background, in a session of its own, its output appended to `log`, and waits
/// until it says READY=1 as sd_notify(3) does. Its pid; fails when it ends first or `patience` passes
/// (it is then ended).
Outcome<pid_t> start_in_background(const std::vector<std::string>& argv, const std::filesystem::path& log,
                                   std::chrono::milliseconds patience);

/// SIGTERM, and waits for its end; fails with `timeout` when it is still there after `patience`.
Outcome<void> end_politely(const LockHolder& holder, std::chrono::milliseconds patience);

}  // namespace paddock::cli
