// The child's half of starting a program: from clone to exec.
//
// The child runs on the parent's memory (CLONE_VM) while the parent's thread stands still
// (CLONE_VFORK), so that a large daemon starts a program as fast as a small one: copying page tables
// costs milliseconds. Therefore nothing here may allocate, lock, use errno or call the C library:
// only system calls, made directly, and no sanitizer instrumentation (see CMakeLists.txt).
#include "process/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace paddock::process {

namespace {

constexpr long kAllDescriptors = 0xffffffff;

#ifdef __x86_64__

/// A system call: its result, or a negative errno.
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
  long result = number;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  asm volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
  return result;
}

#else

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
  const long result = ::syscall(number, a, b, c, d, e);
  return result < 0 ? -errno : result;
}

#endif

long pointer(const void* p) noexcept { return long(reinterpret_cast<std::intptr_t>(p)); }

[[noreturn]] void give_up(ChildPlan& plan, Stage stage, long negative_errno) noexcept {
  plan.failed_stage = stage;
  plan.failed_errno = int(-negative_errno);
  for (;;) call(SYS_exit_group, 127);
}

// Ignored signals survive exec, and a daemon ignores SIGPIPE: an agent must not.
void default_signals() noexcept {
  const unsigned long defaults[4] = {0, 0, 0, 0};  // the kernel's struct sigaction, all zero: SIG_DFL
  for (int signo = 1; signo <= 64; ++signo) call(SYS_rt_sigaction, signo, pointer(defaults), 0, 8);
}

void join_cgroups(ChildPlan& plan) noexcept {
  for (std::size_t i = 0; i < plan.cgroup_count; ++i) {
    const long wrote = call(SYS_write, plan.cgroup_procs[i], pointer("0"), 1);
    if (wrote < 0) give_up(plan, Stage::cgroup, wrote);
  }
}

void set_oom_score(ChildPlan& plan) noexcept {
  if (plan.oom_score == nullptr) return;
  const long fd = call(SYS_openat, AT_FDCWD, pointer("/proc/self/oom_score_adj"), O_WRONLY | O_CLOEXEC);
  if (fd < 0) give_up(plan, Stage::oom_score, fd);
  const long wrote = call(SYS_write, fd, pointer(plan.oom_score), long(plan.oom_score_length));
  if (wrote < 0) give_up(plan, Stage::oom_score, wrote);
}

void connect_stdio(ChildPlan& plan) noexcept {
  for (int fd = 0; fd < 3; ++fd) {
    const long made = call(SYS_dup3, plan.stdio[fd], fd, 0);
    if (made < 0) give_up(plan, Stage::descriptors, made);
  }
  if (plan.controlling_terminal) {
    const long set = call(SYS_ioctl, 0, TIOCSCTTY, 0);
    if (set < 0) give_up(plan, Stage::terminal, set);
  }
}

[[noreturn]] void child(ChildPlan* plan) noexcept {
  default_signals();
  join_cgroups(*plan);
  set_oom_score(*plan);
  if (const long sid = call(SYS_setsid); sid < 0) give_up(*plan, Stage::session, sid);
  connect_stdio(*plan);
  if (plan->workdir != nullptr) {
    if (const long moved = call(SYS_chdir, pointer(plan->workdir)); moved < 0) give_up(*plan, Stage::workdir, moved);
  }
  const long closed = call(SYS_close_range, 3, kAllDescriptors, CLOSE_RANGE_CLOEXEC);
  if (closed < 0) give_up(*plan, Stage::descriptors, closed);
  const unsigned long none = 0;
  call(SYS_rt_sigprocmask, SIG_SETMASK, pointer(&none), 0, 8);
  const long failed = call(SYS_execve, pointer(plan->program), pointer(plan->argv), pointer(plan->environment));
  give_up(*plan, Stage::exec, failed);
}

int enter_child(void* plan) { child(static_cast<ChildPlan*>(plan)); }

// The C library's clone() knows pidfds but not CLONE_INTO_CGROUP.
Cloned clone_portably(ChildPlan& plan, std::span<std::byte> stack) noexcept {
  Cloned cloned;
  void* top = stack.data() + (stack.size() & ~std::size_t(15));
  const int pid = ::clone(enter_child, top, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &cloned.pidfd);
  cloned.pid = pid < 0 ? -errno : pid;
  return cloned;
}

}  // namespace

#ifdef __x86_64__

bool can_be_born_in_cgroup() noexcept { return true; }

Cloned clone_child(ChildPlan& plan, std::span<std::byte> stack, int cgroup_fd) noexcept {
  Cloned cloned;
  clone_args args = {};
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
  args.pidfd = std::uint64_t(pointer(&cloned.pidfd));
  args.exit_signal = SIGCHLD;
  args.stack = std::uint64_t(pointer(stack.data()));
  args.stack_size = stack.size() & ~std::size_t(15);
  if (cgroup_fd >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = std::uint64_t(cgroup_fd);
  }
  // The child returns from the system call on a fresh stack, so it cannot return from any function
  // the parent was in: it goes straight on into child().
  long result = SYS_clone3;
  register void (*entry)(ChildPlan*) asm("r12") = child;
  register ChildPlan* argument asm("r13") = &plan;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(&args), "S"(sizeof args), "r"(entry), "r"(argument)
      : "rcx", "r11", "memory");
  cloned.pid = result;
  // Container runtimes are known to hide clone3 behind a seccomp filter.
  if (result == -ENOSYS && cgroup_fd < 0) return clone_portably(plan, stack);
  return cloned;
}

#else

bool can_be_born_in_cgroup() noexcept { return false; }

Cloned clone_child(ChildPlan& plan, std::span<std::byte> stack, int) noexcept { return clone_portably(plan, stack); }

#endif

}  // namespace paddock::process
