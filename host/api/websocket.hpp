// The watch stream as a WebSocket. Internal to this folder.
#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include "api/http.hpp"
#include "api/router.hpp"

namespace paddock::api {

using TimedStream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;

/// Answers an upgrade request: /v1/watch becomes a WebSocket that sends one JSON text per event and
/// ends with the stream; anything else gets an ordinary problem. What the client sends is read and
/// ignored, but for its close.
boost::asio::awaitable<void> serve_websocket(Context& context, TimedStream& stream, const HttpRequest& http,
                                             std::string_view request_id);

}  // namespace paddock::api
