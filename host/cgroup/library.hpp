// What we use of libcgroup, with its sharp edges behind us. No type of it leaves this folder.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "cgroup/knobs.hpp"

namespace paddock::cgroup::library {

/// Reads the machine's mounts; once per process, later calls give the first answer. Must be called
/// before any other call here.
base::Result<> initialise();

/// Makes the group `name` (relative to the mount point) of `controller` and writes `settings`, all of
/// that controller, in order. On failure the directory may be left behind: the caller removes it.
base::Result<> create(const std::string& name, const std::string& controller, const std::vector<Setting>& settings);

/// Writes settings, all of one controller, in order, to an existing group.
base::Result<> modify(const std::string& name, const std::string& controller, const std::vector<Setting>& settings);

}  // namespace paddock::cgroup::library
