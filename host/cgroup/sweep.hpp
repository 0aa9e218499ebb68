// Killing by reading and signalling, for machines whose kernel cannot kill a group at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"

namespace paddock::cgroup {

/// Lists the processes that are to die, as they are now.
using ListProcesses = std::function<std::vector<pid_t>()>;

/// Sends SIGKILL to everything `list` names until a listing shows nothing that was not signalled. A
/// process is signalled only when it is listed before *and* after a descriptor for it was opened, so
/// that a pid given to a stranger in between is never hit. Fails with `busy` after 1000 rounds.
base::Result<> sweep(const ListProcesses& list);

/// One process as seen in /proc.
struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = '?';
  std::uint64_t start_time = 0;
};

/// A `/proc/<pid>/stat` text.
std::optional<ProcessEntry> parse_entry(std::string_view stat);

/// Who leads a session, who adopts its orphans, and which of the adopter's children are not of it.
struct Kin {
  pid_t leader = 0;
  std::uint64_t leader_start = 0;
  pid_t adopter = 0;
  std::vector<pid_t> spare;
};

/// Pure: the living processes of a session (its leader, members of the leader's session, orphans
/// adopted outside the adopter's own session) and all their descendants, except `spare` and theirs.
std::vector<pid_t> family_of(const std::vector<ProcessEntry>& all, const Kin& kin);

/// All processes of this machine.
std::vector<ProcessEntry> all_processes();

}  // namespace paddock::cgroup
