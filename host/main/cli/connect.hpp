// Connections to a host, for who speaks HTTP or WebSocket on them. Internal to the client.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "main/cli/client.hpp"

namespace paddock::cli {

using Connection = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using Connected = Outcome<std::unique_ptr<Connection>>;

/// The failure of a host that cannot be reached.
Failure unreachable(const Address& address, const boost::system::error_code& ec);

/// Connects, to the first address that answers.
boost::asio::awaitable<Connected> connect(const Address& address);

/// What `Host` says.
std::string host_field(const Address& address);

boost::beast::http::request<boost::beast::http::string_body> message_of(const Request& request, const Address& address,
                                                                        const std::string& token);

}  // namespace paddock::cli
