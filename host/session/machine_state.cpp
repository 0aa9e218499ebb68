// The state from its evidence, the session's time limits, and the way down.
#include <algorithm>

#include <fmt/format.h>

#include "session/machine.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;
using std::chrono::milliseconds;

namespace {

std::uint64_t ns(milliseconds time) { return std::uint64_t(std::chrono::nanoseconds(time).count()); }

}  // namespace

event::Event& Machine::emit(Kind kind, json::object data, const event::Source& source, std::string ref) {
  event::Event event;
  event.number = ++last_number_;
  event.time = event.observed_at = now_.wall;
  event.session = setup_.session;
  event.runtime = setup_.runtime;
  event.kind = kind;
  event.source = source;
  event.ref = std::move(ref);
  event.action = event_action_;
  event.data = std::move(data);
  if (event_action_) caused_.push_back(event.number);
  effects_.push_back(effect::Emit{std::move(event)});
  return std::get<effect::Emit>(effects_.back()).event;
}

void Machine::say(State state, BlockedOn blocked_on) { said_ = {state, blocked_on}; }

/// Tells the state that follows from everything known, when it is another one than before.
void Machine::refresh_state(const event::Source& source, const json::object& extra) {
  if (!started_ || exited_) return;
  Said next = said_;
  if (raw_) {
    next = {State::unknown, BlockedOn::none};
  } else if (!book_.empty() && next.state != State::unknown) {
    // An open approval needs a person, whatever else the agent goes on with meanwhile.
    next = {State::blocked, book_.only_questions() ? BlockedOn::question : BlockedOn::approval};
  }
  if (next.state == state_ && next.blocked_on == blocked_on_) return;
  state_ = next.state;
  blocked_on_ = next.blocked_on;
  if (state_ == State::idle) idle_since_ns_ = now_.mono_ns;
  json::object data;
  data["state"] = name(state_);
  data["version"] = ++version_;
  if (blocked_on_ != BlockedOn::none) data["blocked_on"] = name(blocked_on_);
  if (const json::value* reason = extra.if_contains("reason")) data["reason"] = *reason;
  const json::value* ref = state_ == State::blocked ? extra.if_contains("ref") : nullptr;
  event::Source from = source;
  if (from.channel == Channel::none || from.channel == Channel::host) from.channel = Channel::process;
  emit(Kind::state, std::move(data), from, ref == nullptr ? std::string() : std::string(ref->get_string()));
}

void Machine::stop(Cause cause, std::string detail) {
  if (cause_ == Cause::none) {
    cause_ = cause;
    cause_detail_ = std::move(detail);
  }
  finish_deadline_ns_.reset();
  ladder_.start(now_.mono_ns);
  climb();
}

void Machine::climb() {
  while (const auto rung = ladder_.next(now_.mono_ns)) {
    if (!rung->write.empty()) write_input(rung->write);
    if (rung->close_input) close_input();
    if (rung->signal) effects_.push_back(effect::Signal{*rung->signal});
    if (rung->kill) effects_.push_back(effect::KillGroup{});
  }
}

std::optional<std::uint64_t> Machine::next_timeout() const noexcept {
  if (!started_ || exited_ || ladder_.started()) return std::nullopt;
  std::optional<std::uint64_t> next;
  const auto consider = [&next](std::uint64_t from, const std::optional<milliseconds>& after) {
    if (after) next = std::min(next.value_or(UINT64_MAX), from + ns(*after));
  };
  consider(started_ns_, setup_.timeouts.total);
  if (state_ == State::starting) consider(started_ns_, setup_.timeouts.start);
  if (state_ == State::idle) consider(idle_since_ns_, setup_.timeouts.idle);
  if (finish_deadline_ns_) next = std::min(next.value_or(UINT64_MAX), *finish_deadline_ns_);
  return next;
}

void Machine::check_timeouts() {
  const auto due = next_timeout();
  if (!due || now_.mono_ns < *due) return;
  if (finish_deadline_ns_ && now_.mono_ns >= *finish_deadline_ns_) return stop(Cause::none, {});
  const auto over = [this](std::uint64_t from, const std::optional<milliseconds>& after) {
    return after && now_.mono_ns >= from + ns(*after);
  };
  if (over(started_ns_, setup_.timeouts.total)) {
    return stop(Cause::timeout,
                fmt::format("the total time of {} passed", base::format_duration(*setup_.timeouts.total)));
  }
  if (state_ == State::starting) {
    return stop(Cause::timeout,
                fmt::format("it did not get ready within {}", base::format_duration(*setup_.timeouts.start)));
  }
  stop(Cause::timeout, fmt::format("it was idle for {}", base::format_duration(*setup_.timeouts.idle)));
}

std::optional<std::uint64_t> Machine::wake_at_ns() const noexcept {
  if (exited_) return std::nullopt;
  std::optional<std::uint64_t> next = next_timeout();
  const auto consider = [&next](const std::optional<std::uint64_t>& at) {
    if (at) next = std::min(next.value_or(UINT64_MAX), *at);
  };
  consider(ladder_.wake_at_ns());
  consider(adapter_wake_ns_);
  consider(screen_wake_ns());
  if (!untaken_.empty()) consider(untaken_.front().deadline_ns);
  return next;
}

}  // namespace paddock::session
