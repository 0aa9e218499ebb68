// Policies as the API shows them.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "control/local_host.hpp"
#include "session/resources_json.hpp"

namespace paddock::control {
namespace json = boost::json;
using base::Errc;
using base::fail;

namespace {

json::object approvals_json(const policy::Approvals& approvals) {
  json::object out{{"default", policy::name(approvals.fallback)}};
  json::array& rules = out["rules"].emplace_array();
  for (const policy::ApprovalRule& rule : approvals.rules) {
    json::object entry;
    if (!rule.tool.empty()) entry["tool"] = rule.tool;
    if (!rule.command.empty()) entry["command"] = rule.command;
    entry["decision"] = policy::name(rule.decision);
    rules.push_back(std::move(entry));
  }
  return out;
}

json::object environment_json(const policy::Environment& environment) {
  json::object out;
  out["pass"] = json::value_from(environment.pass);
  out["set"] = json::value_from(environment.set);
  json::array& secrets = out["secrets"].emplace_array();  // names only
  for (const auto& [name, source] : environment.secrets) secrets.push_back(json::string(name));
  return out;
}

json::object policy_json(const policy::Policy& policy) {
  json::object out{{"name", policy.name}};
  out["resources"] = session::resources_to_json(policy.resources);
  out["enforce"] = policy.enforce == policy::Enforce::strict ? "strict" : "best-effort";
  out["timeouts"] = session::timeouts_to_json(policy.timeouts);
  out["approvals"] = approvals_json(policy.approvals);
  json::object& budget = out["budget"].emplace_object();
  if (policy.budget.cost_micros) budget["cost_micros"] = *policy.budget.cost_micros;
  if (policy.budget.tokens) budget["tokens"] = *policy.budget.tokens;
  out["environment"] = environment_json(policy.environment);
  if (!policy.sandbox_profile.empty()) out["sandbox"].emplace_object()["profile"] = policy.sandbox_profile;
  if (!policy.sandbox_network.empty()) {
    if (!out.contains("sandbox")) out["sandbox"].emplace_object();
    out["sandbox"].as_object()["network"] = policy.sandbox_network;
  }
  out["yolo"] = policy.yolo.value_or(false);
  if (!policy.adapters.empty()) out["adapters"] = json::value_from(policy.adapters);
  return out;
}

json::object fleet_json(const policy::Fleet& fleet) {
  json::object out;
  out["resources"] = session::resources_to_json(fleet.resources);
  out["sessions"] = json::object{{"max", fleet.sessions_max}};
  return out;
}

}  // namespace

json::value LocalHost::policies() const {
  json::object out;
  json::array& items = out["items"].emplace_array();
  for (const auto& [name, policy] : ground_.settings.policies.policies) items.push_back(policy_json(policy));
  if (!ground_.settings.policies.policies.contains("default")) items.push_back(policy_json(policy::Policy()));
  out["next_page"] = nullptr;
  out["cursor"] = cursor();
  out["fleet"] = fleet_json(ground_.settings.policies.fleet);
  return out;
}

base::Result<json::object> LocalHost::policy(std::string_view name) const {
  const policy::Policy* policy = ground_.find_policy(name);
  if (policy == nullptr) return fail(Errc::not_found, fmt::format("there is no policy '{}'", name));
  return policy_json(*policy);
}

}  // namespace paddock::control
