// Operations about the host itself: health, metrics, adapters, policies, tokens.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/handlers.hpp"
#include "api/openapi.hpp"
#include "api/parameters.hpp"

namespace paddock::api {
namespace json = boost::json;
namespace {

/// A list that is always whole; its cursor says where a watch goes on from it.
Response items_response(const Context& context, std::vector<json::object> items) {
  control::Page page;
  page.items = std::move(items);
  page.cursor = context.host.host().at("cursor").as_string();
  return page_response(std::move(page));
}

base::Result<control::Role> role_from(const json::value& text) {
  if (text == "viewer") return control::Role::viewer;
  if (text == "operator") return control::Role::operate;
  if (text == "admin") return control::Role::admin;
  base::Error error = base::fail(base::Errc::invalid_request, "the body is not valid; nothing was changed");
  error.errors.push_back({"/role", "must be one of viewer, operator, admin"});
  return error;
}

/// The two fields of POST /v1/tokens.
struct TokenWish {
  std::string name;
  control::Role role = control::Role::viewer;
};

base::Result<TokenWish> token_wish(const json::value& body) {
  base::Error error = base::fail(base::Errc::invalid_request, "the body is not valid; nothing was changed");
  const json::object* fields = body.if_object();
  if (fields == nullptr) {
    error.errors.push_back({"", "must be an object"});
    return error;
  }
  TokenWish wish;
  for (const auto& [key, value] : *fields) {
    if (key == "name" && value.is_string() && !value.get_string().empty() && value.get_string().size() <= 64) {
      wish.name = value.get_string();
    } else if (key == "name") {
      error.errors.push_back({"/name", "must be a text of 1 to 64 bytes"});
    } else if (key == "role") {
      const auto role = role_from(value);
      if (role) wish.role = *role;
      if (!role) error.errors.push_back(role.error().errors.front());
    } else {
      error.errors.push_back({"/" + std::string(key), "is not a known field"});
    }
  }
  for (const std::string_view required : {"name", "role"}) {
    if (!fields->contains(required)) error.errors.push_back({"/" + std::string(required), "is required"});
  }
  if (!error.errors.empty()) return error;
  return wish;
}

}  // namespace

Answering get_health(Context&, const Request&) {
  json::object body{{"status", "ok"}};
  co_return json_response(body);
}

Answering get_readiness(Context& context, const Request&) {
  json::object body;
  json::array& checks = body["checks"].emplace_array();
  bool ready = true;
  for (const control::Check& check : context.host.ready()) {
    checks.push_back({{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
    ready = ready && check.ok;
  }
  body["status"] = ready ? "ready" : "not_ready";
  co_return json_response(body, ready ? 200 : 503);
}

Answering get_metrics(Context& context, const Request& request) {
  const bool open = request.accept.find("application/openmetrics-text") != std::string::npos;
  Response response;
  response.body = context.metrics.text(open ? metrics::Format::openmetrics : metrics::Format::prometheus);
  response.content_type =
      open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
  co_return response;
}

Answering get_openapi(Context&, const Request&) {
  Response response;
  response.body = openapi_document();
  co_return response;
}

Answering get_host(Context& context, const Request&) {
  json::object body = context.host.host();
  if (!context.listen.empty()) body["listen"] = context.listen;
  co_return json_response(body);
}

Answering list_adapters(Context& context, const Request& request) {
  if (request.parameter("probe").value_or("0") != "1") co_return items_response(context, context.host.adapters());
  auto probed = co_await context.host.probe_adapters();
  if (!probed) co_return problem(probed.error(), request.request_id);
  co_return items_response(context, std::move(*probed));
}

Answering get_adapter(Context& context, const Request& request) {
  auto adapter = context.host.adapter(request.path_values.front());
  if (!adapter) co_return problem(adapter.error(), request.request_id);
  co_return json_response(*adapter);
}

Answering list_policies(Context& context, const Request&) { co_return json_response(context.host.policies()); }

Answering get_policy(Context& context, const Request& request) {
  auto policy = context.host.policy(request.path_values.front());
  if (!policy) co_return problem(policy.error(), request.request_id);
  co_return json_response(*policy);
}

Answering create_token(Context& context, const Request& request) {
  auto wish = token_wish(request.body);
  if (!wish) co_return problem(wish.error(), request.request_id);
  auto token = co_await context.host.create_token(std::move(wish->name), wish->role);
  if (!token) co_return problem(token.error(), request.request_id);
  co_return json_response(*token, 201);
}

Answering list_tokens(Context& context, const Request&) { co_return items_response(context, context.host.tokens()); }

Answering revoke_token(Context& context, const Request& request) {
  const auto done = co_await context.host.revoke_token(request.path_values.front());
  if (!done) co_return problem(done.error(), request.request_id);
  co_return empty_response();
}

}  // namespace paddock::api
