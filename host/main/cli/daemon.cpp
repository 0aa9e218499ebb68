// Locks, pidfds and the ready signal.
#include "main/cli/daemon.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/time.hpp"
#include "config/units.hpp"

namespace paddock::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kTailBytes = 2000;  // of the log, when the daemon did not start

Failure system_failure(std::string_view what, int errno_value) { return failure(base::fail_errno(what, errno_value)); }

/// An address for `path`; nothing when it is too long for one.
bool make_address(const fs::path& path, sockaddr_un& address) {
  const std::string text = path.string();
  address.sun_family = AF_UNIX;
  if (text.size() >= sizeof address.sun_path) return false;
  text.copy(address.sun_path, text.size());
  return true;
}

base::UniqueFd open_pidfd(pid_t pid) { return base::UniqueFd(int(::syscall(SYS_pidfd_open, pid, 0))); }

/// True when somebody else holds the lock on `file`.
bool is_locked(const fs::path& file) {
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

pid_t pid_in(const fs::path& file) {
  const auto text = base::read_file(file, base::kib(1));
  if (!text) return -1;
  const auto pid = config::parse_count(std::string_view(*text).substr(0, text->find_first_of(" \n")));
  return pid && *pid > 0 && *pid < (1U << 30U) ? pid_t(*pid) : -1;
}

std::chrono::milliseconds left_until(base::MonoTime end) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(end - base::mono_now()), std::chrono::milliseconds(0));
}

/// Waits for `fd` to be readable; false when the time is up.
bool wait_readable(int fd, base::MonoTime end) {
  for (;;) {
    pollfd poll_fd{fd, POLLIN, 0};
    const int ready = ::poll(&poll_fd, 1, int(left_until(end).count()));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return false;
  }
}

/// A datagram socket in a private folder, gone with the object.
class ReadySocket {
 public:
  ~ReadySocket() {
    if (folder_.empty()) return;
    (void)::unlink(path().c_str());
    (void)::rmdir(folder_.c_str());
  }
  ReadySocket() = default;
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;

  Outcome<void> open() {
    std::string pattern = (fs::temp_directory_path() / "paddock-up-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return system_failure("cannot make a folder for the ready signal", errno);
    folder_ = pattern;
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    if (!make_address(path(), address)) return system_failure("cannot name the ready signal", ENAMETOOLONG);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface.
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return system_failure("cannot listen for the ready signal", errno);
    }
    return {};
  }

  int fd() const noexcept { return fd_.get(); }
  std::string path() const { return folder_ + "/notify"; }

  /// True when the next datagram says READY=1.
  bool says_ready() const {
    std::array<char, 4096> text{};
    const ssize_t got = ::recv(fd_.get(), text.data(), text.size(), MSG_DONTWAIT);
    return got > 0 &&
           ("\n" + std::string(text.data(), std::size_t(got)) + "\n").find("\nREADY=1\n") != std::string::npos;
  }

 private:
  std::string folder_;
  base::UniqueFd fd_;
};

/// This process's environment with NOTIFY_SOCKET set.
std::vector<std::string> environment_with(const std::string& notify_socket) {
  std::vector<std::string> out{"NOTIFY_SOCKET=" + notify_socket};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("NOTIFY_SOCKET=")) out.emplace_back(*entry);
  }
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Outcome<pid_t> spawn(std::vector<std::string> argv, std::vector<std::string> environment, const fs::path& log) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, argv.front().c_str(), &actions, &attributes, pointers_to(argv).data(),
                                  pointers_to(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return system_failure(fmt::format("cannot start '{}'", argv.front()), error);
  return pid;
}

/// The last lines of the log, for the message that the daemon did not start.
std::string tail_of(const fs::path& log, std::uintmax_t from) {
  const auto text = base::read_file(log, base::mib(64));
  if (!text || text->size() <= from) return {};
  std::string tail = text->substr(std::max<std::size_t>(from, text->size() - std::min(text->size(), kTailBytes)));
  while (tail.ends_with('\n')) tail.pop_back();
  return tail;
}

enum class Start { ready, ended, late };

Start wait_for_ready(const ReadySocket& ready, int pidfd, base::MonoTime end) {
  for (;;) {
    std::array<pollfd, 2> fds{{{ready.fd(), POLLIN, 0}, {pidfd, POLLIN, 0}}};
    const int count = ::poll(fds.data(), fds.size(), int(left_until(end).count()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Start::late;
    if (fds[0].revents != 0 && ready.says_ready()) return Start::ready;
    if (fds[1].revents != 0) return Start::ended;
  }
}

}  // namespace

Outcome<LockHolder> lock_holder(const fs::path& state_dir) {
  const fs::path file = state_dir / "lock";
  LockHolder holder;
  if (!is_locked(file)) return holder;
  holder.pid = pid_in(file);
  if (holder.pid > 0) holder.pidfd = open_pidfd(holder.pid);
  // The pid may have been another one's between the reading and the opening: only if nothing changed it is right.
  if (!holder.pidfd || !is_locked(file) || pid_in(file) != holder.pid) {
    return failure(ExitCode::failed, "unavailable",
                   fmt::format("'{}' is held, but not by the process it names; try again", file.string()));
  }
  return holder;
}

pid_t listener_of(const fs::path& socket) {
  sockaddr_un address{};
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || !make_address(socket, address)) return -1;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface.
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : -1;
}

Outcome<pid_t> start_in_background(const std::vector<std::string>& argv, const fs::path& log,
                                   std::chrono::milliseconds patience) {
  ReadySocket ready;
  if (auto opened = ready.open(); !opened) return opened.error();
  std::error_code ec;
  const std::uintmax_t log_size = fs::exists(log, ec) ? fs::file_size(log, ec) : 0;
  const auto pid = spawn(argv, environment_with(ready.path()), log);
  if (!pid) return pid.error();
  const base::UniqueFd pidfd = open_pidfd(*pid);
  const Start start = wait_for_ready(ready, pidfd.get(), base::mono_now() + patience);
  if (start == Start::ready) return *pid;
  if (start == Start::late) (void)::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGTERM, nullptr, 0);
  (void)wait_readable(pidfd.get(), base::mono_now() + std::chrono::seconds(10));
  siginfo_t info{};
  (void)::waitid(P_PIDFD, id_t(pidfd.get()), &info, WEXITED | WNOHANG);
  const std::string_view what = start == Start::late ? "was not ready in time" : "ended before it was ready";
  Failure made = failure(start == Start::late ? ExitCode::timed_out : ExitCode::failed, "start_failed",
                         fmt::format("'{}' {}; see '{}'", argv.front(), what, log.string()));
  if (const std::string tail = tail_of(log, log_size); !tail.empty()) made.problem["hint"] = tail;
  return made;
}

Outcome<void> end_politely(const LockHolder& holder, std::chrono::milliseconds patience) {
  if (::syscall(SYS_pidfd_send_signal, holder.pidfd.get(), SIGTERM, nullptr, 0) != 0 && errno != ESRCH) {
    return system_failure(fmt::format("cannot end the host (pid {})", holder.pid), errno);
  }
  if (wait_readable(holder.pidfd.get(), base::mono_now() + patience)) return {};
  return failure(ExitCode::timed_out, "timeout",
                 fmt::format("the host (pid {}) is still there after {}", holder.pid, base::format_duration(patience)));
}

}  // namespace paddock::cli
