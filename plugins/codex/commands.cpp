// What people and policies want of a running session.
#include <string>

#include "codex/adapter.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

using sdk::Status;

Status Adapter::command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) {
  if (is_closed_) return Status::not_now;
  const Out out{.sink = sink, .unix_ms = now.unix_ms};
  switch (command.kind) {
    case sdk::Command::Kind::prompt: return prompt(out, command.text("text"));
    case sdk::Command::Kind::answer: return answer(out, command);
    case sdk::Command::Kind::interrupt: return interrupt(out);
    case sdk::Command::Kind::set: return set(out, command.body);
    case sdk::Command::Kind::finish: return finish(out);
  }
  return Status::unsupported;
}

Status Adapter::prompt(const Out& out, std::string_view text) {
  if (text.empty()) return Status::argument;
  if (is_finishing_) return Status::not_now;
  if (!is_open_) {
    if (queued_.size() >= max_queued) return Status::not_now;
    queued_.emplace_back(text);
    out.notice("queued", "the message is sent as soon as Codex is ready");
    return Status::ok;
  }
  asks_.answered_by_prompt(out);
  if (turn_.is_active && !turn_.id.empty()) {
    client_.request(out.sink, Client::Purpose::steer, "turn/steer",
                    Settings::steer_params(threads_.root(), turn_.id, text), text);
  } else {
    start_turn(out.sink, text);
  }
  return Status::ok;
}

Status Adapter::answer(const Out& out, const sdk::Command& command) {
  Asks::Reply reply = asks_.answer(out, command.ref, command.body, !is_finishing_);
  if (reply.status != Status::ok) return reply.status;
  if (!reply.id.is_null()) {
    client_.reply(out.sink, reply.id, std::move(reply.result));
  } else if (!reply.prompt.empty()) {
    return prompt(out, reply.prompt);
  }
  show_state(out);
  return Status::ok;
}

Status Adapter::interrupt(const Out& out) {
  if (turn_.is_active && !turn_.id.empty()) {
    interrupt_now(out.sink);
    return Status::ok;
  }
  if (!is_busy()) return Status::not_now;
  turn_.is_interrupt_wanted = true;
  out.notice("interrupting", "the turn is interrupted as soon as it has begun");
  return Status::ok;
}

Status Adapter::set(const Out& out, const json::object& wish) {
  if (!settings_.set(wish)) return Status::argument;
  out.notice("settings", "the change holds from the next turn on");
  return Status::ok;
}

Status Adapter::finish(const Out& out) {
  if (!is_busy() && queued_.empty()) {
    close(out.sink);
    return Status::ok;
  }
  // The end of the input is the end of the server, also in mid-turn.
  is_finishing_ = true;
  out.notice("finishing", "the session ends with the running turn");
  return Status::ok;
}

}  // namespace paddock::codex
