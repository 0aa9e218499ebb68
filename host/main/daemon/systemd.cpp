// sd_notify(3) and sd_listen_fds(3) by hand: each is a few lines, the library is not.
#include "main/daemon/systemd.hpp"

#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace paddock::daemon {
namespace {

constexpr int kFirstInherited = 3;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read before any thread is made
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

void notify(std::string_view state) noexcept {
  const std::string path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract address
  const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + path.size());
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return;
  (void)::sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

base::Result<base::UniqueFd> inherited_socket() {
  const std::string pid = variable("LISTEN_PID");
  const std::string count = variable("LISTEN_FDS");
  // NOLINTBEGIN(concurrency-mt-unsafe): before any thread is made
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");
  // NOLINTEND(concurrency-mt-unsafe)
  if (count.empty() || pid != std::to_string(::getpid()) || count == "0") return base::UniqueFd();
  if (count != "1") {
    return base::fail(base::Errc::bad_config, fmt::format("'{}' sockets were handed over; one is served", count));
  }
  base::UniqueFd socket(kFirstInherited);
  if (::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return base::fail_errno("the socket handed over cannot be used", errno);
  }
  return socket;
}

}  // namespace paddock::daemon
