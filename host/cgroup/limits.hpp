// What may be limited for a session, and the names of the groups that do it: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/size.hpp"

namespace paddock::cgroup {

/// Which cgroup hierarchies are mounted.
enum class Layout {
  none,     ///< no cgroup file system to be seen
  legacy,   ///< v1 only
  hybrid,   ///< v1 hierarchies and a v2 tree beside them (it may have no controllers)
  unified,  ///< v2 only
};

/// "none", "legacy", "hybrid", "unified".
std::string_view name(Layout layout) noexcept;

/// What a session may use at most. Absent means "not limited by us".
struct Limits {
  std::optional<base::ByteSize> memory_max;   ///< above it the kernel kills inside the group
  std::optional<base::ByteSize> memory_high;  ///< above it the group is slowed down (v2 only)
  std::optional<base::ByteSize> swap_max;     ///< on v1 needs memory_max too
  std::optional<std::uint32_t> cpu_percent;   ///< of one CPU: 150 is one and a half
  std::optional<std::uint32_t> cpu_weight;    ///< 1 to 10000, 100 is the default
  std::optional<std::uint64_t> pids_max;      ///< processes and threads

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// Where a session's groups are. A plain value to be stored and sent; empty when the machine gives
/// no groups.
struct GroupPaths {
  std::string session;                    ///< the name it was created with
  std::map<std::string, std::string> v1;  ///< controller to absolute directory: "memory", "cpu", "cpuacct", ...
  std::string v2;                         ///< absolute directory in the v2 tree, or empty
  bool v2_has_controllers = false;        ///< limits and figures are in `v2`, not in `v1`

  bool empty() const noexcept { return v1.empty() && v2.empty(); }
  friend bool operator==(const GroupPaths&, const GroupPaths&) = default;
};

/// Whether this machine can do something, and if not, why.
struct Feature {
  bool available = false;
  std::string reason;  ///< one sentence when not available

  explicit operator bool() const noexcept { return available; }
};

/// Limits divided into those that will hold and those that will not.
struct Screened {
  Limits enforced;
  std::vector<std::string> dropped;  ///< "memory_high: the v1 memory controller has no such limit", ...
};

/// What this machine can do for sessions. Decided once, when the tree is opened.
struct Features {
  Layout layout = Layout::none;
  Feature groups;  ///< sessions get groups at all
  Feature memory_max, memory_high, swap_max, cpu_percent, cpu_weight, pids_max;
  Feature atomic_kill;  ///< cgroup.kill: nothing in the group can outrun it
  Feature freeze;       ///< a session can be paused
  Feature notify;       ///< "group is empty" is told, not looked for
  Feature oom_group;    ///< running out of memory ends the whole session, not one process of it

  /// Divides `limits`. Limits nobody asked for are in neither part.
  Screened screen(const Limits& limits) const;
};

}  // namespace paddock::cgroup
