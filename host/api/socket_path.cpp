// Only a socket that nobody answers on is taken away: everything else belongs to somebody.
#include "api/socket_path.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/unique_fd.hpp"

namespace paddock::api {
namespace fs = std::filesystem;
namespace {

/// True when a connection is taken, or would be were the queue not full. `fd` never blocks.
bool answers(int fd, const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
}

std::string pid_of_peer(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0;
  return known ? std::to_string(peer.pid) : "?";
}

}  // namespace

base::Result<> clear_socket_path(const fs::path& path) {
  std::error_code ec;
  const fs::file_status status = fs::symlink_status(path, ec);
  if (status.type() == fs::file_type::not_found) return {};
  if (!fs::is_socket(status)) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("'{}' is no socket and stays as it is; choose another path", path.native()));
  }
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return base::fail_errno("cannot make a socket", errno);
  if (answers(fd.get(), path)) {
    return base::fail(base::Errc::already_exists,
                      fmt::format("the socket '{}' is in use by pid {}; choose another one, or stop that host first",
                                  path.native(), pid_of_peer(fd.get())));
  }
  if (!fs::remove(path, ec) && ec) {
    return base::fail(base::Errc::io, fmt::format("cannot remove '{}': {}", path.native(), ec.message()));
  }
  return {};
}

}  // namespace paddock::api
