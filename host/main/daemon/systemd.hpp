// The two things a service manager and a daemon say to each other: "ready" and "here is your socket".
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace paddock::daemon {

/// Sends one datagram to $NOTIFY_SOCKET ("READY=1", "STOPPING=1", "RELOADING=1"); does nothing without one.
/// Nobody is waited for; a failure is nobody's business.
void notify(std::string_view state) noexcept;

/// The listening socket that was handed over ($LISTEN_FDS), close-on-exec; empty when there is none. Takes the
/// variables out of the environment. Fails with `bad_config` for more than one.
base::Result<base::UniqueFd> inherited_socket();

}  // namespace paddock::daemon
