// Beast's WebSocket over a Unix socket.
#include "support/web_socket.hpp"

#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/program.hpp"

namespace paddock::support {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
namespace websocket = beast::websocket;

struct WebSocket::Connection {
  asio::io_context io{1};
  websocket::stream<asio::local::stream_protocol::socket> stream{io};
};

WebSocket::WebSocket(const std::filesystem::path& socket, const std::string& target)
    : connection_(std::make_unique<Connection>()) {
  auto& stream = connection_->stream;
  stream.next_layer().connect(asio::local::stream_protocol::endpoint(socket.string()));
  stream.read_message_max(64U << 20U);
  stream.handshake("localhost", target);
}

WebSocket::~WebSocket() = default;
WebSocket::WebSocket(WebSocket&&) noexcept = default;

std::optional<WebSocket::Message> WebSocket::next() {
  beast::flat_buffer buffer;
  boost::system::error_code ec = asio::error::timed_out;
  connection_->stream.async_read(buffer, [&ec](boost::system::error_code read, std::size_t) { ec = read; });
  connection_->io.restart();
  connection_->io.run_for(kPatience);
  if (ec == asio::error::timed_out) {  // the handler must not outlive its buffer
    connection_->stream.next_layer().close();
    connection_->io.run();
    throw std::runtime_error("nothing came from the WebSocket; shown so far: " + shown_);
  }
  if (ec == websocket::error::closed || ec == asio::error::eof) return std::nullopt;
  if (ec) throw std::runtime_error("nothing came from the WebSocket: " + ec.message());
  Message message{connection_->stream.got_binary(), beast::buffers_to_string(buffer.data())};
  if (message.binary) shown_ += message.bytes;
  return message;
}

json::object WebSocket::note(std::string_view type) {
  while (const auto message = next()) {
    if (message->binary) continue;
    json::object note = json::parse(message->bytes).as_object();
    if (note.at("type").as_string() == type) return note;
  }
  throw std::runtime_error("the WebSocket ended before '" + std::string(type) + "'");
}

void WebSocket::until_shown(std::string_view text) {
  for (;;) {
    const std::size_t at = shown_.find(text, seen_);
    if (at != std::string::npos) {
      seen_ = at + text.size();
      return;
    }
    if (!next()) throw std::runtime_error("the WebSocket ended before '" + std::string(text) + "' in: " + shown_);
  }
}

void WebSocket::send(std::string_view bytes) {
  connection_->stream.binary(true);
  connection_->stream.write(asio::buffer(bytes.data(), bytes.size()));
}

void WebSocket::say(const json::object& note) {
  connection_->stream.text(true);
  connection_->stream.write(asio::buffer(json::serialize(note)));
}

}  // namespace paddock::support
