// Beast over a Unix socket or TCP.
#include "main/cli/client.hpp"

#include <cstddef>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "main/cli/connect.hpp"
#include "main/cli/run_now.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

constexpr auto kSilence = 3 * base::limits::heartbeat;
constexpr std::size_t kAnswerBytes = 64U << 20U;  // a list of a thousand sessions with long results
constexpr std::size_t kPieceBytes = 64U << 10U;

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
