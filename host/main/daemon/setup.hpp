// Everything the daemon needs to know before it starts: decided from flags, environment and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/host_config.hpp"
#include "main/daemon/flags.hpp"
#include "policy/policy.hpp"

namespace paddock::daemon {

/// A checked setup. A value: a reload makes a new one.
struct Setup {
  config::HostConfig config;
  policy::Set policies;
  std::filesystem::path config_file;  ///< that was read, or would be if it were there; may be empty
};

/// Reads files and decides. Fails with `bad_config`; `errors` holds every problem of all files.
base::Result<Setup> load_setup(const Flags& flags);

/// Each problem of a failed load on a line of its own: "file:line:column: key: sentence".
std::string every_problem(const base::Error& error);

}  // namespace paddock::daemon
