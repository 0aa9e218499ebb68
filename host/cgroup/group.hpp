// One session's groups as seen by its runner (and the daemon): kill, freeze, watch, measure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/size.hpp"
#include "base/unique_fd.hpp"
#include "cgroup/limits.hpp"
#include "cgroup/parse.hpp"

namespace paddock::cgroup {

/// Figures of a group at one moment. A figure this machine does not have is absent, never guessed.
struct Usage {
  std::optional<base::ByteSize> memory;        ///< now, page cache included
  std::optional<base::ByteSize> memory_anon;   ///< now, what cannot be dropped: heap, stacks
  std::optional<base::ByteSize> memory_peak;   ///< highest so far
  std::optional<base::ByteSize> memory_limit;  ///< absent also when unlimited
  std::optional<std::chrono::microseconds> cpu_total, cpu_user, cpu_system;
  std::optional<std::uint64_t> cpu_periods, cpu_throttled_periods;
  std::optional<std::chrono::microseconds> cpu_throttled;
  std::optional<std::uint64_t> pids;           ///< processes and threads now
  std::optional<std::uint64_t> pids_max_hits;  ///< forks refused by the limit
  std::optional<std::uint64_t> oom_kills;      ///< processes killed for lack of memory
  std::optional<MemoryEvents> memory_events;   ///< v2 only
};

/// Time lost to waiting for a resource (PSI).
struct Pressures {
  std::optional<Pressure> cpu, memory, io;
};

/// A session's groups through held descriptors: no library, no allocation of note, about 10
/// descriptors. The groups may be removed by others meanwhile; then reads are absent and kills
/// succeed. Use from one thread at a time.
class Group final {
 public:
  /// Opens what `paths` names. Empty paths are allowed: then only kill() and populated() work, on the
  /// process tree given to set_leader(). Fails with `not_found` when a named directory is gone.
  static base::Result<Group> open(const GroupPaths& paths);

  Group(Group&&) noexcept = default;
  Group& operator=(Group&&) noexcept = default;

  const GroupPaths& paths() const noexcept { return paths_; }

  /// For process::Spec::cgroup_procs_fds; valid as long as this object.
  std::vector<int> procs_fds() const;
  /// For process::Spec::cgroup_dir_fd, or -1; valid as long as this object.
  int dir_fd() const noexcept { return v2_.get(); }

  /// Who leads the session, for machines without groups: kill() then takes its descendants, its
  /// session's members, and orphans that became children of this process, except `spare`. A process
  /// that changed its session *and* whose parents died before this process became subreaper is not
  /// found: without cgroups nobody can.
  void set_leader(pid_t leader, std::uint64_t start_time, std::vector<pid_t> spare = {});

  /// Sends SIGKILL to everything in the group, frozen or not, and returns at once: wait for
  /// populated() to turn false. By cgroup.kill where there is one; else, and for strays on v1, by
  /// reading and killing until nothing new appears (at most 1000 rounds, then `busy`).
  base::Result<> kill();

  /// Whether any process (zombies do not count) is in the group.
  base::Result<bool> populated();

  /// Readable (poll for input) when populated() may have changed; populated() clears it. -1 where the
  /// kernel has no such notice (v1 alone, no groups).
  base::Result<int> wait_fd();

  /// A pidfd for each process in the group now, readable when it has ended: what to wait for where
  /// wait_fd() is -1. Processes that end or appear meanwhile may be missing: look at populated() again.
  base::Result<std::vector<base::UniqueFd>> ends();

  /// Readable when the group ran out of memory; usage() clears it. -1 where there is no memory
  /// controller. On v1 it fires just before the kernel kills, so that `oom_kills` may follow a moment
  /// later, and once more when the group is removed.
  base::Result<int> oom_fd();

  Usage usage();
  Pressures pressure();

  /// Stops all processes of the group from running, until thaw(). kill() works on a frozen group.
  /// Fails with `unsupported` where there is no freezer. Freezing takes effect soon, see frozen().
  base::Result<> freeze();
  base::Result<> thaw();
  base::Result<bool> frozen();

  /// Process ids in the group now, from every hierarchy, sorted. For reports, not for signals.
  base::Result<std::vector<pid_t>> processes();

 private:
  Group() = default;
  struct V1 {
    std::string path;
    base::UniqueFd dir;
    base::UniqueFd procs;  ///< for writing; several controllers of one mount share the first one's
  };
  struct Leader {
    pid_t pid = -1;
    std::uint64_t start_time = 0;
    std::vector<pid_t> spare;
  };

  GroupPaths paths_;
  base::UniqueFd v2_;
  std::map<std::string, V1> v1_;                 ///< by controller, one for each directory
  std::map<std::string, base::UniqueFd> files_;  ///< by "controller/file", opened at first use
  base::UniqueFd wait_;
  base::UniqueFd oom_;
  Leader leader_;

  int directory(const std::string& controller) const;
  int file(const std::string& controller, const char* name);
  std::optional<std::string> read(const std::string& controller, const char* name);
  base::Result<> write(const std::string& controller, const char* name, std::string_view text) const;
  base::Result<> sweep_groups();
  std::vector<pid_t> family() const;
  std::vector<std::string> directories() const;
  void read_v1(Usage& usage);
  void read_v2(Usage& usage);
};

}  // namespace paddock::cgroup
