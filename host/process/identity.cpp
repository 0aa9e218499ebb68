// Knowing a process for good: pidfds, start times, ends.
#include <cerrno>
#include <charconv>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using base::Errc;
using base::fail;
using base::fail_errno;
using base::Result;

constexpr base::ByteSize kStatBytes = base::kib(8);

std::chrono::microseconds to_micros(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Exit to_exit(const siginfo_t& info, const rusage& used) {
  Exit exit;
  if (info.si_code == CLD_EXITED) {
    exit.code = info.si_status;
  } else {
    exit.signal = info.si_status;
    exit.core_dumped = info.si_code == CLD_DUMPED;
  }
  exit.cpu_user = to_micros(used.ru_utime);
  exit.cpu_system = to_micros(used.ru_stime);
  exit.max_rss = base::kib(std::uint64_t(used.ru_maxrss));
  return exit;
}

}  // namespace

std::optional<std::uint64_t> parse_start_time(std::string_view stat) noexcept {
  // The name stands in parentheses and may contain blanks and parentheses; the last one ends it.
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  stat.remove_prefix(name_end + 2);
  for (int field = 3; field < 22; ++field) {
    const auto blank = stat.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    stat.remove_prefix(blank + 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(stat.data(), stat.data() + stat.size(), value);
  const bool whole = end == stat.data() + stat.size() || *end == ' ' || *end == '\n';
  if (error != std::errc() || !whole) return std::nullopt;
  return value;
}

Result<std::uint64_t> start_time_of(pid_t pid) {
  const auto text = base::read_file(fmt::format("/proc/{}/stat", pid), kStatBytes);
  // ESRCH from read() means that it ended between open and read; that arrives as `io`.
  if (!text) return fail(Errc::lost, fmt::format("there is no process '{}' any more", pid));
  const auto start = parse_start_time(*text);
  if (!start) return fail(Errc::corrupt, fmt::format("'/proc/{}/stat' has no start time", pid));
  return *start;
}

Result<bool> same_process(pid_t pid, std::uint64_t start_time) {
  const auto now = start_time_of(pid);
  if (now) return *now == start_time;
  if (now.error().code == Errc::lost) return false;
  return now.error();
}

Result<base::UniqueFd> open_process(pid_t pid, std::uint64_t start_time) {
  base::UniqueFd pidfd(int(::syscall(SYS_pidfd_open, pid, 0)));
  const int error = errno;
  if (!pidfd && error != ESRCH) return fail_errno(fmt::format("cannot watch process '{}'", pid), error);
  // Compared after opening: the descriptor then refers to the process that was compared, or to one
  // that has ended.
  const auto same = same_process(pid, start_time);
  if (!same) return same.error();
  if (!pidfd || !*same) return fail(Errc::lost, fmt::format("process '{}' has ended", pid));
  return pidfd;
}

Result<Exit> reap(int pidfd) {
  siginfo_t info = {};
  rusage used = {};
  // The C library's waitid() does not hand out what the process used.
  while (::syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | WNOHANG, &used) != 0) {
    if (errno == EINTR) continue;
    if (errno == ECHILD) return fail(Errc::lost, "the process is not ours to wait for, or was waited for before");
    return fail_errno("cannot wait for a process", errno);
  }
  if (info.si_pid == 0) return fail(Errc::wrong_state, "the process still runs");
  return to_exit(info, used);
}

Result<> send_signal(int pidfd, int signo) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signo, nullptr, 0) == 0) return {};
  if (errno == ESRCH) return fail(Errc::lost, fmt::format("cannot send signal {}: the process has ended", signo));
  return fail_errno(fmt::format("cannot send signal {}", signo), errno);
}

}  // namespace paddock::process
