// `kind: Policy`.
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "config/documents.hpp"

namespace paddock::config {
namespace {

namespace limits = base::limits;
using policy::Policy;

constexpr std::array<std::string_view, 3> kDecisions{"ask", "allow", "deny"};
constexpr std::array<std::string_view, 3> kRestartOn{"never", "failure", "always"};
constexpr std::array<std::string_view, 2> kEnforce{"strict", "best-effort"};
constexpr std::array<std::string_view, 3> kProfiles{"off", "read-only", "workspace-write"};
constexpr std::array<std::string_view, 3> kNetworks{"allow", "loopback", "deny"};
constexpr std::array<std::string_view, 1> kBudgetPer{"session"};
constexpr std::array<std::string_view, 2> kAllowDeny{"allow", "deny"};

/// Below this no agent starts, so the value is a slip of the pen.
constexpr Range<base::ByteSize> kMemory{base::mib(1), base::ByteSize(1ULL << 60U)};
constexpr Range<base::ByteSize> kSwap{base::ByteSize(0), base::ByteSize(1ULL << 60U)};
constexpr Range<std::uint32_t> kWeight{1, 10'000};       // the kernel's
constexpr Range<std::uint64_t> kPids{1, 4'194'304};      // the kernel's pid_max on 64 bit
constexpr Range<std::uint32_t> kRestarts{0, 1'000'000};  // enough to mean "always"
constexpr Range<std::uint64_t> kTokens{1, 1ULL << 53U};  // exact in every JSON reader
constexpr Range<double> kFactor{1, 100};
constexpr Range<double> kJitter{0, 1};

bool is_variable(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= limits::label_value_bytes && is_letter(name.front()) &&
         std::ranges::all_of(name, fits);
}

void check_variable(const Element& where, const Value& value, std::string_view name) {
  if (is_variable(name)) return;
  value.findings().add(where, value.path(), fmt::format("'{}' is not the name of an environment variable", name));
}

void read_restart(Section& section, policy::Restart& restart) {
  if (const auto on = section.get("on")) {
    if (const auto when = word<policy::Restart::On>(*on, kRestartOn)) restart.on = *when;
  }
  section.read("max", restart.max, &Value::small_count, kRestarts);
  section.read("within", restart.within, &Value::duration);
  section.section("backoff", [&](Section& backoff) {
    backoff.read("first", restart.backoff.first, &Value::duration);
    backoff.read("factor", restart.backoff.factor, &Value::number, kFactor);
    backoff.read("max", restart.backoff.max, &Value::duration);
    backoff.read("jitter", restart.backoff.jitter, &Value::number, kJitter);
    if (restart.backoff.max < restart.backoff.first) backoff.value().complain("'max' is shorter than 'first'");
  });
}

void read_timeouts(Section& section, policy::Timeouts& timeouts) {
  section.read("start", timeouts.start, &Value::duration);
  section.read("stop", timeouts.stop, &Value::duration);
  section.read("idle", timeouts.idle, &Value::duration);
  section.read("total", timeouts.total, &Value::duration);
}

policy::ApprovalRule read_rule(const Value& value) {
  policy::ApprovalRule rule;
  Section section(value);
  section.read("tool", rule.tool, &Value::text);
  section.read("command", rule.command, &Value::text);
  if (const auto decision = section.require("decision")) {
    if (const auto chosen = word<policy::Decision>(*decision, kDecisions)) rule.decision = *chosen;
  }
  section.finish();
  if (value.node().kind == Element::Kind::map && rule.tool.empty() && rule.command.empty()) {
    value.complain("names neither 'tool' nor 'command'; for everything else there is 'approvals.default'");
  }
  if (auto checked = policy::check(rule); !checked) value.complain(checked.error().detail);
  return rule;
}

void read_approvals(Section& section, policy::Approvals& approvals) {
  if (const auto fallback = section.get("default")) {
    if (const auto chosen = word<policy::Decision>(*fallback, kDecisions)) approvals.fallback = *chosen;
  }
  if (const auto rules = section.get("rules")) {
    for (const Value& rule : rules->items(limits::approval_rules)) approvals.rules.push_back(read_rule(rule));
  }
}

void read_budget(Section& section, policy::Budget& budget) {
  section.read("cost", budget.cost_micros, &Value::money);
  section.read("tokens", budget.tokens, &Value::count, kTokens);
  if (const auto per = section.get("per")) (void)per->choice(kBudgetPer);
}

void read_secret(const Element& key, const Value& value, policy::Environment& environment) {
  constexpr std::string_view kFile = "file:";
  check_variable(key, value, key.text);
  const auto text = value.text();
  if (!text) return;
  if (!text->starts_with(std::string(kFile) + "/")) {
    value.complain("expected 'file:' and the whole path of a file; secrets do not stand in policies");
    return;
  }
  if (environment.set.contains(key.text)) value.complain("stands in 'environment.set' as well");
  environment.secrets[key.text] = *text;
}

void read_environment(Section& section, policy::Environment& environment) {
  if (const auto pass = section.get("pass")) {
    for (const Value& item : pass->items(limits::environment_entries)) {
      const auto name = item.text();
      if (!name) continue;
      check_variable(item.node(), item, *name);
      environment.pass.push_back(*name);
    }
  }
  if (const auto set = section.get("set")) {
    for (const auto& [key, value] : set->entries(limits::environment_entries)) {
      check_variable(*key, value, key->text);
      if (auto text = value.text()) environment.set[key->text] = std::move(*text);
    }
  }
  if (const auto secrets = section.get("secrets")) {
    for (const auto& [key, value] : secrets->entries(limits::environment_entries)) {
      read_secret(*key, value, environment);
    }
  }
}

bool is_target(std::string_view target) {
  constexpr std::string_view kWebhook = "webhook:";
  return target == "desktop" || (target.starts_with(kWebhook) && target.size() > kWebhook.size());
}

void read_notify(const Value& notify, std::map<std::string, std::vector<std::string>>& out) {
  constexpr std::array<std::string_view, 5> kStates{"idle", "working", "blocked", "unknown", "exited"};
  constexpr std::size_t kTargets = 16;
  for (const auto& [key, value] : notify.entries(kStates.size())) {
    if (std::ranges::find(kStates, key->text) == kStates.end()) {
      value.findings().add(*key, value.path(), "is not a state (idle, working, blocked, unknown, exited)");
    }
    for (const Value& item : value.items(kTargets)) {
      const auto target = item.text();
      if (!target) continue;
      if (!is_target(*target)) item.complain(fmt::format("'{}' is not 'desktop' or 'webhook:NAME'", *target));
      out[key->text].push_back(*target);
    }
  }
}

void read_sandbox(Section& section, Policy& policy) {
  if (const auto profile = section.get("profile")) {
    if (const auto index = profile->choice(kProfiles)) policy.sandbox_profile = kProfiles.at(*index);
  }
  if (const auto network = section.get("network")) {
    if (const auto index = network->choice(kNetworks)) policy.sandbox_network = kNetworks.at(*index);
  }
}

void read_launch(Section& section, Policy& policy) {
  constexpr std::size_t kAdapters = 100;
  if (const auto yolo = section.get("yolo")) {
    if (const auto index = yolo->choice(kAllowDeny)) policy.yolo = *index == 0;
  }
  if (const auto adapters = section.get("adapters")) policy.adapters = adapters->names(kAdapters);
}

void read_metadata(Section& document, Policy& policy) {
  const auto metadata = document.require("metadata");
  if (!metadata) return;
  Section section(*metadata);
  if (const auto name = section.require("name")) {
    if (auto text = name->name()) policy.name = std::move(*text);
  }
  section.finish();
}

}  // namespace

void read_resources(Section& section, policy::Resources& resources) {
  section.section("memory", [&](Section& memory) {
    memory.read("max", resources.memory_max, &Value::size, kMemory);
    memory.read("high", resources.memory_high, &Value::size, kMemory);
    memory.read("swap", resources.memory_swap, &Value::size, kSwap);
    if (resources.memory_max && resources.memory_high && *resources.memory_high > *resources.memory_max) {
      memory.value().complain("'high' is above 'max'");
    }
  });
  section.section("cpu", [&](Section& cpu) {
    cpu.read("max", resources.cpu_percent, &Value::cpu);
    cpu.read("weight", resources.cpu_weight, &Value::small_count, kWeight);
  });
  section.section("pids", [&](Section& pids) { pids.read("max", resources.pids_max, &Value::count, kPids); });
  section.section("io", [&](Section& io) { io.read("weight", resources.io_weight, &Value::small_count, kWeight); });
}

policy::Policy read_policy(Section& document) {
  Policy policy;
  read_metadata(document, policy);
  document.section("resources", [&](Section& s) { read_resources(s, policy.resources); });
  if (const auto enforce = document.get("enforce")) {
    if (const auto chosen = word<policy::Enforce>(*enforce, kEnforce)) policy.enforce = *chosen;
  }
  document.section("restart", [&](Section& s) { read_restart(s, policy.restart); });
  document.section("timeouts", [&](Section& s) { read_timeouts(s, policy.timeouts); });
  document.section("approvals", [&](Section& s) { read_approvals(s, policy.approvals); });
  document.section("budget", [&](Section& s) { read_budget(s, policy.budget); });
  document.section("environment", [&](Section& s) { read_environment(s, policy.environment); });
  if (const auto notify = document.get("notify")) read_notify(*notify, policy.notify);
  document.section("sandbox", [&](Section& s) { read_sandbox(s, policy); });
  document.section("launch", [&](Section& s) { read_launch(s, policy); });
  document.finish();
  return policy;
}

}  // namespace paddock::config
