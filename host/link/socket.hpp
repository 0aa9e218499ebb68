// Where a runner listens for the next daemon: a Unix socket in the session's folder.
#pragma once

#include <filesystem>
#include <utility>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace paddock::link {

/// Listens on `<session_dir>/link` (mode 0600, whatever was there is replaced). The folder may be as
/// deep as it likes: the 108 bytes of a socket address do not limit it. Non-blocking, close-on-exec.
base::Result<base::UniqueFd> listen(const std::filesystem::path& session_dir);

/// Takes the socket of listen() out of its folder again, so that nobody looks for a runner there. Nothing
/// happens when there is none.
void retire(const std::filesystem::path& session_dir) noexcept;

/// Connects to a runner. Fails with `unavailable` when nobody listens there. Never waits.
base::Result<base::UniqueFd> connect(const std::filesystem::path& session_dir);

/// Two connected ends, non-blocking and close-on-exec: the first link of a runner.
base::Result<std::pair<base::UniqueFd, base::UniqueFd>> pair();

/// Succeeds when the other end belongs to this user or to root; else `forbidden`.
base::Result<> check_peer(int socket);

}  // namespace paddock::link
