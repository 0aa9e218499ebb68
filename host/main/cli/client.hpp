// The API's client: one connection per request, JSON both ways.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include "main/cli/address.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// One request. `target` is path and query, already encoded.
struct Request {
  std::string method = "GET";
  std::string target;
  std::optional<boost::json::value> body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::seconds patience{60};  ///< for the whole answer
};

/// An answer read piece by piece as it comes.
class Stream {
 public:
  virtual ~Stream() = default;
  /// The next bytes; nothing when the answer has ended. A connection that breaks or stays silent for
  /// longer than three heartbeats is `unreachable`.
  virtual boost::asio::awaitable<Outcome<std::optional<std::string>>> read() = 0;
};

/// Talks to one host. A value; copies talk to the same host.
class Client {
 public:
  Client(Address address, std::string token) : address_(std::move(address)), token_(std::move(token)) {}

  const Address& address() const noexcept { return address_; }
  const std::string& token() const noexcept { return token_; }

  /// The answer's JSON (null for an empty body), or the problem.
  boost::asio::awaitable<Outcome<boost::json::value>> call(Request request) const;

  /// As call(), waiting for it; for commands that do one thing.
  Outcome<boost::json::value> call_now(Request request) const;

  /// Opens a streamed answer; `accept` is its media type.
  boost::asio::awaitable<Outcome<std::unique_ptr<Stream>>> open(std::string target, std::string accept) const;

 private:
  Address address_;
  std::string token_;
};

/// `text` with everything but letters, digits and "-._~" percent-encoded: for one part of a target.
std::string encoded(std::string_view text);

}  // namespace paddock::cli
