// The seam between the parent's half of starting a program and the child's half: plain pointers and
// numbers only, because the child runs on the parent's memory.
#pragma once

#include <cstddef>
#include <span>

#include <sys/types.h>

namespace paddock::process {

/// What the child was doing when it failed.
enum class Stage : int { none, cgroup, oom_score, session, descriptors, terminal, workdir, exec };

/// Everything the child does, prepared by the parent; nothing in it is owned.
struct ChildPlan {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* workdir = nullptr;  ///< null: stay
  int stdio[3] = {-1, -1, -1};    ///< all at least 3
  bool controlling_terminal = false;
  const int* cgroup_procs = nullptr;
  std::size_t cgroup_count = 0;
  const char* oom_score = nullptr;  ///< text to write, or null
  std::size_t oom_score_length = 0;

  /// Written by the child before the parent goes on.
  volatile Stage failed_stage = Stage::none;
  volatile int failed_errno = 0;
};

/// Result of clone_child(): `pid` is the new process or a negative errno.
struct Cloned {
  long pid = -1;
  int pidfd = -1;
};

/// Makes a process that shares our memory, runs `plan` on `stack` and wakes us when it has executed
/// its program or ended. `cgroup_fd` is a v2 directory to be born in, or -1. The caller has blocked
/// all signals.
Cloned clone_child(ChildPlan& plan, std::span<std::byte> stack, int cgroup_fd) noexcept;

/// Whether clone_child() can honour `cgroup_fd` on this processor.
bool can_be_born_in_cgroup() noexcept;

}  // namespace paddock::process
