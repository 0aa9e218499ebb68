// Listening sockets and the loop that accepts clients.
#include "api/server.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "api/connection.hpp"
#include "api/socket_path.hpp"
#include "base/files.hpp"
#include "base/limits.hpp"

namespace paddock::api {
namespace asio = boost::asio;
namespace {

using Local = asio::local::stream_protocol;
using Tcp = asio::ip::tcp;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kAfterFailedAccept = std::chrono::milliseconds(100);
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
    "Content-Length: 99\r\n\r\n"
    "{\"title\":\"The host cannot do this now\",\"status\":503,\"code\":\"too_many\",\"detail\":\"too many "
    "clients\"}\n";

Origin origin_of(Local::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  Origin origin{true, std::nullopt};
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) origin.uid = peer.uid;
  return origin;
}

Origin origin_of(Tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  return Origin{false, std::nullopt};
}

/// Accepts until the acceptor is closed. Errors that concern a single client are survived.
template <class Acceptor>
asio::awaitable<void> accept_loop(std::shared_ptr<Shared> shared, std::shared_ptr<Acceptor> acceptor) {
  asio::steady_timer pause(acceptor->get_executor());
  while (!shared->stopping) {
    auto [ec, socket] = co_await acceptor->async_accept(kNoThrow);
    if (shared->stopping || ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return;
    if (ec) {
      // Out of descriptors, most likely: the pending client stays pending, so accepting again at once
      // would only burn the processor.
      pause.expires_after(kAfterFailedAccept);
      auto [waited] = co_await pause.async_wait(kNoThrow);
      (void)waited;
      continue;
    }
    if (shared->open >= base::limits::connections) {
      shared->context.metrics.http_rejected("connections");
      boost::system::error_code ignored;
      socket.non_blocking(true, ignored);
      asio::write(socket, asio::buffer(kFull), ignored);
      continue;
    }
    const Origin origin = origin_of(socket);
    auto serving = serve_connection(shared, Socket(std::move(socket)), origin);
    asio::co_spawn(acceptor->get_executor(), std::move(serving), asio::detached);
  }
}

/// "127.0.0.1:7070" or "[::1]:7070" in its two parts.
base::Result<Tcp::endpoint> parse_address(std::string_view text) {
  const auto bad = [&] {
    return base::fail(base::Errc::bad_config, fmt::format("'{}' is not an address of the form ADDR:PORT", text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  std::uint16_t port = 0;
  const auto [end, port_ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(std::string(host), ec);
  if (ec || port_ec != std::errc() || end != digits.data() + digits.size()) return bad();
  if (!address.is_loopback()) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("'{}' is not a loopback address and there is no TLS: not listening there", text));
  }
  return Tcp::endpoint(address, port);
}

}  // namespace

struct Server::Core {
  asio::any_io_executor executor;
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Local::acceptor>> locals;
  std::shared_ptr<Tcp::acceptor> tcp;

  void serve(std::shared_ptr<Local::acceptor> acceptor) {
    locals.push_back(acceptor);
    asio::co_spawn(executor, accept_loop(shared, std::move(acceptor)), asio::detached);
  }
};

Server::Server(asio::any_io_executor executor, Options options, control::Host& host, watch::Hub& hub,
               metrics::Registry& metrics)
    : core_(std::make_shared<Core>()) {
  core_->executor = std::move(executor);
  const Context context{host, hub, metrics};
  Access access{::geteuid(), std::move(options.uids), {}};
  core_->shared = std::make_shared<Shared>(Shared{context, std::move(access), 0, false, {}});
}

Server::~Server() { stop(); }

base::Result<> Server::listen_unix(const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("the socket path '{}' is longer than the kernel's {} bytes; choose a shorter one",
                                  path.native(), sizeof(sockaddr_un::sun_path) - 1));
  }
  if (auto made = base::make_private_folder(path.parent_path()); !made) return made;
  if (auto cleared = clear_socket_path(path); !cleared) return cleared;
  boost::system::error_code ec;
  auto acceptor = std::make_shared<Local::acceptor>(core_->executor);
  (void)acceptor->open(Local(), ec);
  // Private from its birth: bind() makes the file with what fchmod() left of the socket's own mode.
  if (!ec && ::fchmod(acceptor->native_handle(), 0600) != 0) ec.assign(errno, boost::system::generic_category());
  if (!ec) (void)acceptor->bind(Local::endpoint(path.native()), ec);
  if (!ec && ::chmod(path.c_str(), 0600) != 0) ec.assign(errno, boost::system::generic_category());
  if (!ec) (void)acceptor->listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return base::fail(base::Errc::io, fmt::format("cannot listen on '{}': {}", path.native(), ec.message()));
  core_->serve(std::move(acceptor));
  return {};
}

base::Result<> Server::adopt(base::UniqueFd socket) {
  boost::system::error_code ec;
  auto acceptor = std::make_shared<Local::acceptor>(core_->executor);
  const int fd = socket.release();
  (void)acceptor->assign(Local(), fd, ec);
  if (ec) return base::fail(base::Errc::io, fmt::format("the socket handed over cannot be used: {}", ec.message()));
  core_->serve(std::move(acceptor));
  return {};
}

base::Result<> Server::listen_tcp(std::string_view address) {
  const auto endpoint = parse_address(address);
  if (!endpoint) return endpoint.error();
  boost::system::error_code ec;
  auto acceptor = std::make_shared<Tcp::acceptor>(core_->executor);
  (void)acceptor->open(endpoint->protocol(), ec);
  if (!ec) (void)acceptor->set_option(Tcp::acceptor::reuse_address(true), ec);
  if (!ec) (void)acceptor->bind(*endpoint, ec);
  if (!ec) (void)acceptor->listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return base::fail(base::Errc::io, fmt::format("cannot listen on '{}': {}", address, ec.message()));
  core_->tcp = acceptor;
  const auto port = acceptor->local_endpoint().port();
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"}) {
    core_->shared->access.hosts.push_back(fmt::format("{}:{}", name, port));
    if (port == 80) core_->shared->access.hosts.emplace_back(name);
  }
  core_->shared->context.listen = tcp_address();
  asio::co_spawn(core_->executor, accept_loop(core_->shared, acceptor), asio::detached);
  return {};
}

std::string Server::tcp_address() const {
  if (!core_->tcp) return {};
  const auto endpoint = core_->tcp->local_endpoint();
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", host, endpoint.port())
                                    : fmt::format("{}:{}", host, endpoint.port());
}

void Server::stop() noexcept {
  if (core_->shared->stopping) return;
  core_->shared->stopping = true;
  boost::system::error_code ignored;
  for (const auto& acceptor : core_->locals) (void)acceptor->close(ignored);
  if (core_->tcp) (void)core_->tcp->close(ignored);
  for (Socket* socket : core_->shared->sockets) (void)socket->close(ignored);
}

}  // namespace paddock::api
