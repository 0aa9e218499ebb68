// Unix stream sockets that are reached through their folder.
#include "link/socket.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace paddock::link {
namespace {

constexpr int kType = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr int kBacklog = 4;

struct Place {
  base::UniqueFd folder;
  sockaddr_un address{};
};

base::Result<Place> place_in(const std::filesystem::path& session_dir) {
  Place place;
  place.folder = base::UniqueFd(::open(session_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!place.folder) return base::fail_errno(fmt::format("cannot open the folder '{}'", session_dir.string()), errno);
  place.address.sun_family = AF_UNIX;
  const std::string path = fmt::format("/proc/self/fd/{}/link", place.folder.get());
  std::memcpy(place.address.sun_path, path.c_str(), path.size() + 1);
  return place;
}

const sockaddr* as_address(const Place& place) { return reinterpret_cast<const sockaddr*>(&place.address); }

}  // namespace

base::Result<base::UniqueFd> listen(const std::filesystem::path& session_dir) {
  auto place = place_in(session_dir);
  if (!place) return place.error();
  base::UniqueFd socket(::socket(AF_UNIX, kType, 0));
  if (!socket) return base::fail_errno("cannot make the link's socket", errno);
  // Before bind() this sets the mode the socket file is born with, so no umask matters.
  (void)::fchmod(socket.get(), 0600);
  (void)::unlinkat(place->folder.get(), "link", 0);
  if (::bind(socket.get(), as_address(*place), sizeof place->address) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return base::fail_errno(fmt::format("cannot listen on '{}/link'", session_dir.string()), errno);
  }
  return socket;
}

void retire(const std::filesystem::path& session_dir) noexcept {
  const base::UniqueFd folder(::open(session_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::unlinkat(folder.get(), "link", 0);
}

base::Result<base::UniqueFd> connect(const std::filesystem::path& session_dir) {
  auto place = place_in(session_dir);
  if (!place) return base::fail(base::Errc::unavailable, place.error().detail);
  base::UniqueFd socket(::socket(AF_UNIX, kType, 0));
  if (!socket) return base::fail_errno("cannot make the link's socket", errno);
  if (::connect(socket.get(), as_address(*place), sizeof place->address) != 0) {
    return base::fail(
        base::Errc::unavailable,
        base::fail_errno(fmt::format("no runner answers on '{}/link'", session_dir.string()), errno).detail);
  }
  return socket;
}

base::Result<std::pair<base::UniqueFd, base::UniqueFd>> pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, kType, 0, ends) != 0) return base::fail_errno("cannot make the link's sockets", errno);
  return std::pair(base::UniqueFd(ends[0]), base::UniqueFd(ends[1]));
}

base::Result<> check_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return base::fail_errno("cannot see who is at the other end of the link", errno);
  }
  if (peer.uid == 0 || peer.uid == ::geteuid()) return {};
  return base::fail(base::Errc::forbidden,
                    fmt::format("the user with uid {} may not use this link, it is closed", peer.uid));
}

}  // namespace paddock::link
