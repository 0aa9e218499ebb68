// What a Tree knows, and how it is found out when it opens.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cgroup/mounts.hpp"
#include "cgroup/tree.hpp"

namespace paddock::cgroup {

/// One hierarchy in which sessions get groups.
struct Branch {
  Hierarchy hierarchy;
  std::string base;                      ///< directory of the base group
  std::vector<std::string> controllers;  ///< what it does for us; on v2 those switched on for children
};

/// State of a Tree, built by survey().
struct TreeState {
  std::string base_name;
  Features features;
  std::map<std::string, Branch> v1;  ///< by the first controller of the hierarchy
  std::optional<Branch> v2;
};

/// Makes the base groups, below the group this process is in or below `parent`, and finds out what can
/// be enforced below them.
std::unique_ptr<TreeState> survey(const std::string& base_name, const std::optional<std::string>& parent);

/// Whether `name` may be a directory below a group: letters, digits, '_', '-', at most 64.
bool is_group_name(std::string_view name) noexcept;

}  // namespace paddock::cgroup
