// Starts a program and learns its end: the one place that makes processes.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/size.hpp"
#include "base/unique_fd.hpp"

namespace paddock::process {

/// How the program's standard input, output and error are connected.
enum class Transport {
  pipes,  ///< three pipes
  pty,    ///< one pseudo-terminal for all three, which is the program's controlling terminal
  given,  ///< the three descriptors of Spec::stdio
};

/// Everything start() needs to know. Plain data; descriptors in it stay the caller's.
struct Spec {
  std::vector<std::string> argv;         ///< argv[0] included; must not be empty
  std::string program;                   ///< absolute path, see resolve_program()
  std::vector<std::string> environment;  ///< "KEY=value", the whole of it: nothing is inherited
  std::string workdir;                   ///< absolute; empty keeps the caller's
  Transport transport = Transport::pipes;
  std::array<int, 3> stdio{-1, -1, -1};  ///< Transport::given: what becomes its 0, 1 and 2; stay the caller's
  std::uint16_t rows = 24;               ///< of the pty
  std::uint16_t cols = 80;               ///< of the pty

  /// Open `cgroup.procs` files (one per v1 hierarchy) the child joins before it executes anything.
  std::vector<int> cgroup_procs_fds;
  /// A cgroup v2 directory to be born in, or -1. Where the kernel refuses birth there, the child
  /// joins it by its `cgroup.procs` before it executes anything.
  int cgroup_dir_fd = -1;
  /// Written to the child's oom_score_adj, which else is inherited. Raising needs no right.
  std::optional<int> oom_score_adj;
};

/// A started program. Closing the descriptors is up to the owner; dropping the value does not end
/// the program. The caller must reap() it.
struct Child {
  pid_t pid = -1;
  base::UniqueFd pidfd;          ///< readable when the program has ended; close-on-exec
  std::uint64_t start_time = 0;  ///< field 22 of /proc/<pid>/stat: with the pid it names the process for good
  base::UniqueFd in;             ///< pipes: our end of its standard input, non-blocking
  base::UniqueFd out;            ///< pipes: our end of its standard output, non-blocking
  base::UniqueFd err;            ///< pipes: our end of its standard error, non-blocking
  base::UniqueFd pty;            ///< pty: the master, non-blocking
};

/// How a program ended and what it used (itself and the children it waited for).
struct Exit {
  std::optional<int> code;    ///< its exit status, when it ended by itself
  std::optional<int> signal;  ///< the signal that ended it
  bool core_dumped = false;
  std::chrono::microseconds cpu_user{0};
  std::chrono::microseconds cpu_system{0};
  base::ByteSize max_rss;  ///< largest resident size of any single one of them
};

/// Starts a program in a session of its own with only descriptors 0 to 2, all signals at their
/// defaults and unblocked, inside the given cgroups from its first instruction.
///
/// Returns when the program has been executed or that has failed, so an error here means that
/// nothing runs and nothing is left to reap. Safe in threaded processes of any size (no memory is
/// copied) and from several threads at once.
///
/// Fails with `agent_not_found` when the program does not exist, `too_large` when arguments and
/// environment are more than the kernel takes, `limit_unavailable` when a cgroup cannot be joined,
/// `too_many` when descriptors, processes or terminals are used up, `invalid_request` for a
/// malformed Spec, else `start_failed`. The text names the program and what failed.
base::Result<Child> start(const Spec& spec);

/// Gives the terminal behind `master` another size; its program is told (SIGWINCH).
base::Result<> resize_terminal(int master, std::uint16_t rows, std::uint16_t cols);

/// Takes the end of a child of this process. Never waits: fails with `wrong_state` while it runs,
/// `lost` when it is no child of ours or was reaped before. Once the pidfd is readable it is over.
base::Result<Exit> reap(int pidfd);

/// Sends a signal to exactly that process. Fails with `lost` when it has ended.
base::Result<> send_signal(int pidfd, int signo);

/// Opens a pidfd for a process known by pid and start time; fails with `lost` when that process has
/// ended, even when its pid has been given to another one since.
base::Result<base::UniqueFd> open_process(pid_t pid, std::uint64_t start_time);

/// Whether the process that had `start_time` still has this pid (a zombie counts as there).
base::Result<bool> same_process(pid_t pid, std::uint64_t start_time);

/// Start time of a process, in clock ticks since boot. Fails with `lost` when there is none.
base::Result<std::uint64_t> start_time_of(pid_t pid);

/// The start time in a `/proc/<pid>/stat` text; the program name in it may contain anything.
std::optional<std::uint64_t> parse_start_time(std::string_view stat) noexcept;

/// Finds an executable file: `name` with a slash is taken as it is (made absolute), else the
/// folders of `path` (as in $PATH; empty parts are skipped) are searched. Fails with
/// `agent_not_found`; the text says whether something was there but not executable.
base::Result<std::string> resolve_program(std::string_view name, std::string_view path);

/// From now on orphaned descendants become children of this process instead of init's.
base::Result<> become_subreaper();

/// Sets this process's own oom_score_adj (-1000 to 1000; lowering needs CAP_SYS_RESOURCE).
base::Result<> set_oom_score_adj(int value);

}  // namespace paddock::process
