// Beast over a Unix socket or TCP.
#include "main/cli/client.hpp"

#include <cstddef>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/unique_fd.hpp"
#include "main/cli/run_now.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;

using Protocol = asio::generic::stream_protocol;
using Connection = beast::basic_stream<Protocol>;
using Connected = Outcome<std::unique_ptr<Connection>>;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

constexpr std::chrono::seconds kConnectPatience{10};
constexpr auto kSilence = 3 * base::limits::heartbeat;
constexpr std::size_t kAnswerBytes = 64U << 20U;  // a list of a thousand sessions with long results
constexpr std::size_t kPieceBytes = 64U << 10U;

Failure unreachable(const Address& address, const boost::system::error_code& ec) {
  Failure made = failure(ExitCode::unreachable, "unreachable",
                         fmt::format("the host at '{}' cannot be reached: {}", address.text(), ec.message()));
  if (address.is_local()) made.problem["hint"] = "'paddock up' starts it here; --host or PADDOCK_HOST name another";
  return made;
}

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

http::request<http::string_body> message_of(const Request& request, const Address& address, const std::string& token) {
  http::request<http::string_body> message;
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, address.is_local() ? "localhost" : fmt::format("{}:{}", address.host, address.port));
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

Outcome<json::value> value_of(unsigned status, const std::string& body) {
  if (status < 200 || status > 299) return failure_of_answer(status, body);
  if (body.empty()) return json::value();
  boost::system::error_code ec;
  json::value value = json::parse(body, ec);
  if (ec) return failure(ExitCode::failed, "unexpected_answer", "the host's answer is not JSON");
  return value;
}

/// The body of an answer as it arrives. Keeps what one read brought and gives it out once.
class HttpStream final : public Stream {
 public:
  HttpStream(Address address, std::unique_ptr<Connection> connection)
      : address_(std::move(address)), connection_(std::move(connection)) {
    parser_.body_limit(boost::none);
  }

  asio::awaitable<Outcome<unsigned>> begin(http::request<http::string_body> request) {
    connection_->expires_after(kSilence);
    const auto [write_ec, written] = co_await http::async_write(*connection_, request, kNoThrow);
    if (write_ec) co_return unreachable(address_, write_ec);
    const auto [ec, got] = co_await http::async_read_header(*connection_, buffer_, parser_, kNoThrow);
    if (ec) co_return unreachable(address_, ec);
    co_return parser_.get().result_int();
  }

  asio::awaitable<Outcome<std::optional<std::string>>> read() override {
    std::string piece(kPieceBytes, '\0');
    while (!parser_.is_done()) {
      parser_.get().body().data = piece.data();
      parser_.get().body().size = piece.size();
      connection_->expires_after(kSilence);
      auto [ec, got] = co_await http::async_read_some(*connection_, buffer_, parser_, kNoThrow);
      if (ec == http::error::need_buffer) ec = {};
      if (ec == http::error::end_of_stream || ec == http::error::partial_message) break;
      if (ec) co_return unreachable(address_, ec);
      piece.resize(kPieceBytes - parser_.get().body().size);
      if (!piece.empty()) co_return std::optional(std::move(piece));
      piece.resize(kPieceBytes);
    }
    co_return std::optional<std::string>();
  }

 private:
  Address address_;
  std::unique_ptr<Connection> connection_;
  beast::flat_buffer buffer_;
  http::response_parser<http::buffer_body> parser_;
};

}  // namespace

asio::awaitable<Outcome<json::value>> Client::call(Request request) const {
  Connected connection = co_await connect(address_);
  if (!connection) co_return connection.error();
  const auto message = message_of(request, address_, token_);
  (*connection)->expires_after(request.patience);
  const auto [write_ec, written] = co_await http::async_write(**connection, message, kNoThrow);
  if (write_ec && write_ec != asio::error::broken_pipe) co_return unreachable(address_, write_ec);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytes);
  const auto [ec, got] = co_await http::async_read(**connection, buffer, parser, kNoThrow);
  if (ec) co_return unreachable(address_, ec);
  co_return value_of(parser.get().result_int(), parser.get().body());
}

Outcome<json::value> Client::call_now(Request request) const { return run_now(call(std::move(request))); }

asio::awaitable<Outcome<std::unique_ptr<Stream>>> Client::open(std::string target, std::string accept) const {
  Connected connection = co_await connect(address_);
  if (!connection) co_return connection.error();
  Request request;
  request.target = std::move(target);
  request.headers.emplace_back("Accept", std::move(accept));
  auto stream = std::make_unique<HttpStream>(address_, std::move(*connection));
  auto message = message_of(request, address_, token_);
  const auto status = co_await stream->begin(std::move(message));
  if (!status) co_return status.error();
  if (*status == 200) co_return std::unique_ptr<Stream>(std::move(stream));
  std::string body;
  for (;;) {
    auto piece = co_await stream->read();
    if (!piece || !*piece || body.size() > kAnswerBytes) break;
    body += **piece;
  }
  co_return failure_of_answer(*status, body);
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace paddock::cli
