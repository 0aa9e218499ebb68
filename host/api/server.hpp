// The HTTP server: sockets, connections and access; what an operation does stands in the handlers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "control/host.hpp"
#include "metrics/registry.hpp"
#include "watch/hub.hpp"

namespace paddock::api {

/// Serves the API on a Unix socket and, when told to, on TCP. Use on one executor; `host`, `hub` and
/// `metrics` must outlive it.
///
/// At most limits::connections at once; more get 503 and are closed. A request that is not whole after
/// limits::request_time, or a connection silent for limits::connection_idle, is closed.
class Server {
 public:
  struct Options {
    std::vector<uid_t> uids;  ///< who may use the Unix socket besides the host's own user and root
  };

  Server(boost::asio::any_io_executor executor, Options options, control::Host& host, watch::Hub& hub,
         metrics::Registry& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Makes the socket with mode 0600 in a folder made with mode 0700, and serves on it. A socket left by
  /// a dead host is replaced; the caller holds the lock that says there is no living one.
  base::Result<> listen_unix(const std::filesystem::path& path);

  /// Serves on a listening socket that was handed over (systemd).
  base::Result<> adopt(base::UniqueFd socket);

  /// "ADDR:PORT", "[ADDR]:PORT"; port 0 takes a free one. Fails with `bad_config` for an address that is
  /// not loopback (no TLS yet) and with `io`.
  base::Result<> listen_tcp(std::string_view address);

  /// Where TCP is served, e.g. "127.0.0.1:7070"; empty when it is not.
  std::string tcp_address() const;

  /// Accepts nothing more and closes what is open. Idempotent.
  void stop() noexcept;

 private:
  struct Core;
  std::shared_ptr<Core> core_;  // shared with the connections, which may outlive the server by a turn
};

}  // namespace paddock::api
