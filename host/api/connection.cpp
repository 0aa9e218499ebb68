// The life of one connection: a loop of requests, each answered whole or streamed.
#include "api/connection.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "api/http.hpp"
#include "api/websocket.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "control/tokens.hpp"

namespace paddock::api {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

namespace limits = base::limits;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = 16U << 20U;
using Parser = http::request_parser<http::string_body>;

/// Sends the pieces of a streamed answer as HTTP chunks.
class ChunkStream final : public Stream {
 public:
  explicit ChunkStream(TimedStream& stream) : stream_(stream) {}

  asio::awaitable<bool> write(std::string bytes) override {
    if (bytes.empty()) co_return true;  // an empty chunk would end the answer
    stream_.expires_after(limits::connection_idle);
    const asio::const_buffer piece = asio::buffer(bytes);
    auto [ec, sent] = co_await asio::async_write(stream_, http::make_chunk(piece), kNoThrow);
    (void)sent;
    co_return !ec;
  }

 private:
  TimedStream& stream_;
};

/// One request as it goes through the server.
struct Exchange {
  const HttpRequest& http;
  std::string request_id;
  std::string_view route = "none";
  Response response;
};

std::optional<Method> method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
    case http::verb::head: return Method::get;
    case http::verb::post: return Method::post;
    case http::verb::delete_: return Method::del;
    default: return std::nullopt;
  }
}

Response not_allowed(const std::string& allow, std::string_view request_id) {
  Response response =
      problem(base::fail(base::Errc::unsupported, "this method is not allowed here; see 'Allow'"), request_id, 405);
  response.headers.emplace_back("Allow", allow);
  return response;
}

/// Who asks, or the answer that turns it away.
std::optional<control::Role> let_in(Shared& shared, const Origin& origin, Exchange& exchange) {
  Visitor visitor = visitor_of(exchange.http);
  visitor.local = origin.local;
  visitor.uid = origin.uid;
  if (auto refusal = refuse_shape(visitor, shared.access)) {
    shared.context.metrics.http_rejected(refusal->reason);
    exchange.response = problem(refusal->error, exchange.request_id, refusal->status);
    return std::nullopt;
  }
  if (origin.local) {
    if (const auto role = role_of_peer(visitor, shared.access)) return role;
    shared.context.metrics.http_rejected("peer");
    exchange.response =
        problem(base::fail(base::Errc::forbidden, "this user may not use the host's socket"), exchange.request_id);
    return std::nullopt;
  }
  const auto token = bearer(visitor.authorization);
  const auto role = token ? shared.context.host.role_of(*token) : std::nullopt;
  if (role) return role;
  shared.context.metrics.http_rejected("token");
  exchange.response = problem(base::fail(base::Errc::unauthorized, "a valid 'Authorization: Bearer' token is missing"),
                              exchange.request_id);
  return std::nullopt;
}

/// Finds the operation and calls its handler; every refusal on the way is an answer too.
asio::awaitable<void> answer(Shared& shared, const Origin& origin, Exchange& exchange) {
  const auto role = let_in(shared, origin, exchange);
  if (!role) co_return;
  auto request = request_of(exchange.http);
  if (!request) {
    exchange.response = problem(request.error(), exchange.request_id);
    co_return;
  }
  request->request_id = exchange.request_id;
  request->role = *role;

  const auto method = method_of(exchange.http.method());
  Match found = match(method.value_or(Method::get), request->path);
  if (found.allow.empty()) {
    exchange.response = problem(base::fail(base::Errc::not_found, fmt::format("there is no '{}' here", request->path)),
                                exchange.request_id);
    co_return;
  }
  if (!method || found.operation == nullptr) {
    exchange.response = not_allowed(found.allow, exchange.request_id);
    co_return;
  }
  const Operation& operation = *found.operation;
  exchange.route = operation.path;
  if (*role < operation.role) {
    exchange.response =
        problem(base::fail(base::Errc::forbidden, fmt::format("this needs the role '{}', the token has '{}'",
                                                              control::name(operation.role), control::name(*role))),
                exchange.request_id);
    co_return;
  }
  request->method = *method;
  request->path_values = std::move(found.values);
  if (auto known = check_parameters(operation, *request); !known) {
    exchange.response = problem(known.error(), exchange.request_id);
    co_return;
  }
  if (operation.method == Method::post) {
    auto body = parse_body(exchange.http.body());
    if (!body) {
      exchange.response = problem(body.error(), exchange.request_id);
      co_return;
    }
    request->body = std::move(*body);
  }
  exchange.response = co_await operation.handler(shared.context, *request);
}

/// Sends the answer. False when the connection is to be closed.
asio::awaitable<bool> send(TimedStream& stream, Exchange& exchange) {
  const auto streaming = std::move(exchange.response.stream);
  exchange.response.stream = streaming;
  HttpResponse message = response_of(std::move(exchange.response), exchange.http, exchange.request_id);
  const bool keep_alive = message.keep_alive();
  stream.expires_after(limits::connection_idle);
  if (!streaming || exchange.http.method() == http::verb::head) {
    auto [ec, sent] = co_await http::async_write(stream, message, kNoThrow);
    (void)sent;
    co_return !ec && keep_alive;
  }
  http::response_serializer<http::string_body> serializer(message);
  auto [ec, sent] = co_await http::async_write_header(stream, serializer, kNoThrow);
  (void)sent;
  if (ec) co_return false;
  ChunkStream chunks(stream);
  co_await streaming(chunks);
  auto [last_ec, last] = co_await asio::async_write(stream, http::make_chunk_last(), kNoThrow);
  (void)last;
  co_return !last_ec && keep_alive;
}

/// The answer to a request that could not even be read, or nothing when the client just left.
std::optional<Response> read_failure(const beast::error_code& ec, std::string_view request_id) {
  if (ec == http::error::body_limit) {
    return problem(base::fail(base::Errc::too_large, "a request body may have at most 1 MiB"), request_id);
  }
  if (ec == http::error::header_limit) {
    return problem(base::fail(base::Errc::too_large, "the request's header may have at most 16 KiB"), request_id, 431);
  }
  const bool ours = ec.category() == beast::error_code(http::error::bad_method).category();
  if (!ours || ec == http::error::end_of_stream || ec == http::error::partial_message) return std::nullopt;
  return problem(base::fail(base::Errc::invalid_request, fmt::format("the request is not HTTP: {}", ec.message())),
                 request_id);
}

/// Reads one whole request: waits long for its first byte, shortly for the rest.
asio::awaitable<beast::error_code> read(TimedStream& stream, beast::flat_buffer& buffer, Parser& parser) {
  stream.expires_after(limits::connection_idle);
  if (buffer.size() == 0) {
    auto [ec, got] = co_await stream.async_read_some(buffer.prepare(4096), kNoThrow);
    if (ec) co_return ec == asio::error::eof ? beast::error_code(http::error::end_of_stream) : ec;
    buffer.commit(got);
  }
  stream.expires_after(limits::request_time);
  auto [ec, got] = co_await http::async_read(stream, buffer, parser, kNoThrow);
  (void)got;
  co_return ec;
}

void count(Shared& shared, const HttpRequest& request, std::string_view route, unsigned status,
           std::chrono::steady_clock::time_point began) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const auto method = method_of(request.method());
  shared.context.metrics.http_request(method ? name(*method) : "other", route, status, took.count());
}

/// A client that is still sending must not have its answer lost by a reset: reads what it sends, for a
/// while and not without end, and throws it away.
asio::awaitable<void> linger(TimedStream& stream) {
  beast::error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  std::array<char, 16384> discarded{};
  std::size_t total = 0;
  stream.expires_after(kLingerTime);
  while (total < kLingerBytes) {
    auto [ec, got] = co_await stream.async_read_some(asio::buffer(discarded), kNoThrow);
    if (ec) co_return;
    total += got;
  }
}

/// Answers requests until the client leaves or the connection cannot be kept.
asio::awaitable<void> serve_requests(Shared& shared, TimedStream& stream, const Origin& origin) {
  beast::flat_buffer buffer(limits::request_header_bytes + limits::request_body_bytes);
  for (bool open = true; open && !shared.stopping;) {
    Parser parser;
    parser.header_limit(limits::request_header_bytes);
    parser.body_limit(limits::request_body_bytes);
    const beast::error_code ec = co_await read(stream, buffer, parser);
    Exchange exchange{parser.get(), base::make_ulid(), "none", {}};
    if (ec) {
      auto failure = read_failure(ec, exchange.request_id);
      if (!failure) co_return;
      exchange.response = std::move(*failure);
      exchange.response.headers.emplace_back("Connection", "close");
      (void)co_await send(stream, exchange);
      co_await linger(stream);
      co_return;
    }
    if (beast::websocket::is_upgrade(exchange.http)) {
      const auto role = let_in(shared, origin, exchange);
      if (role) {
        co_await serve_websocket(shared.context, stream, exchange.http, exchange.request_id, *role);
        co_return;
      }
      (void)co_await send(stream, exchange);
      co_return;
    }
    const auto began = std::chrono::steady_clock::now();
    shared.context.metrics.http_in_flight(1);
    co_await answer(shared, origin, exchange);
    shared.context.metrics.http_in_flight(-1);
    const unsigned status = exchange.response.status;
    count(shared, exchange.http, exchange.route, status, began);
    open = co_await send(stream, exchange);
  }
}

}  // namespace

asio::awaitable<void> serve_connection(std::shared_ptr<Shared> shared, Socket socket, Origin origin) {
  TimedStream stream(std::move(socket));
  shared->sockets.insert(&stream.socket());
  ++shared->open;
  try {
    co_await serve_requests(*shared, stream, origin);
  } catch (const std::exception&) {
    // A bug in a handler ends this connection and no other; the client sees it close.
    shared->context.metrics.http_rejected("internal");
  }
  --shared->open;
  shared->sockets.erase(&stream.socket());
  beast::error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

}  // namespace paddock::api
