// WebSocket watchers: the same subscription as server-sent events, one text message an event.
#include "api/websocket.hpp"

#include <exception>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "api/watch_stream.hpp"
#include "base/limits.hpp"

namespace paddock::api {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kTerminal = "attachToSession";
constexpr std::size_t kClientMessageBytes = 4096;  // nothing a watcher says is needed
using WebSocket = websocket::stream<TimedStream&>;

/// Sends each line of what a watch writes as one text message.
class MessageStream final : public Stream {
 public:
  explicit MessageStream(WebSocket& socket) : socket_(socket) {}

  asio::awaitable<bool> write(std::string bytes) override {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      auto [ec, sent] = co_await socket_.async_write(asio::buffer(line.data(), line.size()), kNoThrow);
      (void)sent;
      if (ec) co_return false;
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    co_return true;
  }

 private:
  WebSocket& socket_;
};

/// Reads until the client closes; reading is also what answers pings and close frames.
asio::awaitable<void> drain(WebSocket& socket, std::shared_ptr<watch::Subscription> subscription) {
  beast::flat_buffer buffer(kClientMessageBytes);
  for (;;) {
    auto [ec, got] = co_await socket.async_read(buffer, kNoThrow);
    buffer.consume(got);
    if (ec) break;
  }
  subscription->wake();  // the next write finds the client gone
}

/// A watch, and nothing that is not known there.
base::Result<Request> watch_request(const HttpRequest& http) {
  auto request = request_of(http);
  if (!request) return request;
  const Match found = match(Method::get, request->path);
  if (found.operation == nullptr || found.operation->path != std::string_view("/v1/watch")) {
    return base::fail(base::Errc::not_found, "there is no WebSocket at this path");
  }
  if (auto known = check_parameters(*found.operation, *request); !known) return known.error();
  return request;
}

/// A session's terminal, or nothing when the path leads elsewhere.
std::optional<Request> terminal_request(const HttpRequest& http) {
  auto request = request_of(http);
  const Match found = request ? match(Method::get, request->path) : Match();
  if (found.operation == nullptr || found.operation->id != kTerminal) return std::nullopt;
  request->path_values = found.values;
  return std::move(*request);
}

}  // namespace

asio::awaitable<void> refuse_upgrade(TimedStream& stream, const HttpRequest& http, Response response,
                                     std::string_view request_id) {
  HttpResponse message = response_of(std::move(response), http, request_id);
  message.keep_alive(false);
  auto [ec, sent] = co_await beast::http::async_write(stream, message, kNoThrow);
  (void)ec;
  (void)sent;
}

asio::awaitable<void> serve_websocket(Context& context, TimedStream& stream, const HttpRequest& http,
                                      std::string_view request_id, control::Role role) {
  if (auto terminal = terminal_request(http)) {
    terminal->request_id = request_id;
    terminal->role = role;
    co_await serve_terminal(context, stream, http, *terminal);
    co_return;
  }
  auto request = watch_request(http);
  if (!request) {
    co_await refuse_upgrade(stream, http, problem(request.error(), request_id), request_id);
    co_return;
  }
  auto subscription = open_watch(context, *request);
  if (!subscription) {
    co_await refuse_upgrade(stream, http, problem(subscription.error(), request_id), request_id);
    co_return;
  }
  stream.expires_never();
  WebSocket socket(stream);
  socket.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
  socket.set_option(websocket::stream_base::decorator(
      [id = std::string(request_id)](websocket::response_type& response) { response.set("X-Request-Id", id); }));
  auto [ec] = co_await socket.async_accept(http, kNoThrow);
  if (ec) co_return;

  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<watch::Subscription> shared = std::move(*subscription);  // of the writing and the reading coroutine
  asio::steady_timer reader_ended(executor, asio::steady_timer::time_point::max());
  auto reader = drain(socket, shared);
  asio::co_spawn(executor, std::move(reader), [&reader_ended](const std::exception_ptr&) {
    reader_ended.expires_at(asio::steady_timer::time_point::min());
  });
  MessageStream messages(socket);
  co_await run_watch(context, shared, Form::websocket, messages);
  if (socket.is_open()) {
    auto [close_ec] = co_await socket.async_close(websocket::close_code::normal, kNoThrow);
    (void)close_ec;
  }
  stream.close();  // ends the reader, which uses this frame's socket
  auto [waited] = co_await reader_ended.async_wait(kNoThrow);
  (void)waited;
}

}  // namespace paddock::api
