// Turns of our thread: begun, ended, interrupted, blamed, and the state that follows from them.
#include <utility>

#include "codex/adapter.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

void Adapter::start_turn(sdk::Sink& sink, std::string_view text) {
  client_.request(sink, Client::Purpose::turn, "turn/start", settings_.turn_params(threads_.root(), text), text);
}

void Adapter::begin_turn(const Out& out, std::string_view id) {
  if (turn_.is_active && (id == turn_.id || id.empty())) return;
  // The end of the last one was lost.
  if (turn_.is_active) end_turn(out, "failed", std::nullopt);
  turn_.is_active = true;
  status_ = "active";
  turn_.is_expected = false;
  turn_.was_blamed = false;
  turn_.was_interrupted = false;
  turn_.id = id;
  turn_.answer.clear();
  ++turn_.count;
  verdict_.turn_began();
  client_.turn_began();
  json::object body = out.body();
  body["phase"] = "begin";
  out.event(Kind::turn, std::move(body), id);
  if (std::exchange(turn_.is_interrupt_wanted, false)) interrupt_now(out.sink);
}

void Adapter::end_turn(const Out& out, std::string_view outcome, std::optional<std::int64_t> duration_ms) {
  if (turn_.was_interrupted) stop_leftovers(out.sink);
  asks_.withdraw(out, threads_.root());
  items_.end_turn(out, threads_.root());
  turn_.is_active = false;
  if (status_ == "active") status_ = "idle";
  turn_.last_id = std::exchange(turn_.id, {});
  verdict_.turn_ended(outcome, turn_.answer);
  json::object body = out.body();
  body["phase"] = "end";
  body["outcome"] = outcome;
  if (!turn_.answer.empty()) body["text"] = turn_.answer;
  if (duration_ms) body["duration_ms"] = *duration_ms;
  out.event(Kind::turn, std::move(body), turn_.last_id);
}

void Adapter::stop_leftovers(sdk::Sink& sink) {
  if (is_closed_) return;
  // An interrupt ends the turn, not the commands it runs: those would work on unseen.
  for (const std::string& process : items_.processes(threads_.root())) {
    client_.request(sink, Client::Purpose::terminate, "thread/backgroundTerminals/terminate",
                    {{"threadId", threads_.root()}, {"processId", process}});
  }
}

void Adapter::interrupt_now(sdk::Sink& sink) {
  if (is_closed_) return;
  turn_.was_interrupted = true;
  client_.request(sink, Client::Purpose::interrupt, "turn/interrupt",
                  {{"threadId", threads_.root()}, {"turnId", turn_.id}});
}

void Adapter::blame(const Out& out, Fault&& fault) {
  json::object body = fault.body(out.memory);
  const auto resets_at = limits_.resets_at();
  if (resets_at && (fault.kind == "rate_limit" || fault.kind == "quota")) body["resets_at"] = *resets_at;
  out.event(Kind::error, std::move(body));
  if (fault.retrying || !out.parent.empty()) return;
  turn_.was_blamed = true;
  verdict_.failed(std::move(fault));
}

void Adapter::show_state(const Out& out) {
  const Ask* ask = asks_.blocking();
  const bool is_working = turn_.is_active || status_ == "active";
  const std::string_view state = ask != nullptr             ? "blocked"
                                 : !is_open_ && !is_working ? "starting"
                                 : is_working               ? "working"
                                                            : "idle";
  const bool has_failed = state == "idle" && status_ == "systemError";
  std::string shown(state);
  if (ask != nullptr) shown.append(" ").append(ask->ref);
  if (has_failed) shown += " systemError";
  if (shown == shown_state_) return;
  shown_state_ = std::move(shown);
  json::object body = out.body();
  body["state"] = state;
  if (ask != nullptr) body["blocked_on"] = ask->is_question() ? "question" : "approval";
  if (has_failed) body["detail"] = "the last turn failed";
  // The state is of the whole session, whichever thread it follows from.
  Out to = out;
  to.parent = {};
  to.event(Kind::state, std::move(body), ask != nullptr ? std::string_view(ask->ref) : std::string_view{});
}

void Adapter::maybe_finish(sdk::Sink& sink) {
  if (is_closed_ || is_busy() || !queued_.empty()) return;
  const bool is_done = !settings_.keep_open() && verdict_.has_ended_turn();
  if (is_finishing_ || is_done) close(sink);
}

void Adapter::close(sdk::Sink& sink) {
  if (std::exchange(is_closed_, true)) return;
  verdict_.input_closed();
  sink.close_input();
}

}  // namespace paddock::codex
