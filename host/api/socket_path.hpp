// The place of a Unix socket, before it is bound.
#pragma once

#include <filesystem>

#include "base/error.hpp"

namespace paddock::api {

/// Removes the socket that an ended program left at `path`. Fails with `already_exists` when somebody
/// still answers there, naming its pid, and with `bad_config` when something else than a socket lies
/// there; both stay as they are.
base::Result<> clear_socket_path(const std::filesystem::path& path);

}  // namespace paddock::api
