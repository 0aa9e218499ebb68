// One client's connection: reads requests, asks the guard and the router, writes answers. Internal to
// this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "api/guard.hpp"
#include "api/router.hpp"

namespace paddock::api {

using Socket = boost::asio::generic::stream_protocol::socket;

/// What all connections share.
struct Shared {
  Context context;
  Access access;
  std::size_t open = 0;  ///< connections being served
  bool stopping = false;
  std::set<Socket*> sockets;  ///< of the open connections, so that stop() can close them
};

/// Where a connection came from.
struct Origin {
  bool local = false;
  std::optional<uid_t> uid;
};

/// Serves `socket` until it ends. Never throws.
boost::asio::awaitable<void> serve_connection(std::shared_ptr<Shared> shared, Socket socket, Origin origin);

}  // namespace paddock::api
