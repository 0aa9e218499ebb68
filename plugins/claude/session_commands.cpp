// What people and policies want of the agent, as lines for its standard input.
#include <csignal>
#include <utility>

#include "fields.hpp"
#include "options.hpp"
#include "session.hpp"

namespace paddock::claude {

sdk::Status ClaudeSession::command(sdk::Now /*now*/, const sdk::Command& command, sdk::Sink& sink) {
  if (terminal_) return terminal_->command(command, sink);
  Out out(sink, pending_);
  if (input_closed_ && command.kind == sdk::Command::Kind::interrupt) {
    // No request reaches it any more; the CLI takes this signal for the same wish, and then ends.
    sink.signal(SIGINT);
    return sdk::Status::ok;
  }
  if (input_closed_) return sdk::Status::not_now;
  switch (command.kind) {
    case sdk::Command::Kind::prompt: return prompt(out, command);
    case sdk::Command::Kind::answer: return answer(out, command);
    case sdk::Command::Kind::interrupt: requests_.send(out, "interrupt"); return sdk::Status::ok;
    case sdk::Command::Kind::set: return set(out, command);
    case sdk::Command::Kind::finish: return finish(out);
  }
  return sdk::Status::unsupported;
}

sdk::Status ClaudeSession::prompt(Out& out, const sdk::Command& command) {
  const std::string_view words = command.text("text");
  if (words.empty()) return sdk::Status::argument;
  if (finishing_) return sdk::Status::not_now;
  send_prompt(out, words);
  return sdk::Status::ok;
}

void ClaudeSession::send_prompt(Out& out, std::string_view words) {
  expecting_ = true;
  out.sink().write(prompt_line(words));
  // The CLI does not repeat it, and a conversation without its questions is hard to read.
  out.event(sdk::Kind::message, {{"role", "user"}, {"text", words}});
}

sdk::Status ClaudeSession::answer(Out& out, const sdk::Command& command) {
  const Approvals::Open* open = approvals_.find(command.ref);
  if (open == nullptr) return sdk::Status::argument;
  const std::optional<std::string> line = Approvals::answer_line(*open, command.body);
  if (!line) return sdk::Status::argument;
  out.sink().write(*line);
  const bool denied = command.text("decision") == "deny";
  if (denied) tools_.deny(open->call);
  answered_ = true;
  approvals_.resolve(out, command.ref, denied ? "deny" : "allow", "host");
  after_approval(out);
  return sdk::Status::ok;
}

sdk::Status ClaudeSession::set(Out& out, const sdk::Command& command) {
  const std::string_view model = command.text("model");
  const std::string_view mode = command.text("permission_mode");
  if (model.empty() && mode.empty()) return sdk::Status::argument;
  // The CLI takes any word for a mode, so the check is here.
  if (!mode.empty() && !is_permission_mode(mode)) return sdk::Status::argument;
  if (mode == "bypassPermissions" && !yolo_) return sdk::Status::unsupported;
  if (!model.empty()) requests_.send(out, "set_model", "model", model);
  if (!mode.empty()) requests_.send(out, "set_permission_mode", "mode", mode);
  return sdk::Status::ok;
}

sdk::Status ClaudeSession::finish(Out& out) {
  if (finishing_) return sdk::Status::not_now;
  const Lifecycle::State state = lifecycle_.state();
  if (expecting_ || state == Lifecycle::State::working || state == Lifecycle::State::blocked) {
    // With its input closed the CLI could not ask any more, and might lose the end of what it says.
    finishing_ = true;
    out.notice("finishing", "the session ends after this turn");
  } else {
    close_input(out);
  }
  return sdk::Status::ok;
}

void ClaudeSession::after_approval(Out& out) {
  const Approvals::Open* next = approvals_.front();
  if (next == nullptr) return lifecycle_.unblock(out);
  lifecycle_.block(out, next->is_question ? "question" : "approval", next->ref);
}

}  // namespace paddock::claude
