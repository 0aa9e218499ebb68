// What a session has said so far, page by page.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "main/cli/client.hpp"

namespace paddock::cli {

/// Gives every event of the session after `after` to `use`, oldest first; answers the cursor from
/// which watching goes on without a gap.
boost::asio::awaitable<Outcome<std::string>> past_events(const Client& client, std::string session, std::int64_t after,
                                                         const std::function<void(const boost::json::object&)>& use);

/// True for the event after which a session's runtime says nothing more.
bool is_end(const boost::json::object& event);

}  // namespace paddock::cli
