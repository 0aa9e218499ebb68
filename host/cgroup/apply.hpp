// Writing settings to groups that exist, and making sure that they are in force.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "cgroup/knobs.hpp"
#include "cgroup/mounts.hpp"

namespace paddock::cgroup {

/// The settings of one controller, in their order.
std::vector<Setting> of_controller(const std::vector<Setting>& settings, const std::string& controller);

/// Reads back what each file holds after all `settings` were written. A value that is not there fails
/// with `limit_unavailable`.
base::Result<> verify(const std::string& directory, const std::vector<Setting>& settings);

/// Writes and verifies settings of any controllers of one directory. A value the kernel refuses is
/// `limit_unavailable`: the limit is not to be had.
base::Result<> apply(const Hierarchy& hierarchy, const std::string& directory, const std::vector<Setting>& settings);

/// The present limits of a v1 memory group.
V1Memory memory_now(const std::string& directory);

}  // namespace paddock::cgroup
