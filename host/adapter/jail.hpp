// Takes everything from a process that an adapter does not need.
#pragma once

#include "base/error.hpp"

namespace paddock::adapter {

/// Before any foreign code runs: no core files, no new privileges, no debugger, at most 256 MiB of
/// private memory, and the process dies with its parent. Skipped in sanitized builds, except the last.
base::Result<> limit_process();

/// While a library is mapped and its static constructors run: files may be read and memory mapped, but
/// nothing may be written, connected, started or signalled; the kernel kills the process that tries.
/// Answers may be written to `fd`. lock_in() takes the rest away later. Does nothing in sanitized builds.
/// Fails as lock_in().
base::Result<> lock_for_loading(int fd);

/// Locks the calling thread's process: from here on the kernel kills it at any system call but reading
/// from and writing to `fd`, memory, futexes, clocks, signals to itself and exit. Descriptors 1 and 2
/// may be written (they are /dev/null). Does nothing in sanitized builds. Fails with `unavailable` where
/// the kernel has no seccomp filters; the process is then not locked.
base::Result<> lock_in(int fd);

}  // namespace paddock::adapter
