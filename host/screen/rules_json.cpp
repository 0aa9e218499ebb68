// Rules on their way to a runner and in its journal.
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "screen/rules.hpp"

namespace paddock::screen {
namespace json = boost::json;

namespace {

json::object rule_to_json(const Rule& rule) {
  json::object out{{"id", rule.id}, {"priority", rule.priority}, {"state", rule.state}};
  const auto text = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  const auto texts = [&out](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) out[key] = json::value_from(values);
  };
  text("blocked_on", rule.blocked_on);
  text("region", rule.region);
  texts("all", rule.all);
  texts("any", rule.any);
  texts("none", rule.none);
  text("title", rule.title);
  texts("allow", rule.allow);
  texts("deny", rule.deny);
  text("tool", rule.tool);
  return out;
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

std::uint64_t number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

std::vector<std::string> texts_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::vector<std::string>() : json::value_to<std::vector<std::string>>(*value);
}

Rule rule_from(const json::object& object) {
  Rule rule;
  rule.id = text_at(object, "id");
  rule.priority = std::uint32_t(number_at(object, "priority"));
  rule.state = text_at(object, "state");
  rule.blocked_on = text_at(object, "blocked_on");
  rule.region = text_at(object, "region");
  rule.all = texts_at(object, "all");
  rule.any = texts_at(object, "any");
  rule.none = texts_at(object, "none");
  rule.title = text_at(object, "title");
  rule.allow = texts_at(object, "allow");
  rule.deny = texts_at(object, "deny");
  rule.tool = text_at(object, "tool");
  return rule;
}

Rules rules_from(const json::object& object) {
  Rules rules;
  rules.input = text_at(object, "input");
  for (const auto& [name, value] : object.at("regions").as_object()) {
    const json::object& region = value.as_object();
    rules.regions[name] = {number_at(region, "first"), number_at(region, "last"), text_at(region, "below")};
  }
  for (const json::value& rule : object.at("rules").as_array()) rules.rules.push_back(rule_from(rule.as_object()));
  return rules;
}

}  // namespace

json::object to_json(const Rules& rules) {
  json::object out{{"input", rules.input}};
  json::object& regions = out["regions"].emplace_object();
  for (const auto& [name, region] : rules.regions) {
    regions[name] = {{"first", region.first}, {"last", region.last}, {"below", region.below}};
  }
  json::array& list = out["rules"].emplace_array();
  for (const Rule& rule : rules.rules) list.push_back(rule_to_json(rule));
  return out;
}

json::object explanation(const Rules& rules, const Picture& picture) {
  const Reading reading = read(rules, picture);
  json::object out{{"state", reading.state}};
  if (!reading.blocked_on.empty()) out["blocked_on"] = reading.blocked_on;
  if (!reading.rule.empty()) out["rule"] = reading.rule;
  if (reading.input) out["input"] = *reading.input;
  json::array& tried = out["tried"].emplace_array();
  for (const Tried& each : explain(rules, picture)) {
    json::object entry{{"rule", each.rule}, {"priority", each.priority}, {"holds", each.holds}};
    if (!each.why.empty()) entry["why"] = each.why;
    tried.push_back(std::move(entry));
  }
  return out;
}

base::Result<Rules> rules_from_json(const json::object& object) {
  try {  // the library's own way to say that a field is missing or of another type
    Rules rules = rules_from(object);
    if (tidy(rules).empty()) return rules;
  } catch (const std::exception&) {
  }
  return base::fail(base::Errc::corrupt, "the screen rules cannot be read");
}

}  // namespace paddock::screen
