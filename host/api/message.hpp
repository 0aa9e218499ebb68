// A request and its answer in this program's own words, without the HTTP library.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "control/host.hpp"

namespace paddock::api {

enum class Method : std::uint8_t { get, post, del };
std::string_view name(Method method) noexcept;

/// What arrived, already checked for access and size.
struct Request {
  Method method = Method::get;
  std::string path;                                        ///< decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
  std::vector<std::string> path_values;                    ///< what stood for {id}, in order
  std::string accept;
  std::string last_event_id;
  std::string idempotency_key;
  std::string request_id;
  boost::json::value body;  ///< null without one
  control::Role role = control::Role::viewer;

  /// The last value of a query parameter, or nothing.
  std::optional<std::string_view> parameter(std::string_view key) const;
};

/// Where a streamed answer puts its bytes.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Sends `bytes`; waits until the kernel took them. False when the client is gone.
  virtual boost::asio::awaitable<bool> write(std::string bytes) = 0;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// When set, the answer is chunked: it is called after the header was sent and ends the stream by
  /// returning. `Stream` lives until then.
  std::function<boost::asio::awaitable<void>(Stream&)> stream;
};

/// 200 (or `status`) with a JSON document.
Response json_response(const boost::json::value& body, unsigned status = 200);
/// 204.
Response empty_response();

/// The HTTP status of an error code.
unsigned http_status(base::Errc code) noexcept;

/// application/problem+json (RFC 9457) for `error`; the status follows from its code unless given.
Response problem(const base::Error& error, std::string_view request_id, unsigned status = 0);

}  // namespace paddock::api
