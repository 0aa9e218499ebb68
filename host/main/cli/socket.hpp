// A WebSocket to the host.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "main/cli/client.hpp"

namespace paddock::cli {

/// Messages both ways. One coroutine may read while another writes; writes wait for each other at the caller.
class Socket {
 public:
  struct Message {
    bool binary = false;
    std::string bytes;
  };
  virtual ~Socket() = default;
  /// Nothing when the host has closed it; a connection that breaks is `unreachable`.
  virtual boost::asio::awaitable<Outcome<std::optional<Message>>> read() = 0;
  /// False when the host is gone; read() tells.
  virtual boost::asio::awaitable<bool> write(Message message) = 0;
  /// Ends the connection at once; read() returns.
  virtual void close() = 0;
};

/// Opens `target`; the problem when the host refuses.
boost::asio::awaitable<Outcome<std::unique_ptr<Socket>>> open_socket(const Client& client, std::string target);

}  // namespace paddock::cli
