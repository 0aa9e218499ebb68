// The table, and finding a path in it.
#include "api/router.hpp"

#include <array>

#include "api/handlers.hpp"

namespace paddock::api {
namespace {

using control::Role;
using enum Method;

constexpr std::array kOperations{
    Operation{get, "/healthz", "getHealth", Role::viewer, "", get_health},
    Operation{get, "/readyz", "getReadiness", Role::viewer, "", get_readiness},
    Operation{get, "/metrics", "getMetrics", Role::viewer, "", get_metrics},
    Operation{get, "/v1/openapi.json", "getOpenApi", Role::viewer, "", get_openapi},
    Operation{get, "/v1/host", "getHost", Role::viewer, "", get_host},
    Operation{get, "/v1/adapters", "listAdapters", Role::viewer, "probe", list_adapters},
    Operation{get, "/v1/adapters/{id}", "getAdapter", Role::viewer, "", get_adapter},
    Operation{post, "/v1/sessions", "startSession", Role::operate, "", start_session},
    Operation{get, "/v1/sessions", "listSessions", Role::viewer, "limit page sort *", list_sessions},
    Operation{get, "/v1/sessions/{id}", "getSession", Role::viewer, "", get_session},
    Operation{del, "/v1/sessions/{id}", "deleteSession", Role::operate, "", delete_session},
    Operation{get, "/v1/sessions/{id}/events", "listSessionEvents", Role::viewer, "after limit page", list_events},
    Operation{get, "/v1/sessions/{id}/output", "getSessionOutput", Role::viewer, "offset limit follow", get_output},
    Operation{get, "/v1/sessions/{id}/screen", "getSessionScreen", Role::viewer, "scrollback", get_screen},
    Operation{get, "/v1/sessions/{id}/terminal", "attachToSession", Role::viewer, "observe take", attach_to_session},
    Operation{get, "/v1/sessions/{id}/explain", "explainSession", Role::viewer, "", explain_session},
    Operation{get, "/v1/sessions/{id}/wait", "waitForSession", Role::viewer, "state timeout after_version",
              wait_for_session},
    Operation{post, "/v1/sessions/{id}/actions", "actOnSession", Role::operate, "", act_on_session},
    Operation{get, "/v1/actions", "listActions", Role::viewer, "limit page sort *", list_actions},
    Operation{get, "/v1/actions/{id}", "getAction", Role::viewer, "", get_action},
    Operation{get, "/v1/approvals", "listApprovals", Role::viewer, "limit page sort *", list_approvals},
    Operation{get, "/v1/watch", "watchEvents", Role::viewer, "cursor session kind adapter", watch_events},
    Operation{get, "/v1/policies", "listPolicies", Role::viewer, "", list_policies},
    Operation{get, "/v1/policies/{name}", "getPolicy", Role::viewer, "", get_policy},
    Operation{post, "/v1/tokens", "createToken", Role::admin, "", create_token},
    Operation{get, "/v1/tokens", "listTokens", Role::admin, "", list_tokens},
    Operation{del, "/v1/tokens/{id}", "revokeToken", Role::admin, "", revoke_token},
};

/// The next segment of `path` without its slash; removes it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& values) {
  values.clear();
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted.starts_with('{')) {
      if (given.empty()) return false;
      values.emplace_back(given);
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view first = words.substr(0, words.find(' '));
    if (first == word) return true;
    words.remove_prefix(std::min(first.size() + 1, words.size()));
  }
  return false;
}

}  // namespace

std::span<const Operation> operations() { return kOperations; }

Match match(Method method, std::string_view path) {
  Match found;
  std::vector<std::string> values;
  for (const Operation& operation : kOperations) {
    if (!fits(operation.path, path, values)) continue;
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += name(operation.method);
    if (operation.method == get) found.allow += ", HEAD";
    if (operation.method != method) continue;
    found.operation = &operation;
    found.values = values;
  }
  return found;
}

base::Result<> check_parameters(const Operation& operation, const Request& request) {
  if (lists(operation.parameters, "*")) return {};
  for (const auto& [key, value] : request.query) {
    if (lists(operation.parameters, key)) continue;
    base::Error error = base::fail(base::Errc::invalid_request, "unknown query parameter '" + key + "'");
    error.errors.push_back({"?" + key, "is not known here"});
    return error;
  }
  return {};
}

}  // namespace paddock::api
