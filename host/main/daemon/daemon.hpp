// The daemon's life: lock, store, host, API; signals and reloads; and an end that loses nothing.
#pragma once

#include "base/error.hpp"
#include "main/daemon/flags.hpp"
#include "main/daemon/setup.hpp"

namespace paddock::daemon {

/// Runs until SIGTERM or SIGINT. Fails when it could not start: another daemon has the state folder, the
/// store or a socket cannot be opened. `flags` are read again at each reload.
base::Result<> run(const Flags& flags, Setup setup);

}  // namespace paddock::daemon
