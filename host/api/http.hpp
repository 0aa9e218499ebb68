// Beast's messages to and from ours. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "api/guard.hpp"
#include "api/message.hpp"
#include "base/error.hpp"

namespace paddock::api {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// What the guard needs of a request.
Visitor visitor_of(const HttpRequest& http);

/// Path, query and headers of a request; the body is still text. Fails with `invalid_request` for a
/// target that is not an origin-form URL.
base::Result<Request> request_of(const HttpRequest& http);

/// The body as JSON. Fails with `invalid_request` that tells where it is broken, also for a number beyond
/// what a double holds.
base::Result<boost::json::value> parse_body(std::string_view text);

/// The message to send: with HEAD without its body.
HttpResponse response_of(Response&& response, const HttpRequest& http, std::string_view request_id);

}  // namespace paddock::api
