// Answers as JSON, errors as problem documents.
#include "api/message.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

namespace paddock::api {
namespace json = boost::json;
using base::Errc;
namespace {

/// The sentence people read first; the same for every problem of one status.
std::string_view title(unsigned status) {
  switch (status) {
    case 400: return "The request is not valid";
    case 401: return "Authentication is required";
    case 403: return "This is not permitted";
    case 404: return "There is no such thing";
    case 405: return "This method is not allowed here";
    case 408: return "The time given has passed";
    case 409: return "The request does not fit the present state";
    case 410: return "This part of the stream is no longer kept";
    case 413: return "The request is too large";
    case 415: return "The request's content type is not supported";
    case 422: return "The request cannot be carried out";
    case 429: return "There is too much of this already";
    case 431: return "The request's header is too large";
    case 501: return "This is not supported";
    case 503: return "The host cannot do this now";
    default: return "The host made a mistake";
  }
}

}  // namespace

std::string_view name(Method method) noexcept {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::del: return "DELETE";
  }
  return "GET";
}

std::optional<std::string_view> Request::parameter(std::string_view key) const {
  for (auto at = query.rbegin(); at != query.rend(); ++at) {
    if (at->first == key) return at->second;
  }
  return std::nullopt;
}

Response json_response(const json::value& body, unsigned status) {
  Response response;
  response.status = status;
  response.body = json::serialize(body) + "\n";
  return response;
}

Response empty_response() {
  Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

unsigned http_status(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request:
    case Errc::bad_config: return 400;
    case Errc::unauthorized: return 401;
    case Errc::forbidden:
    case Errc::policy_denied: return 403;
    case Errc::not_found: return 404;
    case Errc::timeout: return 408;
    case Errc::ambiguous:
    case Errc::already_exists:
    case Errc::wrong_state:
    case Errc::busy:
    case Errc::stale_runtime:
    case Errc::stale_state:
    case Errc::stale_snapshot:
    case Errc::approval_closed:
    case Errc::cursor_mismatch: return 409;
    case Errc::cursor_expired: return 410;
    case Errc::too_large: return 413;
    case Errc::idempotency_mismatch:
    case Errc::adapter_refused:
    case Errc::agent_not_found:
    case Errc::start_failed:
    case Errc::limit_unavailable: return 422;
    case Errc::too_many: return 429;
    case Errc::unsupported: return 501;
    case Errc::unavailable: return 503;
    case Errc::internal:
    case Errc::io:
    case Errc::corrupt:
    case Errc::lost:
    case Errc::adapter_failed: return 500;
  }
  return 500;
}

Response problem(const base::Error& error, std::string_view request_id, unsigned status) {
  if (status == 0) status = http_status(error.code);
  json::object body;
  body["type"] = "about:blank#" + std::string(base::name(error.code));
  body["title"] = title(status);
  body["status"] = status;
  body["detail"] = error.detail;
  body["code"] = base::name(error.code);
  body["request_id"] = request_id;
  if (!error.errors.empty()) {
    json::array& errors = body["errors"].emplace_array();
    for (const base::FieldError& field : error.errors) {
      errors.push_back({{"pointer", field.pointer}, {"detail", field.detail}});
    }
  }
  Response response = json_response(body, status);
  response.content_type = "application/problem+json";
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"paddock\"");
  return response;
}

}  // namespace paddock::api
