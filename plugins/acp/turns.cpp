// Turns: a prompt begins one, its answer ends it. And the state that follows from them.
#include <array>
#include <csignal>
#include <utility>

#include "acp/fields.hpp"
#include "acp/session.hpp"

namespace paddock::acp {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kEndSeconds = 5;

// What an end means that the agent calls neither whole nor broken.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLimits{
    {{"max_tokens", "the answer was cut at the model's limit of tokens"},
     {"max_turn_requests", "the agent reached its limit of requests for one turn"}}};

}  // namespace

void Session::next_prompt(const Out& out) {
  if (!is_open_ || is_closed_ || turn_.is_active || queued_.empty()) return;
  const std::string text = std::move(queued_.front());
  queued_.pop_front();
  is_replaying_ = false;
  turn_ = {.is_active = true, .is_command = text.starts_with('/'), .count = turn_.count + 1};
  verdict_.turn_began();
  texts_.end(out);
  (void)texts_.take_answer();  // words that came late belong to no turn
  calls_.end_turn(out);
  json::array prompt;
  prompt.push_back(json::object{{"type", "text"}, {"text", text}});
  peer_.request(out.sink, Peer::Purpose::prompt, "session/prompt",
                {{"sessionId", session_}, {"prompt", std::move(prompt)}});
  json::object body = out.body();
  body["phase"] = "begin";
  out.event(Kind::turn, std::move(body), "turn-" + std::to_string(turn_.count));
  show_state(out);
}

void Session::on_prompt_end(const Out& out, const json::object& result) {
  const std::string_view reason = text_of(result, "stopReason");
  const bool has_usage = usage_.take_result(result);
  const bool is_finished = reason != "cancelled" && reason != "refusal";
  for (const auto& [limit, text] : kLimits) {
    if (reason == limit) out.notice(limit, text);
  }
  if (reason == "refusal") blame(out, {.kind = "refusal", .text = "the model refused to answer"});
  const bool is_silent = quirks_.usage_proves_answer && !turn_.is_command && (!has_usage || usage_.stood_still());
  if (is_finished && is_silent && !turn_.fault) {
    blame(out, {.kind = "unknown", .text = "the model did not answer"});
  }
  if (turn_.is_active) announce(out);
  end_turn(out, reason == "cancelled" ? "cancelled" : turn_.fault ? "failed" : "finished");
}

void Session::end_turn(const Out& out, std::string_view outcome) {
  if (!turn_.is_active) return;
  texts_.end(out, outcome != "finished");
  // Nobody waits for these answers any more, but an agent may still want to be told so.
  withdraw_all(out, "agent");
  calls_.end_turn(out);
  if (watch_ == Watch::cancel) watch(out, Watch::none, 0);
  turn_.is_active = false;
  turn_.is_cancelled = false;
  show_usage(out);
  const std::string answer = texts_.take_answer();
  verdict_.turn_ended(outcome, answer);
  json::object body = out.body();
  body["phase"] = "end";
  body["outcome"] = outcome;
  if (!answer.empty()) body["text"] = answer;
  out.event(Kind::turn, std::move(body), "turn-" + std::to_string(turn_.count));
  next_prompt(out);
}

void Session::blame(const Out& out, Fault&& fault) {
  out.event(Kind::error, fault.body(out.memory, out.now.unix_ms));
  if (fault.retrying) return;
  turn_.fault = fault;
  verdict_.failed(std::move(fault));
}

void Session::withdraw_all(const Out& out, std::string_view by) {
  while (auto reply = asks_.withdraw(out, by)) {
    if (!is_closed_) peer_.reply(out.sink, reply->id, std::move(reply->result));
  }
}

bool Session::approve_alone(const Out& out, const json::value& id, const json::object& params) {
  const json::array* options = array_of(params, "options");
  const json::object* tool_call = object_of(params, "toolCall");
  if (options == nullptr || tool_call == nullptr || turn_.is_cancelled || is_closed_) return false;
  for (const json::value& value : *options) {
    const json::object* option = value.if_object();
    // Only what is offered for this one time: nothing is granted for later, nothing of an unknown kind.
    if (option == nullptr || text_of(*option, "kind") != "allow_once") continue;
    const Call* call = calls_.asked(out, *tool_call);
    peer_.reply(out.sink, id,
                {{"outcome", json::object{{"outcome", "selected"}, {"optionId", text_of(*option, "optionId")}}}});
    out.notice("approved", call != nullptr ? call->title : "", text_of(*tool_call, "toolCallId"));
    return true;
  }
  return false;
}

void Session::show_state(const Out& out) {
  const Ask* ask = asks_.oldest();
  const std::string_view state = ask != nullptr || (needs_login_ && !turn_.is_active) ? "blocked"
                                 : turn_.is_active                                    ? "working"
                                 : !is_open_                                          ? "starting"
                                                                                      : "idle";
  const std::string_view on = state != "blocked"   ? ""
                              : ask == nullptr     ? "login"
                              : ask->is_question() ? "question"
                                                   : "approval";
  std::string shown(state);
  shown.append(" ").append(on);
  if (ask != nullptr) shown.append(" ").append(ask->ref);
  if (shown == shown_state_) return;
  shown_state_ = std::move(shown);
  json::object body = out.body();
  body["state"] = state;
  if (!on.empty()) body["blocked_on"] = on;
  out.event(Kind::state, std::move(body), ask != nullptr ? std::string_view(ask->ref) : std::string_view{});
}

void Session::show_usage(const Out& out) {
  if (!usage_.is_known()) return;
  json::object body = usage_.body(usage_.model().empty() ? modes_.model() : usage_.model(), turn_.count, out.memory);
  std::string shown = json::serialize(body);
  if (shown == shown_usage_) return;
  shown_usage_ = std::move(shown);
  out.event(Kind::usage, std::move(body));
}

void Session::watch(const Out& out, Watch what, std::uint64_t seconds) {
  if (what == Watch::none && watch_ == Watch::none) return;
  watch_ = what;
  if (what == Watch::none) return out.sink.cancel_wake();
  out.sink.wake_at(out.now.mono_ns + seconds * kSecond);
}

void Session::tick(sdk::Now now, sdk::Sink& sink) {
  const Out out{.sink = sink, .now = now};
  switch (std::exchange(watch_, Watch::none)) {
    case Watch::none: return;
    case Watch::hello:
      give_up(out,
              {.kind = "unknown", .text = "the agent did not answer 'initialize' within a minute; the session ends"});
      break;
    case Watch::history: ready(out); break;
    case Watch::cancel:
      out.notice("interrupt_ignored", "the agent does not answer the interrupt and is ended");
      sink.signal(SIGTERM);
      watch(out, Watch::end, kEndSeconds);
      break;
    case Watch::end: sink.signal(SIGTERM); break;
  }
  show_state(out);
  maybe_finish(out);
}

void Session::maybe_finish(const Out& out) {
  if (is_closed_ || turn_.is_active || !queued_.empty() || asks_.oldest() != nullptr) return;
  const bool is_done = !settings_.keep_open && verdict_.has_ended_turn();
  if (is_finishing_ || is_done) close(out);
}

void Session::close(const Out& out) {
  if (std::exchange(is_closed_, true)) return;
  verdict_.input_closed();
  out.sink.close_input();
}

}  // namespace paddock::acp
