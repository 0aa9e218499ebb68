// How events change what is known of a session.
#include "session/record.hpp"

#include <algorithm>

#include "session/fields.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;

namespace {

StateSource source_of(const event::Event& event) {
  if (text_or_empty(event.data, "source") == name(StateSource::timeout)) return StateSource::timeout;
  switch (event.source.channel) {
    case Channel::out:
    case Channel::err:
    case Channel::pty:
    case Channel::tail: return StateSource::protocol;
    case Channel::hook: return StateSource::hook;
    case Channel::screen: return StateSource::screen;
    case Channel::none:
    case Channel::process:
    case Channel::host: return StateSource::process;
  }
  return StateSource::process;
}

std::optional<int> small_int(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code ec;
  const int number = value->to_number<int>(ec);
  if (ec) return std::nullopt;
  return number;
}

Exit exit_of(const json::object& data) {
  Exit exit;
  exit.code = small_int(data, "code");
  exit.signal = small_int(data, "signal");
  exit.reason = exit_reason_of(text_or_empty(data, "reason")).value_or(ExitReason::lost);
  exit.detail = text_or_empty(data, "detail");
  return exit;
}

void merge(json::object& into, const json::object& from) {
  for (const auto& [key, value] : from) into[key] = value;
}

const json::object* object_in(const json::object& data, std::string_view key) {
  const json::value* value = data.if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

void apply_state(Record& record, const event::Event& event) {
  const auto state = state_of(text_or_empty(event.data, "state"));
  if (!state) return;
  record.state = *state;
  record.blocked_on = blocked_on_of(text_or_empty(event.data, "blocked_on")).value_or(BlockedOn::none);
  record.state_version = std::max(record.state_version, number_in(event.data, "version").value_or(0));
  record.state_since = event.time;
  record.state_source = source_of(event);
  if (const auto pid = small_int(event.data, "pid")) record.pid = pid;
  if (const auto version = text_or_empty(event.data, "adapter_version"); !version.empty()) {
    record.adapter_version = version;
  }
  if (const json::object* figures = object_in(event.data, "resources")) merge(record.resources, *figures);
  if (*state != State::exited) return;
  const json::object* exit = object_in(event.data, "exit");
  record.exit = exit_of(exit != nullptr ? *exit : json::object());
  record.ended_at = event.time;
  record.approvals.clear();
  record.pid.reset();
}

void apply_usage(Usage& usage, const json::object& data) {
  const auto take = [&data](std::optional<std::uint64_t>& into, std::string_view key) {
    if (const auto number = number_in(data, key)) into = number;
  };
  take(usage.input_tokens, "input_tokens");
  take(usage.output_tokens, "output_tokens");
  take(usage.cache_read_tokens, "cache_read_tokens");
  take(usage.cache_write_tokens, "cache_write_tokens");
  take(usage.reasoning_tokens, "reasoning_tokens");
  if (const auto cost = number_in(data, "cost_micros")) usage.cost_micros = std::int64_t(*cost);
  if (const auto turns = number_in(data, "turns")) usage.turns = *turns;
}

void close_approval(Record& record, std::string_view ref) {
  std::erase_if(record.approvals, [ref](const Approval& open) { return open.ref == ref; });
}

void open_approval(Record& record, const event::Event& event) {
  close_approval(record, event.ref);
  record.approvals.push_back({event.ref, event.kind == Kind::question, event.number, event.time, event.data});
}

void take_text(std::string& into, const json::object& data, std::string_view key) {
  if (const auto text = text_or_empty(data, key); !text.empty()) into = text;
}

void apply_kind(Record& record, const event::Event& event) {
  switch (event.kind) {
    case Kind::state: return apply_state(record, event);
    case Kind::session:
      take_text(record.agent_session_id, event.data, "agent_session_id");
      take_text(record.model, event.data, "model");
      return;
    case Kind::usage: return apply_usage(record.usage, event.data);
    case Kind::turn:
      if (text_or_empty(event.data, "phase") == "end") take_text(record.result, event.data, "text");
      return;
    case Kind::outcome: return take_text(record.result, event.data, "text");
    case Kind::approval_request:
    case Kind::question: return open_approval(record, event);
    case Kind::approval_resolved: return close_approval(record, event.ref);
    case Kind::resource:
      if (const json::object* figures = object_in(event.data, "resources")) merge(record.resources, *figures);
      return;
    case Kind::error:
    case Kind::notice:
      if (text_or_empty(event.data, "code") == "adapter_failed" && event.source.channel == Channel::host) {
        record.opaque = true;
      }
      return;
    default: return;
  }
}

}  // namespace

void apply(Record& record, const event::Event& event) {
  if (event.runtime != record.runtime || event.number <= record.last_number) return;
  record.last_number = event.number;
  record.updated_at = std::max(record.updated_at, event.time);
  apply_kind(record, event);
}

}  // namespace paddock::session
