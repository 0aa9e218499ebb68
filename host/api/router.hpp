// The one table of operations: what exists, who may use it, and which query parameters it knows. The
// OpenAPI document is held against it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/message.hpp"
#include "control/host.hpp"
#include "metrics/registry.hpp"
#include "watch/hub.hpp"

namespace paddock::api {

/// What handlers work with; everything outlives the server.
struct Context {
  control::Host& host;
  watch::Hub& hub;
  metrics::Registry& metrics;
  std::string listen = {};  ///< where TCP is served; empty when it is not
};

using Handler = boost::asio::awaitable<Response> (*)(Context&, const Request&);

struct Operation {
  Method method;
  std::string_view path;        ///< template, e.g. "/v1/sessions/{id}/events"
  std::string_view id;          ///< operationId of the OpenAPI document
  control::Role role;           ///< the least role that may use it
  std::string_view parameters;  ///< known query parameters, space-separated; "*" means field filters too
  Handler handler;
};

/// Every operation of the host, in the order of the documentation.
std::span<const Operation> operations();

/// What a path and method lead to.
struct Match {
  const Operation* operation = nullptr;  ///< null: no such path, or not this method
  std::vector<std::string> values;       ///< what stood for the template's {…}
  std::string allow;                     ///< methods the path has; empty when there is no such path
};
Match match(Method method, std::string_view path);

/// Names the first query parameter that the operation does not know, as `invalid_request`.
base::Result<> check_parameters(const Operation& operation, const Request& request);

}  // namespace paddock::api
