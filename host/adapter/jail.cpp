// Resource limits and the seccomp filter of an adapter process.
#include "adapter/jail.hpp"

#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <memory>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace paddock::adapter {

namespace {

// An adapter holds one unfinished record (4 MiB) and parses it; ten times that is plenty.
constexpr rlim_t memory_bytes = 256U << 20U;

#ifndef PADDOCK_SANITIZED
struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

bool allow(const Filter& filter, std::initializer_list<int> calls) {
  for (const int call : calls) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  return true;
}

bool allow_on(const Filter& filter, int fd, std::initializer_list<int> calls) {
  for (const int call : calls) {
    const auto same = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(fd));
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, same) != 0) return false;
  }
  return true;
}

/// Calls the C library makes by itself and can live without: they fail instead of killing.
bool fail_softly(const Filter& filter) {
  for (const int call : {SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(ioctl), SCMP_SYS(getrandom),
                         SCMP_SYS(prlimit64), SCMP_SYS(sysinfo), SCMP_SYS(sched_getaffinity)}) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) != 0) return false;
  }
  return true;
}

/// Memory, but nothing that could be executed: new code cannot come in.
bool allow_memory(const Filter& filter) {
  const auto no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  const auto anonymous = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
  return allow(filter, {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise)}) &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_exec, anonymous) == 0 &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec) == 0;
}

/// What any thread of any program does, and answering on `fd`.
bool allow_always(const Filter& filter, int fd) {
  const auto self = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()));
  return allow_on(filter, fd, {SCMP_SYS(write), SCMP_SYS(recvfrom), SCMP_SYS(sendto)}) &&
         allow_on(filter, STDOUT_FILENO, {SCMP_SYS(write), SCMP_SYS(writev)}) &&
         allow_on(filter, STDERR_FILENO, {SCMP_SYS(write), SCMP_SYS(writev)}) &&
         allow(filter, {SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
                        SCMP_SYS(sched_yield), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
                        SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(getpid),
                        SCMP_SYS(gettid), SCMP_SYS(restart_syscall)}) &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self) == 0;
}

bool fill_for_calls(const Filter& filter, int fd) {
  return allow_always(filter, fd) && allow_on(filter, fd, {SCMP_SYS(read)}) && allow_memory(filter) &&
         fail_softly(filter);
}

/// Opening a file, but only to read it.
bool allow_reading_files(const Filter& filter) {
  constexpr scmp_datum_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
  const auto read_only = SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY);
  const auto read_only_here = SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY);
  return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, read_only) == 0 &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(open), 1, read_only_here) == 0 &&
         allow(filter,
               {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
                SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
                SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(fcntl)});
}

/// What the dynamic linker, a hash and libseccomp itself need.
bool fill_for_loading(const Filter& filter, int fd) {
  const auto only_asks = SCMP_A2(SCMP_CMP_EQ, 0);
  return allow_always(filter, fd) && allow_reading_files(filter) &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, only_asks) == 0 &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 0) == 0 &&
         allow(filter, {SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
                        SCMP_SYS(brk), SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getuid),
                        SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(sched_getaffinity),
                        SCMP_SYS(arch_prctl), SCMP_SYS(prctl), SCMP_SYS(seccomp)});
}

using Fill = bool (*)(const Filter&, int);

base::Result<> lock(Fill fill, int fd) {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter || !fill(filter, fd)) {
    return base::fail(base::Errc::unavailable, "cannot make the adapter's seccomp filter");
  }
  if (const int failed = seccomp_load(filter.get()); failed != 0) {
    return base::fail(base::Errc::unavailable,
                      base::fail_errno("cannot load the adapter's seccomp filter", -failed).detail);
  }
  return {};
}
#endif

}  // namespace

base::Result<> limit_process() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    return base::fail_errno("cannot tie the adapter process to its parent", errno);
#ifndef PADDOCK_SANITIZED
  const rlimit none{0, 0};
  const rlimit memory{memory_bytes, memory_bytes};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::setrlimit(RLIMIT_DATA, &memory) != 0) {
    return base::fail_errno("cannot limit the adapter process", errno);
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return base::fail_errno("cannot take privileges from the adapter process", errno);
  }
#endif
  return {};
}

base::Result<> lock_for_loading([[maybe_unused]] int fd) {
#ifndef PADDOCK_SANITIZED
  return lock(fill_for_loading, fd);
#else
  return {};
#endif
}

base::Result<> lock_in([[maybe_unused]] int fd) {
#ifndef PADDOCK_SANITIZED
  return lock(fill_for_calls, fd);
#else
  return {};
#endif
}

}  // namespace paddock::adapter
