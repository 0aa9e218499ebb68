// A Unix socket or TCP.
#include "main/cli/connect.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "base/unique_fd.hpp"

namespace paddock::cli {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

namespace {

using Protocol = asio::generic::stream_protocol;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kConnectPatience{10};

/// A socket's path may be longer than the kernel takes in one address: then it is named through its folder.
struct SocketPath {
  base::UniqueFd folder;
  std::string path;
};

SocketPath short_path(const std::filesystem::path& socket) {
  SocketPath out{{}, socket.string()};
  if (out.path.size() < sizeof(sockaddr_un{}.sun_path)) return out;
  out.folder.reset(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  out.path = fmt::format("/proc/self/fd/{}/{}", out.folder.get(), socket.filename().string());
  return out;
}

asio::awaitable<Outcome<std::vector<Protocol::endpoint>>> endpoints_of(const Address& address,
                                                                       const std::string& path) {
  std::vector<Protocol::endpoint> endpoints;
  if (address.is_local()) {
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
      co_return unreachable(address, boost::system::errc::make_error_code(boost::system::errc::filename_too_long));
    }
    endpoints.emplace_back(asio::local::stream_protocol::endpoint(path));
    co_return endpoints;
  }
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto [ec, found] = co_await resolver.async_resolve(address.host, std::to_string(address.port), kNoThrow);
  if (ec) co_return unreachable(address, ec);
  for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
  co_return endpoints;
}

}  // namespace

Failure unreachable(const Address& address, const boost::system::error_code& ec) {
  Failure made = failure(ExitCode::unreachable, "unreachable",
                         fmt::format("the host at '{}' cannot be reached: {}", address.text(), ec.message()));
  if (address.is_local()) made.problem["hint"] = "'paddock up' starts it here; --host or PADDOCK_HOST name another";
  return made;
}

asio::awaitable<Connected> connect(const Address& address) {
  const SocketPath socket = short_path(address.socket);
  const auto endpoints = co_await endpoints_of(address, socket.path);
  if (!endpoints) co_return endpoints.error();
  boost::system::error_code last = asio::error::host_not_found;
  for (const Protocol::endpoint& endpoint : *endpoints) {
    auto connection = std::make_unique<Connection>(co_await asio::this_coro::executor);
    connection->expires_after(kConnectPatience);
    const auto [ec] = co_await connection->async_connect(endpoint, kNoThrow);
    if (!ec) co_return std::move(connection);
    last = ec;
  }
  co_return unreachable(address, last);
}

std::string host_field(const Address& address) {
  return address.is_local() ? "localhost" : fmt::format("{}:{}", address.host, address.port);
}

http::request<http::string_body> message_of(const Request& request, const Address& address, const std::string& token) {
  http::request<http::string_body> message;
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, host_field(address));
  message.set(http::field::user_agent, "paddock-cli");
  message.set(http::field::accept, "application/json");
  message.keep_alive(false);
  if (!token.empty()) message.set(http::field::authorization, "Bearer " + token);
  for (const auto& [name, value] : request.headers) message.set(name, value);
  if (request.body) {
    message.set(http::field::content_type, "application/json");
    message.body() = json::serialize(*request.body);
  }
  message.prepare_payload();
  return message;
}

}  // namespace paddock::cli
