// What people and policies want of a running session.
#include <string>

#include "acp/fields.hpp"
#include "acp/session.hpp"

namespace paddock::acp {

using sdk::Status;

namespace {

constexpr std::uint64_t kCancelSeconds = 10;

}  // namespace

Status Session::command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) {
  if (is_closed_) return Status::not_now;
  const Out out{.sink = sink, .now = now};
  switch (command.kind) {
    case sdk::Command::Kind::prompt: return prompt(out, command.text("text"));
    case sdk::Command::Kind::answer: return answer(out, command);
    case sdk::Command::Kind::interrupt: return interrupt(out);
    case sdk::Command::Kind::set: return set(out, command.body);
    case sdk::Command::Kind::finish: return finish(out);
  }
  return Status::unsupported;
}

Status Session::prompt(const Out& out, std::string_view text) {
  if (text.empty()) return Status::argument;
  if (is_finishing_ || queued_.size() >= max_queued) return Status::not_now;
  queued_.emplace_back(text);
  if (!is_open_ || turn_.is_active) {
    // A second prompt at once would end the first one: agents cancel it, or refuse the new one.
    out.notice("queued", "the message is sent as soon as the agent is ready for it");
  }
  next_prompt(out);
  return Status::ok;
}

Status Session::answer(const Out& out, const sdk::Command& command) {
  Asks::Reply reply = asks_.answer(out, command.ref, command.body);
  if (reply.status != Status::ok) return reply.status;
  if (reply.is_denied) calls_.deny(reply.call);
  peer_.reply(out.sink, reply.id, std::move(reply.result));
  show_state(out);
  maybe_finish(out);
  return Status::ok;
}

Status Session::interrupt(const Out& out) {
  if (!turn_.is_active) {
    if (queued_.empty()) return Status::not_now;
    queued_.clear();
    is_finishing_ = is_finishing_ || !settings_.keep_open;
    out.notice("interrupted", "the message was not sent");
    return Status::ok;
  }
  peer_.notify(out.sink, "session/cancel", {{"sessionId", session_}});
  turn_.is_cancelled = true;
  // Gemini does not go on before these are answered.
  withdraw_all(out, "host");
  watch(out, Watch::cancel, kCancelSeconds);
  show_state(out);
  return Status::ok;
}

Status Session::set(const Out& out, const json::object& wish) {
  if (!is_open_) return Status::not_now;
  const std::string_view model = text_of(wish, "model");
  const std::string_view mode = text_of(wish, "permission_mode");
  const auto as_model = modes_.model(model);
  const auto as_mode = modes_.mode(mode);
  if ((model.empty() && mode.empty()) || (!model.empty() && !as_model) || (!mode.empty() && !as_mode)) {
    return Status::argument;
  }
  if (!model.empty()) wish_for(out, Peer::Purpose::model, *as_model);
  if (!mode.empty()) wish_for(out, Peer::Purpose::mode, *as_mode);
  return Status::ok;
}

Status Session::finish(const Out& out) {
  is_finishing_ = true;
  if (turn_.is_active || !queued_.empty()) {
    out.notice("finishing", "the session ends with the running turn");
    return Status::ok;
  }
  close(out);
  return Status::ok;
}

}  // namespace paddock::acp
