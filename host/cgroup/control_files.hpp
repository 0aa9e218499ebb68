// Small reads, writes and walks in cgroup directories, shared by both sides.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"

namespace paddock::cgroup {

bool exists(const std::string& path);

/// A whole file; absent when it cannot be read.
std::optional<std::string> read_text(const std::string& path);

/// Writes `text` by one write(), as these files want it. 0 or an errno.
int write_text(const std::string& path, std::string_view text);

/// Content of an open file from its start, at most 16 KiB; absent when it cannot be read.
std::optional<std::string> read_again(int fd);

/// Names of the groups directly below a directory.
std::vector<std::string> children_of(const std::string& directory);

/// The directory and all groups below it, children before parents. At most 10000.
std::vector<std::string> groups_below(const std::string& directory);

/// Processes of the directory and of all groups below it; a group that vanishes meanwhile has none.
std::vector<pid_t> processes_below(const std::string& directory);

}  // namespace paddock::cgroup
