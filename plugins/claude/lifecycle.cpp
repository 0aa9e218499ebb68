// See lifecycle.hpp.
#include "lifecycle.hpp"

#include <utility>

namespace paddock::claude {

namespace {

std::string_view name(Lifecycle::State state) {
  switch (state) {
    case Lifecycle::State::starting: return "starting";
    case Lifecycle::State::idle: return "idle";
    case Lifecycle::State::working: return "working";
    case Lifecycle::State::blocked: return "blocked";
    case Lifecycle::State::none: break;
  }
  return "unknown";
}

}  // namespace

void Lifecycle::start(Out& out) {
  if (state_ == State::none) enter(out, State::starting);
}

void Lifecycle::ready(Out& out) {
  if (state_ == State::starting) enter(out, State::idle);
}

void Lifecycle::work(Out& out) {
  begin_turn(out);
  enter(out, State::working);
}

void Lifecycle::block(Out& out, std::string_view on, std::string_view ref) {
  begin_turn(out);
  if (state_ == State::blocked && blocked_ref_ == ref) return;
  state_ = State::blocked;
  blocked_ref_ = ref;
  detail_.clear();
  out.event(sdk::Kind::state, {{"state", "blocked"}, {"blocked_on", on}}, ref);
}

void Lifecycle::unblock(Out& out) {
  if (state_ == State::blocked) enter(out, State::working);
}

void Lifecycle::rest(Out& out) { enter(out, State::idle); }

void Lifecycle::detail(Out& out, std::string_view what) {
  if (state_ != State::working || detail_ == what) return;
  detail_ = what;
  json::object body = out.body({{"state", "working"}});
  if (!what.empty()) body["detail"] = what;
  out.event(sdk::Kind::state, std::move(body));
}

void Lifecycle::begin_turn(Out& out) {
  if (std::exchange(turn_open_, true)) return;
  out.event(sdk::Kind::turn, {{"phase", "begin"}});
}

void Lifecycle::end_turn(Out& out, json::object body) {
  begin_turn(out);
  turn_open_ = false;
  ++turns_;
  out.event(sdk::Kind::turn, std::move(body));
}

void Lifecycle::enter(Out& out, State state) {
  if (state_ == state) return;
  state_ = state;
  detail_.clear();
  blocked_ref_.clear();
  out.event(sdk::Kind::state, {{"state", name(state)}});
}

}  // namespace paddock::claude
