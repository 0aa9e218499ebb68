// The test client, on Beast's blocking side with a socket time-out.
#include "support/client.hpp"

#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace paddock::support {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

using Socket = asio::generic::stream_protocol::socket;

void limit_waiting(Socket& socket, std::chrono::milliseconds patience) {
  const timeval limit{patience.count() / 1000, (patience.count() % 1000) * 1000};
  (void)::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  (void)::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Socket connect(asio::io_context& io, const std::filesystem::path& path, unsigned short port) {
  if (path.empty()) {
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), port});
    return Socket(std::move(socket));
  }
  asio::local::stream_protocol::socket socket(io);
  socket.connect(asio::local::stream_protocol::endpoint(path.native()));
  return Socket(std::move(socket));
}

http::request<http::string_body> make_request(std::string_view method, std::string_view target, std::string_view body,
                                              const Headers& headers, unsigned short port) {
  http::request<http::string_body> request;
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.version(11);
  request.set(http::field::host, port == 0 ? std::string("localhost") : "127.0.0.1:" + std::to_string(port));
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  return request;
}

template <class Message>
std::map<std::string, std::string> headers_of(const Message& message) {
  std::map<std::string, std::string> headers;
  for (const auto& field : message.base()) {
    std::string name(field.name_string());
    for (char& c : name) c = char(std::tolower(static_cast<unsigned char>(c)));
    headers[name] = std::string(field.value());
  }
  return headers;
}

}  // namespace

boost::json::value Reply::json() const { return boost::json::parse(body); }

std::string Reply::code() const {
  if (headers.contains("content-type") && headers.at("content-type") == "application/problem+json") {
    return std::string(json().at("code").as_string());
  }
  return {};
}

Reply Client::request(std::string_view method, std::string_view target, std::string_view body,
                      const Headers& headers) const {
  asio::io_context io;
  Socket socket = connect(io, socket_, port_);
  limit_waiting(socket, std::chrono::seconds(120));
  const auto request = make_request(method, target, body, headers, port_);
  boost::system::error_code write_ec;  // a host that refuses early may close before it has read everything
  http::write(socket, request, write_ec);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  parser.skip(method == "HEAD");
  http::read(socket, buffer, parser);
  const auto& response = parser.get();
  return {int(response.result_int()), headers_of(response), response.body()};
}

Reply Client::get(std::string_view target, const Headers& headers) const { return request("GET", target, {}, headers); }
Reply Client::post(std::string_view target, const boost::json::value& body, const Headers& headers) const {
  return request("POST", target, boost::json::serialize(body), headers);
}
Reply Client::del(std::string_view target, const Headers& headers) const {
  return request("DELETE", target, {}, headers);
}

std::string Client::raw(std::string_view bytes) const {
  asio::io_context io;
  Socket socket = connect(io, socket_, port_);
  limit_waiting(socket, std::chrono::seconds(60));
  boost::system::error_code ec;
  asio::write(socket, asio::buffer(bytes.data(), bytes.size()), ec);
  socket.shutdown(Socket::shutdown_send, ec);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), ec);
  return answer;
}

struct Client::Lines::Connection {
  Connection(const std::filesystem::path& path, unsigned short port) : socket(connect(io, path, port)) {
    parser.body_limit(boost::none);
  }
  asio::io_context io;
  Socket socket;
  boost::beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  std::string pending;
};

Client::Lines::Lines(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::Lines::Lines(Lines&&) noexcept = default;
Client::Lines::~Lines() = default;
int Client::Lines::status() const noexcept { return int(connection_->parser.get().result_int()); }

std::optional<std::string> Client::Lines::next(std::chrono::milliseconds patience) {
  limit_waiting(connection_->socket, patience);
  std::string& pending = connection_->pending;
  for (;;) {
    if (const std::size_t end = pending.find('\n'); end != std::string::npos) {
      std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      return line;
    }
    if (connection_->parser.is_done()) return std::nullopt;
    char chunk[65536];
    connection_->parser.get().body().data = chunk;
    connection_->parser.get().body().size = sizeof chunk;
    boost::system::error_code ec;
    http::read_some(connection_->socket, connection_->buffer, connection_->parser, ec);
    if (ec && ec != http::error::need_buffer) return std::nullopt;
    pending.append(chunk, sizeof chunk - connection_->parser.get().body().size);
  }
}

Client::Lines Client::stream(std::string_view target, const Headers& headers) const {
  auto connection = std::make_unique<Lines::Connection>(socket_, port_);
  limit_waiting(connection->socket, std::chrono::seconds(60));
  const auto request = make_request("GET", target, {}, headers, port_);
  http::write(connection->socket, request);
  http::read_header(connection->socket, connection->buffer, connection->parser);
  return Lines(std::move(connection));
}

}  // namespace paddock::support
