// What an adapter says, checked and turned into the session's events.
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "event/finite.hpp"
#include "session/fields.hpp"
#include "session/machine.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;

namespace {

constexpr std::uint32_t kOutcome = 16;  // PDK_EV_OUTCOME, the last kind that maps one to one
constexpr std::uint32_t kUnknown = 17;  // PDK_EV_UNKNOWN
constexpr std::uint32_t kAnswer = 2;    // PDK_CMD_ANSWER
constexpr std::uint32_t kPartial = 1;   // PDK_EVF_*
constexpr std::uint32_t kReplaces = 2;
constexpr std::uint32_t kFromScreen = 4;
constexpr std::size_t kRefBytes = 256;

event::Event event_of(const AdapterEvent& said) {
  event::Event event;
  event.kind = said.kind >= 1 && said.kind <= kOutcome ? Kind(said.kind - 1) : Kind::unknown;
  event.source = {said.channel, said.begin, said.end};
  event.ref = said.ref.substr(0, kRefBytes);
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = base::limits::json_depth;
  json::value body = json::parse(said.body, ec, {}, options);
  if (ec || !body.is_object() || !event::is_finite(body)) {
    event.kind = Kind::unknown;
    event.data = {{"what", "bad_event"}, {"text", "the adapter made an event that is not a JSON object"}};
    return event;
  }
  event.data = std::move(body.get_object());
  if (said.kind > kUnknown || said.kind == 0) event.data["adapter_kind"] = said.kind;
  event.partial = (said.flags & kPartial) != 0;
  if ((said.flags & kReplaces) != 0) event.data["replaces_partial"] = true;
  if ((said.flags & kFromScreen) != 0) event.source.channel = Channel::screen;
  return event;
}

}  // namespace

void Machine::take_event(const AdapterEvent& said) {
  event::Event event = event_of(said);
  switch (event.kind) {
    case Kind::state: return take_state(event);
    case Kind::turn: return take_turn(std::move(event));
    case Kind::approval_request:
    case Kind::question: return take_approval(std::move(event));
    case Kind::approval_resolved: return take_resolution(std::move(event));
    case Kind::outcome:
      if (outcome_.empty()) outcome_ = std::move(event.data);
      return;
    default: break;
  }
  const bool partial = event.partial;
  event::Event& made = emit(event.kind, std::move(event.data), event.source, std::move(event.ref));
  made.partial = partial;
}

void Machine::take_state(const event::Event& event) {
  const auto state = state_of(text_or_empty(event.data, "state"));
  if (!state || *state == State::exited) return;
  const auto blocked_on = blocked_on_of(text_or_empty(event.data, "blocked_on")).value_or(BlockedOn::none);
  say(*state, *state == State::blocked ? blocked_on : BlockedOn::none);
  json::object extra;
  if (const auto detail = text_or_empty(event.data, "detail"); !detail.empty()) extra["reason"] = detail;
  if (!event.ref.empty()) extra["ref"] = event.ref;
  refresh_state(event.source, extra);
}

void Machine::take_turn(event::Event event) {
  const bool begins = text_or_empty(event.data, "phase") == "begin";
  std::optional<base::ActionId>& because = begins ? prompt_action_ : cancel_action_;
  event::Event& made = emit(Kind::turn, std::move(event.data), event.source, std::move(event.ref));
  if (!made.action) made.action = because;
  because.reset();
  if (begins || setup_.keep_open || finish_asked_ || raw_) return;
  // The one turn it was started for is over: the adapter ends the session as politely as it can, and
  // an agent that stays nevertheless is stopped.
  finish_asked_ = true;
  if (exited_ || present_->call.kind == AdapterCall::Kind::exited) return;
  finish_deadline_ns_ =
      now_.mono_ns +
      std::uint64_t(std::chrono::nanoseconds(setup_.timeouts.stop.value_or(std::chrono::seconds(10))).count());
  AdapterCall finish;
  finish.kind = AdapterCall::Kind::command;
  finish.command = 5;  // PDK_CMD_FINISH
  finish.body = "{}";
  call(std::move(finish));
}

void Machine::take_approval(event::Event event) {
  const event::Source source = event.source;
  const std::string ref = event.ref;
  const bool question = event.kind == Kind::question;
  emit(event.kind, std::move(event.data), source, std::move(event.ref));
  if (ref.empty() || exited_) return;
  if (book_.open(ref, question)) return refresh_state(source, {{"ref", ref}});

  const json::object denial{{"decision", "deny"}, {"by", "host"}, {"reason", "too many approvals are open"}};
  emit(Kind::approval_resolved, denial, {Channel::host, 0, 0}, ref);
  AdapterCall deny;
  deny.kind = AdapterCall::Kind::command;
  deny.command = kAnswer;
  deny.ref = ref;
  deny.body = R"({"decision":"deny","message":"too many approvals are open"})";
  call(std::move(deny));
}

void Machine::take_resolution(event::Event event) {
  if (book_.is_open(event.ref)) {
    // Who decided is known better here than in the adapter, which only carried the answer.
    if (present_->resolves == event.ref) {
      for (const auto& [key, value] : present_->answer) event.data[key] = value;
    }
    return resolve(event.ref, std::move(event.data), event.source);
  }
  if (book_.was_closed(event.ref)) return;  // the agent's echo of an answer that was told already
  emit(Kind::approval_resolved, std::move(event.data), event.source, std::move(event.ref));
}

void Machine::resolve(std::string_view ref, json::object data, const event::Source& source) {
  const std::string copy(ref);
  book_.close(copy);
  emit(Kind::approval_resolved, std::move(data), source, copy);
  if (exited_) return;
  const bool waited = said_.blocked_on == BlockedOn::approval || said_.blocked_on == BlockedOn::question;
  if (book_.empty() && said_.state == State::blocked && waited) say(State::working, BlockedOn::none);
  refresh_state(source);
}

}  // namespace paddock::session
