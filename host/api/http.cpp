// Translating between Beast's messages and ours.
#include "api/http.hpp"

#include <fmt/format.h>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/parser.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/limits.hpp"
#include "event/finite.hpp"

namespace paddock::api {
namespace http = boost::beast::http;
namespace json = boost::json;
namespace urls = boost::urls;
namespace {

std::string text_of(const HttpRequest& request, std::string_view field) {
  const auto value = request[boost::beast::string_view(field.data(), field.size())];
  return {value.data(), value.size()};
}

base::Error bad_target() {
  return base::fail(base::Errc::invalid_request, "the request's target is not a path with a query");
}

}  // namespace

Visitor visitor_of(const HttpRequest& request) {
  Visitor visitor;
  visitor.host = text_of(request, "Host");
  visitor.origin = text_of(request, "Origin");
  visitor.fetch_site = text_of(request, "Sec-Fetch-Site");
  visitor.authorization = text_of(request, "Authorization");
  visitor.content_type = text_of(request, "Content-Type");
  visitor.has_body = !request.body().empty();
  visitor.upgrade = !text_of(request, "Upgrade").empty();
  return visitor;
}

base::Result<Request> request_of(const HttpRequest& request) {
  Request out;
  const auto target = request.target();
  const auto url = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
  if (!url) return bad_target();
  const urls::url_view& view = *url;
  out.path = view.path();
  for (const auto& parameter : view.params()) out.query.emplace_back(parameter.key, parameter.value);
  out.accept = text_of(request, "Accept");
  out.last_event_id = text_of(request, "Last-Event-ID");
  out.idempotency_key = text_of(request, "Idempotency-Key");
  return out;
}

base::Result<json::value> parse_body(std::string_view text) {
  json::parse_options options;
  options.max_depth = base::limits::json_depth;
  json::parser parser({}, options);
  boost::system::error_code ec;
  const std::size_t used = parser.write(text.data(), text.size(), ec);
  if (ec) {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("the body is not JSON: {} at byte {}", ec.message(), used));
  }
  json::value value = parser.release();
  if (!event::is_finite(value)) {
    return base::fail(base::Errc::invalid_request, "the body has a number that is too large for any use");
  }
  return value;
}

HttpResponse response_of(Response&& response, const HttpRequest& request, std::string_view request_id) {
  HttpResponse out(static_cast<http::status>(response.status), request.version());
  out.keep_alive(request.keep_alive());
  out.set("X-Request-Id", boost::beast::string_view(request_id.data(), request_id.size()));
  out.set("X-Content-Type-Options", "nosniff");
  if (!response.content_type.empty()) out.set(http::field::content_type, response.content_type);
  for (const auto& [key, value] : response.headers) out.set(key, value);
  if (response.stream) {
    out.chunked(true);
    return out;
  }
  const std::size_t length = response.body.size();
  if (request.method() != http::verb::head) out.body() = std::move(response.body);
  if (response.status != 204) out.content_length(length);
  return out;
}

}  // namespace paddock::api
