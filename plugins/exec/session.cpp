// From a command's lines to messages and from its exit to an outcome.
#include "exec/session.hpp"

#include <csignal>

namespace paddock::exec {

using sdk::Kind;
using sdk::Status;

namespace {

// A final answer is for people; the whole line is in its message.
constexpr std::size_t answer_bytes = 16U << 10U;

void state(sdk::Sink& sink, std::string_view name) { sink.event({.kind = Kind::state, .body = {{"state", name}}}); }

/// What an exit means: the result, and how the turn ended.
struct Verdict {
  std::string_view result;
  std::string_view turn;
};

Verdict judge(const sdk::Exit& exit, bool interrupted) {
  const bool ended_by_host = exit.cause != PDK_CAUSE_NONE;
  if (exit.signal == 0 && exit.code == 0) return {"success", "finished"};
  if (interrupted && !ended_by_host) return {"interrupted", "cancelled"};
  if (ended_by_host)
    return {"unknown", exit.cause == PDK_CAUSE_STOPPED || exit.cause == PDK_CAUSE_KILLED ? "cancelled" : "failed"};
  return {exit.signal != 0 ? "crashed" : "agent_error", "failed"};
}

}  // namespace

json::object Session::plan(const sdk::Launch& launch) {
  if (launch.args().empty()) {
    throw sdk::Refusal(Status::argument, "no_command", "'args' is empty: name the program and its arguments");
  }
  for (const json::value& word : launch.args()) {
    if (word.is_string()) continue;
    throw sdk::Refusal(Status::argument, "bad_args", "'args' has an entry that is no text: " + json::serialize(word));
  }
  if (launch.args().front().get_string().empty()) {
    throw sdk::Refusal(Status::argument, "no_command", "the first of 'args' is empty: it names the program");
  }
  if (launch.mode() == "interactive") {
    return {{"argv", launch.args()},
            {"transport", "pty"},
            {"stop", json::array{json::object{{"signal", "HUP"}, {"patience_ms", 1000}},
                                 json::object{{"signal", "TERM"}, {"patience_ms", 5000}}}}};
  }
  return {{"argv", launch.args()},
          {"transport", "pipes"},
          {"stop", json::array{json::object{{"close_input", true}, {"patience_ms", 500}},
                               json::object{{"signal", "TERM"}, {"patience_ms", 5000}}}}};
}

Session::Session(const sdk::Launch& launch)
    : first_prompt_(launch.prompt()), keep_open_(launch.keep_open()), on_terminal_(launch.mode() == "interactive") {}

void Session::started(sdk::Now /*now*/, sdk::Sink& sink) {
  sink.event({.kind = Kind::turn, .body = {{"phase", "begin"}}});
  state(sink, "working");
  if (!first_prompt_.empty()) prompt(first_prompt_, sink);
  if (!keep_open_) finish(sink);
}

void Session::feed(sdk::Now now, std::uint32_t channel, std::string_view bytes, sdk::Sink& sink) {
  if (channel != PDK_CH_PTY) LineSession::feed(now, channel, bytes, sink);
}

void Session::on_line(sdk::Now /*now*/, std::string_view line, sdk::Source source, sdk::Sink& sink) {
  const std::string text = sdk::to_utf8(line);
  if (source.channel == PDK_CH_STDERR) {
    sink.event({.kind = Kind::message,
                .body = {{"role", "assistant"}, {"text", text}, {"stream", "stderr"}},
                .ref = "err-" + std::to_string(++err_lines_),
                .source = source});
    return;
  }
  if (!text.empty()) last_line_ = sdk::cut_utf8(text, answer_bytes);
  sink.event({.kind = Kind::message,
              .body = {{"role", "assistant"}, {"text", text}},
              .ref = "out-" + std::to_string(++out_lines_),
              .source = source});
}

Status Session::command(sdk::Now /*now*/, const sdk::Command& command, sdk::Sink& sink) {
  switch (command.kind) {
    case sdk::Command::Kind::prompt: return prompt(command.text("text"), sink);
    case sdk::Command::Kind::interrupt:
      interrupted_ = true;
      sink.signal(SIGINT);
      return Status::ok;
    case sdk::Command::Kind::finish: return finish(sink);
    default: return Status::unsupported;
  }
}

Status Session::prompt(std::string_view text, sdk::Sink& sink) {
  if (text.empty()) return Status::argument;
  if (!input_open_) return Status::not_now;
  sink.write(std::string(text) + (on_terminal_ ? "\r" : "\n"));
  return Status::ok;
}

Status Session::finish(sdk::Sink& sink) {
  if (!input_open_) return Status::not_now;
  input_open_ = on_terminal_;  // a terminal only gets its end-of-file character
  sink.close_input();
  return Status::ok;
}

void Session::exited(sdk::Now /*now*/, const sdk::Exit& exit, sdk::Sink& sink) {
  const Verdict verdict = judge(exit, interrupted_);
  sink.event({.kind = Kind::turn, .body = {{"phase", "end"}, {"outcome", verdict.turn}}});
  json::object body{{"result", verdict.result}, {"retryable", false}};
  if (!last_line_.empty()) body["text"] = last_line_;
  sink.event({.kind = Kind::outcome, .body = std::move(body)});
}

}  // namespace paddock::exec
