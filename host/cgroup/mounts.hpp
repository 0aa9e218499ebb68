// Where this process's own groups are in the mounted hierarchies.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cgroup/parse.hpp"

namespace paddock::cgroup {

/// One hierarchy as this process sees it.
struct Hierarchy {
  Mount mount;
  std::string own;  ///< directory of the group this process is in

  /// `directory` relative to the mount point, as the cgroup library names groups.
  std::string relative(const std::string& directory) const;
};

/// The hierarchies in which this process can see its own group.
struct Surroundings {
  Layout layout = Layout::none;
  std::map<std::string, Hierarchy> v1;  ///< by controller
  std::optional<Hierarchy> v2;
};

/// A membership text that puts a process into `group` in every hierarchy of `membership`.
std::string moved_to(std::string_view membership, std::string_view group);

/// Pure: from the texts of `/proc/self/mountinfo` and `/proc/self/cgroup`.
Surroundings surroundings_of(std::string_view mountinfo, std::string_view membership);

/// Of this process, now; as if it were in the group `place` of every hierarchy, when that is given.
/// Nothing readable is Layout::none.
Surroundings look_around(const std::optional<std::string>& place = std::nullopt);

}  // namespace paddock::cgroup
