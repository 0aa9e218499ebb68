// How a watcher's events look on the wire: server-sent events, JSON lines or WebSocket messages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "api/router.hpp"
#include "watch/hub.hpp"

namespace paddock::api {

/// The form a watcher asked for.
enum class Form : std::uint8_t { sse, ndjson, websocket };

/// Appends one event in that form. For a WebSocket the JSON stands alone.
void append_event(std::string& out, Form form, std::string_view cursor, std::string_view json);
void append_heartbeat(std::string& out, Form form);
void append_retry(std::string& out, Form form);

/// Checks the query of a watch request and subscribes. Fails as watch::Hub::subscribe(), and with
/// `invalid_request` for bad filters or cursors.
base::Result<std::unique_ptr<watch::Subscription>> open_watch(Context& context, const Request& request);

/// Sends events and heartbeats until the client goes, falls behind, or the host stops.
boost::asio::awaitable<void> run_watch(Context& context, std::shared_ptr<watch::Subscription> subscription, Form form,
                                       Stream& stream);

}  // namespace paddock::api
