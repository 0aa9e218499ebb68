// Event by event. Whatever an agent can write becomes a label only through a closed set.
#include "metrics/ledger.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace paddock::metrics {
namespace json = boost::json;
namespace {

constexpr std::size_t kSessions = 10'000;  ///< remembered at once; more than a host may run
constexpr std::size_t kOpen = 512;         ///< open calls or approvals remembered of one session
constexpr std::size_t kModels = 16;        ///< learned of all sessions, or remembered of one

constexpr std::array<const char*, 5> kTokenKeys{"input_tokens", "output_tokens", "cache_read_tokens",
                                                "cache_write_tokens", "reasoning_tokens"};
constexpr std::array<const char*, 5> kTokenTypes{"input", "output", "cache_read", "cache_write", "reasoning"};
constexpr std::size_t kCost = 5;

std::string_view text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

const json::object* object_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

double number_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code ec;
  const double number = value->to_number<double>(ec);
  return ec || !(number > 0) ? 0 : std::min(number, 9e15);  // a double counts exactly up to there
}

/// `value` when the closed set has it, else "other".
std::string_view one_of(std::string_view value, std::initializer_list<std::string_view> set) {
  return std::ranges::find(set, value) != set.end() ? value : "other";
}

double seconds_between(base::WallTime from, base::WallTime to) {
  return to > from ? std::chrono::duration<double>(to - from).count() : 0;
}

/// The catalogue's word for a channel.
std::string_view source_of(event::Channel channel) {
  switch (channel) {
    case event::Channel::tail: return "transcript";
    case event::Channel::none: return "host";
    default: return event::name(channel);
  }
}

std::string_view decided_by(const event::Event& event) {
  const std::string_view by = text_in(event.data, "by");
  if (by == "policy" || by == "timeout" || by == "agent" || by == "human") return by;
  if (!text_in(event.data, "policy").empty()) return "policy";
  return event.action ? "human" : "host";
}

Amounts amounts_in(const json::object& data) {
  Amounts amounts{};
  for (std::size_t i = 0; i < kTokenKeys.size(); ++i) {
    amounts.at(i) = static_cast<std::uint64_t>(number_in(data, kTokenKeys.at(i)));
  }
  amounts[kCost] = static_cast<std::uint64_t>(number_in(data, "cost_micros"));
  return amounts;
}

void remember(auto& map, std::string key, auto value) {
  if (map.size() < kOpen) map.insert_or_assign(std::move(key), std::move(value));
}

}  // namespace

Ledger::Ledger(Families& families, std::vector<std::string> models)
    : families_(families), models_(models.begin(), models.end()), learn_models_(models.empty()) {}

void Ledger::know(const session::Record& record) {
  if (record.state == session::State::exited || live_.size() >= kSessions) return;
  Live& live = live_[record.id];
  live.adapter = record.adapter;
  live.model = record.model;
  live.state = record.state;
  live.since = record.state_since;
  const session::Usage& usage = record.usage;
  live.counted = {usage.input_tokens.value_or(0),      usage.output_tokens.value_or(0),
                  usage.cache_read_tokens.value_or(0), usage.cache_write_tokens.value_or(0),
                  usage.reasoning_tokens.value_or(0),  static_cast<std::uint64_t>(usage.cost_micros.value_or(0))};
  live.by_model = {{record.model, live.counted}};
  for (const session::Approval& approval : record.approvals) remember(live.approvals, approval.ref, approval.asked_at);
}

void Ledger::observe(const event::Event& event, std::string_view adapter, base::WallTime now) {
  families_.events.at({adapter, source_of(event.source.channel)}).Increment();
  families_.event_ingest_lag.at({source_of(event.source.channel)})
      .Observe(seconds_between(event.time, event.observed_at));
  if (event.kind == event::Kind::error || event.kind == event::Kind::notice) failure(event, adapter);
  if (event.kind == event::Kind::state) return state(event, adapter, now);
  const auto at = live_.find(event.session);
  if (at != live_.end()) of_session(event, at->second);
}

void Ledger::of_session(const event::Event& event, Live& live) {
  switch (event.kind) {
    case event::Kind::session:
      if (const auto model = text_in(event.data, "model"); !model.empty()) live.model = model;
      return;
    case event::Kind::turn: return turn(event, live);
    case event::Kind::tool_call: return remember(live.calls, event.ref, std::string(text_in(event.data, "tool_class")));
    case event::Kind::tool_result: return tool_result(event, live);
    case event::Kind::approval_request:
    case event::Kind::question: return remember(live.approvals, event.ref, event.time);
    case event::Kind::approval_resolved: return resolved(event, live);
    case event::Kind::usage: return usage(event.data, live);
    default: return;
  }
}

void Ledger::state(const event::Event& event, std::string_view adapter, base::WallTime now) {
  const auto state = session::state_of(text_in(event.data, "state"));
  if (!state) return;
  if (*state == session::State::exited) return exited(event, adapter, now);
  auto at = live_.find(event.session);
  if (at == live_.end()) {
    if (live_.size() >= kSessions) return;
    at = live_.try_emplace(event.session).first;
    at->second.adapter = adapter;
    at->second.since = event.time;
  }
  settle(at->second, event.time);
  at->second.state = *state;
}

void Ledger::exited(const event::Event& event, std::string_view adapter, base::WallTime now) {
  const json::object* exit = object_in(event.data, "exit");
  const auto reason = session::exit_reason_of(exit != nullptr ? text_in(*exit, "reason") : "");
  families_.session_exits.at({adapter, session::name(reason.value_or(session::ExitReason::lost))}).Increment();
  families_.session_failure_detect.at({adapter}).Observe(seconds_between(event.time, now));
  if (const json::object* resources = object_in(event.data, "resources")) {
    families_.adapter_oom_kills.at({adapter}).Increment(number_in(*resources, "oom_kills"));
    families_.adapter_throttled_seconds.at({adapter}).Increment(number_in(*resources, "cpu_throttled_seconds"));
  }
  const auto at = live_.find(event.session);
  if (at == live_.end()) return;
  settle(at->second, event.time);
  live_.erase(at);
}

void Ledger::turn(const event::Event& event, Live& live) {
  if (text_in(event.data, "phase") != "end") {
    live.turn = event.time;
    return;
  }
  const double told = number_in(event.data, "duration_ms") / 1000;
  const double seen = live.turn ? seconds_between(*live.turn, event.time) : 0;
  families_.turn_duration.at({live.adapter}).Observe(live.turn ? seen : told);
  live.turn.reset();
}

void Ledger::tool_result(const event::Event& event, Live& live) {
  if (event.partial) return;
  const auto call = live.calls.find(event.ref);
  const std::string_view told = call != live.calls.end() ? call->second : text_in(event.data, "tool_class");
  families_.tool_calls
      .at({live.adapter, one_of(told, {"shell", "edit", "read", "web", "mcp"}),
           one_of(text_in(event.data, "outcome"), {"ok", "error", "denied", "cancelled"})})
      .Increment();
  if (call != live.calls.end()) live.calls.erase(call);
}

void Ledger::resolved(const event::Event& event, Live& live) {
  const std::string_view decision = one_of(text_in(event.data, "decision"), {"allow", "deny", "cancelled"});
  families_.approvals.at({live.adapter, decision, decided_by(event)}).Increment();
  const auto open = live.approvals.find(event.ref);
  if (open == live.approvals.end()) return;
  families_.approval_wait.at({live.adapter, decision}).Observe(seconds_between(open->second, event.time));
  live.approvals.erase(open);
}

/// Agents tell sums; what is above the sum told before is new. A smaller sum is one that began anew.
void Ledger::usage(const json::object& data, Live& live) {
  const Amounts now = amounts_in(data);
  if (now[0] < live.counted[0] || now[1] < live.counted[1]) {
    live.counted = {};
    live.by_model.clear();
  }
  if (const auto model = text_in(data, "model"); !model.empty()) live.model = model;
  const json::object* models = object_in(data, "models");
  if (models == nullptr || models->empty()) {
    Amounts& of_model = live.by_model[live.model];
    const Amounts before = live.counted;
    count(now, live.counted, live, live.model);
    for (std::size_t i = 0; i < now.size(); ++i) of_model.at(i) += live.counted.at(i) - before.at(i);
  } else {
    for (const auto& [name, value] : *models) {
      const json::object* of_one = value.if_object();
      const bool known = live.by_model.contains(std::string_view(name));
      if (of_one == nullptr || (!known && live.by_model.size() >= kModels)) continue;
      count(amounts_in(*of_one), live.by_model[std::string(name)], live, name);
    }
    for (std::size_t i = 0; i < now.size(); ++i) live.counted.at(i) = std::max(live.counted.at(i), now.at(i));
  }
}

/// Counts what of `now` is above `before`, and remembers it there.
void Ledger::count(const Amounts& now, Amounts& before, const Live& live, std::string_view model) {
  const std::string_view name = model_label(model);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now.at(i) <= before.at(i)) continue;
    const auto more = static_cast<double>(now.at(i) - before.at(i));
    before.at(i) = now.at(i);
    if (i == kCost) {
      families_.cost.at({live.adapter, name, "reported"}).Increment(more / 1e6);
    } else {
      families_.tokens.at({live.adapter, name, kTokenTypes.at(i)}).Increment(more);
    }
  }
}

std::string_view Ledger::model_label(std::string_view model) {
  if (model.empty()) return "unknown";
  if (const auto known = models_.find(model); known != models_.end()) return *known;
  if (!learn_models_ || models_.size() >= kModels || label(model) != model) return "other";
  return *models_.emplace(model).first;
}

void Ledger::failure(const event::Event& event, std::string_view adapter) {
  if (text_in(event.data, "code") == "adapter_failed") {
    families_.adapter_crashes.at({adapter}).Increment();
    families_.adapter_errors.at({adapter, "adapter_failed"}).Increment();
    return;
  }
  const std::string_view kind = text_in(event.data, "class");
  if (kind == "rate_limit" || kind == "quota" || kind == "overloaded") {
    families_.provider_throttled.at({adapter, kind}).Increment();
  }
}

void Ledger::settle(Live& live, base::WallTime now) {
  families_.session_state_seconds.at({live.adapter, session::name(live.state)})
      .Increment(seconds_between(live.since, now));
  live.since = std::max(live.since, now);
}

void Ledger::settle(base::WallTime now) {
  for (auto& [session, live] : live_) settle(live, now);
}

}  // namespace paddock::metrics
