// Where the host is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/host_config.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// A Unix socket or a TCP port.
struct Address {
  std::filesystem::path socket;  ///< not empty: a Unix socket
  std::string host;              ///< name or number, without brackets
  std::uint16_t port = 0;

  bool is_local() const noexcept { return !socket.empty(); }
  /// "unix:/path" or "http://host:port".
  std::string text() const;
  friend bool operator==(const Address&, const Address&) = default;
};

/// Reads "unix:PATH", a path that begins with '/', or "http://HOST[:PORT]" (port 8642 when absent).
Outcome<Address> parse_address(std::string_view text);

/// What the local daemon would do with this environment: its settings without any flag. Problems of
/// the configuration file are left to the daemon; what it says is then ignored.
Outcome<config::HostConfig> local_settings(const config::Environment& environment);

/// The folder of the running program.
std::filesystem::path program_folder();

/// `flag` if not empty, else PADDOCK_HOST, else the local daemon's socket.
Outcome<Address> choose_address(const std::string& flag, const config::Environment& environment);

}  // namespace paddock::cli
