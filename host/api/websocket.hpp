// What is served as a WebSocket. Internal to this folder.
#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include "api/http.hpp"
#include "api/router.hpp"

namespace paddock::api {

using TimedStream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;

/// Answers an upgrade request of a visitor who may come in with `role`. /v1/watch becomes a WebSocket that sends one
/// JSON text per event and ends with the stream; what the client sends is read and ignored, but for its close.
/// /v1/sessions/{id}/terminal becomes the session's terminal. Anything else gets an ordinary problem.
boost::asio::awaitable<void> serve_websocket(Context& context, TimedStream& stream, const HttpRequest& http,
                                             std::string_view request_id, control::Role role);

/// The terminal, for a request whose path has led there.
boost::asio::awaitable<void> serve_terminal(Context& context, TimedStream& stream, const HttpRequest& http,
                                            const Request& request);

/// Sends an ordinary answer instead of an upgrade.
boost::asio::awaitable<void> refuse_upgrade(TimedStream& stream, const HttpRequest& http, Response response,
                                            std::string_view request_id);

}  // namespace paddock::api
