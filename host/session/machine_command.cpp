// What people and policies want of a session, and when it counts as done.
#include <csignal>

#include <boost/json/serialize.hpp>

#include "session/fields.hpp"
#include "session/machine.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

// PDK_CMD_*, which this floor does not include.
constexpr std::uint32_t kPrompt = 1;
constexpr std::uint32_t kAnswer = 2;
constexpr std::uint32_t kInterrupt = 3;
constexpr std::uint32_t kSet = 4;
constexpr std::uint32_t kFinish = 5;

// pdk_status
constexpr std::int32_t kOk = 0;
constexpr std::int32_t kArgument = -1;
constexpr std::int32_t kUnsupported = -2;

// An agent that has not read its input for so long is not waited for by whoever asked.
constexpr std::uint64_t kTakenWithinNs = 10'000'000'000ULL;

std::uint32_t kind_of(std::string_view type) {
  if (type == "prompt") return kPrompt;
  if (type == "answer") return kAnswer;
  if (type == "interrupt") return kInterrupt;
  if (type == "set") return kSet;
  if (type == "finish") return kFinish;
  return 0;
}

Cause cause_of(std::string_view text) {
  if (text == "timeout") return Cause::timeout;
  if (text == "budget") return Cause::budget;
  return Cause::stopped;
}

/// What approval_resolved tells of an answer.
json::object answer_data(const json::object& body) {
  json::object data;
  data["decision"] = text_or_empty(body, "decision") == "deny" ? "deny" : "allow";
  data["by"] = "host";
  for (const char* key : {"by", "policy", "rule", "message"}) {
    if (const json::value* value = body.if_contains(key)) data[key] = *value;
  }
  return data;
}

}  // namespace

void Machine::report(const std::optional<base::ActionId>& action, base::Errc code, std::string detail) {
  if (!action) return;
  const bool failed = code == base::Errc::adapter_failed || code == base::Errc::timeout;
  effects_.push_back(
      effect::Report{*action, failed ? "failed" : "rejected", std::string(base::name(code)), std::move(detail), {}});
}

void Machine::take(const input::Command& command) {
  if (!started_ || exited_) return report(command.action, base::Errc::wrong_state, "the agent is not running");
  if (command.type == "stop") return command_stop(command, cause_of(command.caused_by));
  if (command.type == "kill") return command_stop(command, Cause::killed);
  if (command_terminal(command)) return;
  const std::uint32_t kind = kind_of(command.type);
  if (kind == 0) return report(command.action, base::Errc::unsupported, "this runner does not know that command");
  if (kind == kAnswer && !book_.is_open(command.ref)) {
    return report(command.action, base::Errc::approval_closed, "'" + command.ref + "' is not open");
  }
  if (terminal_ && kind == kPrompt) return type_prompt(command);
  const bool on_screen = terminal_ && terminal_->dialog && terminal_->dialog->ref == command.ref;
  if (on_screen && kind == kAnswer) return answer_dialog(command, answer_data(command.body));
  if (raw_) return command_raw(command, kind);
  command_agent(command, kind);
}

void Machine::command_stop(const input::Command& command, Cause cause) {
  if (command.action) stoppers_.push_back(*command.action);
  if (cause != Cause::killed) return stop(cause, std::string(text_or_empty(command.body, "detail")));
  cause_ = Cause::killed;
  cause_detail_.clear();
  ladder_.start(now_.mono_ns);
  ladder_.exited();  // nothing milder may follow
  effects_.push_back(effect::KillGroup{});
}

void Machine::command_agent(const input::Command& command, std::uint32_t kind) {
  AdapterCall call;
  call.kind = AdapterCall::Kind::command;
  call.now = now_;
  call.command = kind;
  call.ref = command.ref;
  call.body = json::serialize(command.body);
  PendingCall pending{std::move(call), command.action, std::nullopt, {}};
  if (kind == kAnswer) pending.resolves = command.ref;
  if (kind == kAnswer) pending.answer = answer_data(command.body);
  pending_.push_back(std::move(pending));
}

void Machine::command_raw(const input::Command& command, std::uint32_t kind) {
  if (kind == kInterrupt) {
    effects_.push_back(effect::Signal{SIGINT});
    return applied(command.action, false);
  }
  if (kind == kFinish) {
    close_input();
    return applied(command.action, false);
  }
  if (kind != kPrompt) {
    return report(command.action, base::Errc::unsupported, "the adapter failed, only text can be sent");
  }
  if (input_closed_) return report(command.action, base::Errc::wrong_state, "the agent's input is closed");
  write_input(std::string(text_or_empty(command.body, "text")) + "\n");
  applied(command.action, true);
}

void Machine::write_input(std::string bytes) {
  if (input_closed_) return;
  written_ += bytes.size();
  effects_.push_back(effect::WriteInput{std::move(bytes)});
}

/// Reports `action` as applied: at once, or, when bytes went to the agent, as soon as it has read them.
void Machine::applied(const std::optional<base::ActionId>& action, bool wrote) {
  if (!action) return;
  effect::Report report{*action, "applied", {}, {}, caused_};
  if (!wrote) {
    effects_.push_back(std::move(report));
    return;
  }
  untaken_.push_back({std::move(report), written_, now_.mono_ns + kTakenWithinNs});
}

void Machine::report_status(const AdapterReply& reply) {
  const auto& action = present_->action;
  const std::uint32_t kind = present_->call.command;
  if (reply.status == kOk) {
    if (kind == kPrompt && action) prompt_action_ = action;
    if (kind == kInterrupt && action) cancel_action_ = action;
    return applied(action, !reply.input.empty());
  }
  const auto text = [&reply](std::string_view otherwise) {
    return reply.diag.empty() ? std::string(otherwise) : reply.diag;
  };
  if (reply.status == kUnsupported) {
    return report(action, base::Errc::unsupported, text("this agent cannot do that"));
  }
  if (reply.status == kArgument) {
    return report(action, base::Errc::invalid_request, text("the adapter does not understand the request"));
  }
  const bool occupied = kind == kPrompt && (state_ == State::working || state_ == State::blocked);
  report(action, occupied ? base::Errc::busy : base::Errc::wrong_state, text("not in the present state"));
}

void Machine::expire_untaken() {
  while (!untaken_.empty() && untaken_.front().deadline_ns <= now_.mono_ns) {
    effect::Report report = std::move(untaken_.front().report);
    untaken_.pop_front();
    report.state = "failed";
    report.code = base::name(base::Errc::timeout);
    report.detail = "the agent has not read its input for 10 s; it may still do";
    effects_.push_back(std::move(report));
  }
}

}  // namespace paddock::session
