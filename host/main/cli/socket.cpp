// Beast's WebSocket behind ours.
#include "main/cli/socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "main/cli/connect.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMessageBytes = 64U << 20U;  // a whole screen, or much output at once

class BeastSocket final : public Socket {
 public:
  BeastSocket(Address address, std::unique_ptr<Connection> connection)
      : address_(std::move(address)), connection_(std::move(connection)), socket_(*connection_) {
    socket_.read_message_max(kMessageBytes);
  }

  asio::awaitable<Outcome<void>> begin(const Client& client, std::string target) {
    connection_->expires_never();
    socket_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
    socket_.set_option(websocket::stream_base::decorator([&client](websocket::request_type& request) {
      if (!client.token().empty()) request.set(beast::http::field::authorization, "Bearer " + client.token());
      request.set(beast::http::field::user_agent, "paddock-cli");
    }));
    websocket::response_type response;
    auto [ec] = co_await socket_.async_handshake(response, host_field(address_), target, kNoThrow);
    if (ec == websocket::error::upgrade_declined) co_return failure_of_answer(response.result_int(), response.body());
    if (ec) co_return unreachable(address_, ec);
    co_return Outcome<void>();
  }

  asio::awaitable<Outcome<std::optional<Message>>> read() override {
    beast::flat_buffer buffer;
    auto [ec, got] = co_await socket_.async_read(buffer, kNoThrow);
    (void)got;
    if (ec == websocket::error::closed || closed_) co_return std::optional<Message>();
    if (ec) co_return unreachable(address_, ec);
    Message message{socket_.got_binary(), beast::buffers_to_string(buffer.data())};
    co_return std::optional<Message>(std::move(message));
  }

  asio::awaitable<bool> write(Message message) override {
    socket_.binary(message.binary);
    auto [ec, sent] = co_await socket_.async_write(asio::buffer(message.bytes), kNoThrow);
    (void)sent;
    co_return !ec;
  }

  void close() override {
    closed_ = true;
    connection_->close();
  }

 private:
  Address address_;
  std::unique_ptr<Connection> connection_;
  websocket::stream<Connection&> socket_;
  bool closed_ = false;
};

}  // namespace

asio::awaitable<Outcome<std::unique_ptr<Socket>>> open_socket(const Client& client, std::string target) {
  Connected connection = co_await connect(client.address());
  if (!connection) co_return connection.error();
  auto socket = std::make_unique<BeastSocket>(client.address(), std::move(*connection));
  const auto begun = co_await socket->begin(client, std::move(target));
  if (!begun) co_return begun.error();
  co_return std::unique_ptr<Socket>(std::move(socket));
}

}  // namespace paddock::cli
