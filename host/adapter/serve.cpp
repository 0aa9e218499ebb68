// The loop of an adapter process.
#include "adapter/serve.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <variant>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "adapter/calls.hpp"
#include "adapter/jail.hpp"
#include "adapter/wire.hpp"
#include "base/memory.hpp"

namespace paddock::adapter {

namespace {

constexpr int exit_ok = 0;
constexpr int exit_refused = 1;
constexpr int exit_protocol = 2;

/// Leaves nothing open but /dev/null as 0-2 and the socket, which is 3 then.
int only_socket(int fd) {
  constexpr int socket_fd = 3;
  const int spare = ::fcntl(fd, F_DUPFD_CLOEXEC, socket_fd + 1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < socket_fd; ++i) ::dup2(null, i);
  ::dup2(spare, socket_fd);
  ::close_range(socket_fd + 1, ~0U, 0);
  return socket_fd;
}

/// Sends all, or ends the process: without its parent it has no reason to live.
void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) ::_exit(exit_protocol);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void hello(int fd, pdk_status status, const boost::json::object& text) {
  send_all(fd, wire::encode(wire::Response(wire::Done{status, boost::json::serialize(text)})));
}

/// Signals that a parent handles or ignores mean nothing here.
void reset_signals() {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  // Fails for the few that cannot be changed, which are right already.
  for (int signo = 1; signo < NSIG; ++signo) ::sigaction(signo, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

int loop(int fd, Calls& calls) {
  wire::RequestReader reader;
  auto& chunk = base::read_buffer();
  for (;;) {
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return exit_protocol;
    if (got == 0) return exit_ok;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(got));
    bool started = false;
    const auto answer = [&](const wire::Request& request) {
      calls.answer(request);
      started = started || std::holds_alternative<wire::Started>(request);
    };
    if (!reader.feed(bytes, answer)) return exit_protocol;
    if (started) base::give_back_memory();  // loading, locking and planning are over
  }
}

}  // namespace

int serve(int inherited, const std::filesystem::path& file, const LoadPolicy& policy) noexcept {
  const int fd = only_socket(inherited);
  ::prctl(PR_SET_NAME, "paddock-adapter", 0, 0, 0);
  reset_signals();
  if (auto limited = limit_process(); !limited) {
    hello(fd, PDK_E_INTERNAL, to_json(Refusal{file.string(), "jail", limited.error().detail, ""}));
    return exit_refused;
  }
  // Where the kernel has no filters the hello says so; this lock is then missing as well.
  static_cast<void>(lock_for_loading(fd));
  // What the filter was made of would else become the library's reserve for exceptions (72 KiB that are never
  // used) and stay in memory as that.
  base::give_back_memory();
  auto library = load(file, policy);
  if (!library) {
    hello(fd, PDK_E_INTERNAL, to_json(library.error()));
    return exit_refused;
  }
  {
    boost::json::object said = to_json(library->description());
    const auto locked = lock_in(fd);
    said["jailed"] = locked.has_value();
    if (!locked) said["jail_error"] = locked.error().detail;
    hello(fd, PDK_OK, said);
  }
  Calls calls(library->table(), [fd](std::string_view frames) { send_all(fd, frames); });
  return loop(fd, calls);
}

}  // namespace paddock::adapter
