// A session's terminal as a WebSocket: binary messages are its bytes both ways, text messages are about it.
#include <exception>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/handlers.hpp"
#include "api/parameters.hpp"
#include "api/websocket.hpp"
#include "base/limits.hpp"

namespace paddock::api {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
namespace websocket = beast::websocket;
namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
using WebSocket = websocket::stream<TimedStream&>;
using control::Attachment;

/// Counts who is at a terminal.
class Counted {
 public:
  explicit Counted(metrics::Registry& metrics) : metrics_(metrics) { metrics_.stream_clients("terminal", 1); }
  ~Counted() { metrics_.stream_clients("terminal", -1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  metrics::Registry& metrics_;
};

std::uint64_t number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  boost::system::error_code ec;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(ec);
  return ec ? 0 : number;
}

/// One connection: a coroutine that reads and one that writes share it.
struct Guest {
  WebSocket& socket;
  std::shared_ptr<Attachment> attachment;
  std::vector<std::string> replies = {};  ///< text messages the reader wants sent
  bool answered_ignored = false;          ///< said once that typing is ignored
};

void reply(Guest& guest, std::string_view code, std::string_view detail) {
  if (guest.replies.size() > 16) return;  // who asks without listening
  guest.replies.push_back(json::serialize(json::object{{"type", "error"}, {"code", code}, {"detail", detail}}));
}

void take_control(Guest& guest, std::string_view text) {
  boost::system::error_code ec;
  const json::value value = json::parse(text, ec);
  const json::object* object = ec ? nullptr : value.if_object();
  const json::value* type = object == nullptr ? nullptr : object->if_contains("type");
  const std::string_view name = type != nullptr && type->is_string() ? std::string_view(type->get_string()) : "";
  if (name == "resize") {
    if (guest.attachment->resize(number_at(*object, "rows"), number_at(*object, "cols"))) return;
    return reply(guest, "not_writer", "only the writer resizes, to 1 to 500 rows and columns");
  }
  if (name == "take") {
    if (guest.attachment->take()) return;
    return reply(guest, "forbidden", "this visitor only observes");
  }
  reply(guest, "invalid_request",
        "a text message is {\"type\": \"resize\", \"rows\", \"cols\"} or {\"type\": \"take\"}");
}

void take_message(Guest& guest, std::string bytes) {
  if (!guest.socket.got_binary()) return take_control(guest, bytes);
  if (guest.attachment->type(std::move(bytes)) || std::exchange(guest.answered_ignored, true)) return;
  reply(guest, "not_writer", "somebody else is typing; what you type is ignored");
}

asio::awaitable<void> read_all(Guest& guest) {
  beast::flat_buffer buffer(base::limits::terminal_input);
  for (;;) {
    auto [ec, got] = co_await guest.socket.async_read(buffer, kNoThrow);
    if (ec) break;
    take_message(guest, beast::buffers_to_string(buffer.data()));
    buffer.consume(got);
    if (!guest.replies.empty()) guest.attachment->wake();
  }
  guest.attachment->leave();
}

asio::awaitable<bool> send_text(Guest& guest, std::string text) {
  guest.socket.text(true);
  auto [ec, sent] = co_await guest.socket.async_write(asio::buffer(text), kNoThrow);
  (void)sent;
  co_return !ec;
}

asio::awaitable<bool> send_shown(Guest& guest, Attachment::Shown shown) {
  std::vector<std::string> replies = std::exchange(guest.replies, {});
  for (std::string& text : replies) {
    if (!co_await send_text(guest, std::move(text))) co_return false;
  }
  for (const json::object& note : shown.notes) {
    std::string text = json::serialize(note);
    if (!co_await send_text(guest, std::move(text))) co_return false;
  }
  if (shown.bytes.empty()) co_return true;
  guest.socket.binary(true);
  auto [ec, sent] = co_await guest.socket.async_write(asio::buffer(shown.bytes), kNoThrow);
  (void)sent;
  co_return !ec;
}

json::object greeting(const Attachment& attachment, const std::string& key) {
  json::object out{{"type", "hello"}, {"session", key}};
  out["rows"] = attachment.rows();
  out["cols"] = attachment.cols();
  out["writer"] = attachment.is_writer();
  return out;
}

asio::awaitable<void> write_all(Guest& guest, std::string hello) {
  bool open = co_await send_text(guest, std::move(hello));
  for (; open;) {
    auto shown = co_await guest.attachment->next();
    if (!shown) break;
    const bool ended = shown->ended;
    open = co_await send_shown(guest, std::move(*shown));
    if (!ended) continue;
    std::string end = json::serialize(json::object{{"type", "end"}});
    if (open) (void)co_await send_text(guest, std::move(end));
    break;
  }
}

control::AttachWish wish_of(const Request& request) {
  const bool operates = request.role != control::Role::viewer;
  control::AttachWish wish;
  wish.write = operates && request.parameter("observe").value_or("0") != "1";
  wish.take = wish.write && request.parameter("take").value_or("0") == "1";
  return wish;
}

}  // namespace

asio::awaitable<void> serve_terminal(Context& context, TimedStream& stream, const HttpRequest& http,
                                     const Request& request) {
  if (auto known = check_parameters(*match(Method::get, request.path).operation, request); !known) {
    co_await refuse_upgrade(stream, http, problem(known.error(), request.request_id), request.request_id);
    co_return;
  }
  const std::string key = request.path_values.front();
  auto attached = co_await context.host.attach(key, wish_of(request));
  if (!attached) {
    co_await refuse_upgrade(stream, http, problem(attached.error(), request.request_id), request.request_id);
    co_return;
  }
  const Counted counted(context.metrics);
  stream.expires_never();
  WebSocket socket(stream);
  socket.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
  socket.set_option(websocket::stream_base::decorator(
      [id = request.request_id](websocket::response_type& response) { response.set("X-Request-Id", id); }));
  socket.read_message_max(base::limits::terminal_input);
  auto [ec] = co_await socket.async_accept(http, kNoThrow);
  if (ec) co_return;

  const auto executor = co_await asio::this_coro::executor;
  Guest guest{socket, std::move(*attached)};
  asio::steady_timer reader_ended(executor, asio::steady_timer::time_point::max());
  auto reader = read_all(guest);
  asio::co_spawn(executor, std::move(reader), [&reader_ended](const std::exception_ptr&) {
    reader_ended.expires_at(asio::steady_timer::time_point::min());
  });
  std::string hello = json::serialize(greeting(*guest.attachment, key));
  co_await write_all(guest, std::move(hello));
  if (socket.is_open()) {
    auto [close_ec] = co_await socket.async_close(websocket::close_code::normal, kNoThrow);
    (void)close_ec;
  }
  stream.close();  // ends the reader, which uses this frame's socket
  auto [waited] = co_await reader_ended.async_wait(kNoThrow);
  (void)waited;
}

/// Without an upgrade there is nothing to see.
Answering attach_to_session(Context& context, const Request& request) {
  auto found = context.host.find(request.path_values.front());
  if (!found) co_return problem(found.error(), request.request_id);
  constexpr unsigned kUpgradeRequired = 426;
  Response response = problem(base::fail(base::Errc::unsupported, "the terminal is a WebSocket: ask for an upgrade"),
                              request.request_id, kUpgradeRequired);
  response.headers.emplace_back("Upgrade", "websocket");
  co_return response;
}

}  // namespace paddock::api
