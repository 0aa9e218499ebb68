// The daemon's side of cgroups: makes, changes and removes the groups of sessions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cgroup/limits.hpp"

namespace paddock::cgroup {

struct TreeState;

/// What is mounted here, found anew at each call.
Layout detect();

/// All groups of one daemon. They live in `<parent>/<base name>/<session>` of every hierarchy, where
/// the parent is the group the daemon runs in (its delegated part under a service manager).
///
/// On the unified layout a group with processes in it cannot have limited children, so open() moves
/// the calling process into the leaf `<parent>/<base name>.host` (not when the parent is the root or
/// was given to open() and is not the own group).
///
/// Use from one thread at a time. Calls are synchronous: about 1 ms to create, 0.3 ms to remove.
/// Not for the runner: the library below costs 1 MB of memory.
class Tree final {
 public:
  /// Prepares the base group. Succeeds also where nothing can be enforced; features() says why.
  /// Fails only with `invalid_request` for a bad name. Two daemons on one machine need two names.
  static base::Result<Tree> open(std::string base_name);

  /// As above, but below the existing group `parent` ("/paddock.slice", the same in every hierarchy)
  /// instead of the one this process is in. With a service manager of its own in mind: a service whose
  /// group has limited children cannot be started again while they live (systemd before 254), so
  /// sessions that outlive the daemon belong into another unit's group.
  static base::Result<Tree> open(std::string base_name, const std::string& parent);

  Tree(Tree&&) noexcept;
  Tree& operator=(Tree&&) noexcept;
  ~Tree();

  const Features& features() const noexcept;

  /// Makes the groups of a session and sets and verifies its limits. Fails with `invalid_request`
  /// (bad name or value), `already_exists`, `limit_unavailable` (a limit that cannot be enforced here,
  /// see Features::screen()), else `io`. A failure leaves nothing behind. Without any group rights
  /// and without limits asked for, the result is an empty GroupPaths.
  base::Result<GroupPaths> create(const std::string& session, const Limits& limits);

  /// Changes limits of a living session; absent ones stay as they are. What was asked is read back.
  base::Result<> set(const GroupPaths& paths, const Limits& limits);

  /// Removes a session's groups, also ones made by its processes inside, and looks that they are gone.
  /// Fails with `busy` while a process lives in any of them, and removes nothing then (or stops at the
  /// group in which one appeared meanwhile). Groups that are gone already are success; paths that are
  /// not of this base name are `invalid_request`.
  base::Result<> remove(const GroupPaths& paths);

  /// Limits for all sessions together. On v1 no session may then have a larger `cpu_percent`.
  base::Result<> set_ceiling(const Limits& limits);

  /// Names of the groups below the base in any hierarchy, sorted: what earlier lives left, and what
  /// lives now.
  std::vector<std::string> leftovers() const;

  /// Where the groups of `session` would be; only hierarchies in which it exists are named.
  GroupPaths find(const std::string& session) const;

  /// Removes the empty base groups. Fails with `busy` while sessions are left.
  base::Result<> remove_base();

 private:
  explicit Tree(std::unique_ptr<TreeState> state);
  std::unique_ptr<TreeState> state_;
};

}  // namespace paddock::cgroup
