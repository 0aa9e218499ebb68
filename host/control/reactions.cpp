// Decisions nobody has to wait for.
#include "control/reactions.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/log.hpp"

namespace paddock::control {
namespace json = boost::json;
namespace log = base::log;
using event::Kind;

namespace {

constexpr std::size_t kReadEvents = 1000;        // one page of evidence from the store
constexpr std::uint64_t kEvidenceBack = 50'000;  // older events say nothing about the present state

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::optional<std::string> over_budget(const policy::Budget& budget, const session::Usage& usage) {
  if (budget.cost_micros && usage.cost_micros && *usage.cost_micros > *budget.cost_micros) {
    return fmt::format("cost: {:.2f} of {:.2f} US dollars", double(*usage.cost_micros) / 1e6,
                       double(*budget.cost_micros) / 1e6);
  }
  const std::uint64_t tokens =
      usage.input_tokens.value_or(0) + usage.output_tokens.value_or(0) + usage.cache_write_tokens.value_or(0);
  if (budget.tokens && tokens > *budget.tokens) return fmt::format("tokens: {} of {}", tokens, *budget.tokens);
  return std::nullopt;
}

std::optional<link::Command> answer_of_policy(const policy::ApprovalJudge* judge, const std::string& policy,
                                              const session::Approval& approval) {
  if (judge == nullptr || approval.question) return std::nullopt;
  const auto verdict = judge->decide(text_of(approval.data, "tool"), text_of(approval.data, "command"));
  if (verdict.decision == policy::Decision::ask) return std::nullopt;
  link::Command command;
  command.type = "answer";
  command.ref = approval.ref;
  command.body["decision"] = policy::name(verdict.decision);
  command.body["by"] = "policy";
  command.body["policy"] = policy;
  command.body["rule"] = verdict.rule;
  if (verdict.decision == policy::Decision::deny) {
    command.body["message"] = fmt::format("the policy '{}' does not allow it", policy);
  }
  return command;
}

const policy::ApprovalJudge* Reactions::judge_of(const std::string& name) {
  auto [at, is_new] = judges_.try_emplace(name);
  if (!is_new) return at->second ? &*at->second : nullptr;
  const policy::Policy* policy = ground_.find_policy(name);
  if (policy == nullptr) return nullptr;
  auto judge = policy::ApprovalJudge::make(policy->approvals);
  if (!judge) {
    log::warn("the approvals of a policy cannot be used; a person is asked instead",
              {{"policy", name}, {"problem", judge.error().detail}});
    return nullptr;
  }
  at->second.emplace(std::move(*judge));
  return &*at->second;
}

void Reactions::decide(const session::Record& record, const session::Approval& approval) {
  const auto live = ground_.lives.find(record.id);
  if (live == ground_.lives.end()) return;
  auto command = answer_of_policy(judge_of(record.policy), record.policy, approval);
  if (!command && record.approvals.size() > base::limits::approvals_open) {
    command.emplace();
    command->type = "answer";
    command->ref = approval.ref;
    command->body = json::object{{"decision", "deny"}, {"by", "host"}, {"message", "too many approvals are open"}};
  }
  ground_.metrics.policy_decision(record.policy, command ? text_of(command->body, "decision") : "ask");
  if (command) live->second->send(*command);
}

void Reactions::check_budget(const session::Record& record) {
  const policy::Policy* policy = ground_.find_policy(record.policy);
  if (policy == nullptr || over_budget_.contains(record.id)) return;
  const auto why = over_budget(policy->budget, record.usage);
  const auto live = ground_.lives.find(record.id);
  if (!why || live == ground_.lives.end() || !live->second->connected()) return;
  over_budget_.insert(record.id);
  log::info("a session is over its budget and is stopped", {{"session", record.id.str()}, {"budget", *why}});
  link::Command command;
  command.type = "stop";
  command.caused_by = "budget";
  command.body["detail"] = *why;
  live->second->send(command);
}

/// A budget is one session's: of all that live under the policy, the one that is nearest to it counts.
void Reactions::show_budget(const session::Record& record) {
  const policy::Policy* policy = ground_.find_policy(record.policy);
  if (policy == nullptr || !policy->budget.cost_micros) return;
  std::int64_t most = 0;
  for (const auto& [id, live] : ground_.lives) {
    const session::Record* other = ground_.book.get(id);
    const bool counts = other != nullptr && other->policy == record.policy && other->state != session::State::exited;
    if (counts) most = std::max(most, other->usage.cost_micros.value_or(0));
  }
  ground_.metrics.budget(record.policy, double(*policy->budget.cost_micros) / 1e6, double(most) / 1e6);
}

void Reactions::look(const event::Event& event) {
  if (event.session.empty()) return;
  evidence_[event.session].look(event);
  const session::Record* record = ground_.book.get(event.session);
  if (record == nullptr) return;
  switch (event.kind) {
    case Kind::approval_request: {
      const auto open = std::ranges::find(record->approvals, event.ref, &session::Approval::ref);
      if (open != record->approvals.end()) decide(*record, *open);
      return;
    }
    case Kind::usage: show_budget(*record); return check_budget(*record);
    case Kind::state:
      show_budget(*record);
      if (record->state == session::State::exited) over_budget_.erase(record->id);
      return actions_.look_at_queue(event.session);
    default: return;
  }
}

void Reactions::look_again(const base::SessionId& id) {
  const session::Record* record = ground_.book.get(id);
  if (record == nullptr) return;
  const session::Record copy = *record;
  for (const session::Approval& approval : copy.approvals) {
    if (!approval.question) decide(copy, approval);
  }
  check_budget(copy);
  actions_.look_at_queue(id);
}

const Evidence& Reactions::evidence_of(const base::SessionId& id) {
  const auto [at, is_new] = evidence_.try_emplace(id);
  if (!is_new) return at->second;
  store::EventFilter filter;
  filter.sessions = {id};
  filter.kinds = {Kind::state,    Kind::turn,  Kind::tool_call,         Kind::tool_result, Kind::approval_request,
                  Kind::question, Kind::error, Kind::approval_resolved, Kind::outcome};
  auto range = ground_.store.range();
  std::uint64_t after = range && range->newest > kEvidenceBack ? range->newest - kEvidenceBack : 0;
  for (;;) {
    auto events = ground_.store.events(after, kReadEvents, filter);
    if (!events || events->empty()) return at->second;
    for (const event::Event& event : *events) at->second.look(event);
    after = events->back().seq;
  }
}

void Reactions::forget(const base::SessionId& id) {
  evidence_.erase(id);
  over_budget_.erase(id);
}

}  // namespace paddock::control
