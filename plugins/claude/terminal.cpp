// See terminal.hpp.
#include "terminal.hpp"

#include <array>

#include "options.hpp"

namespace paddock::claude {

namespace {

// Of `-p` only: the CLI would refuse them, or they would say nothing.
constexpr std::array<std::string_view, 3> kNotHere{"max_turns", "max_budget_usd", "partial_messages"};

json::array arguments(const sdk::Launch& launch) {
  for (const std::string_view name : kNotHere) {
    if (!launch.options().contains(name)) continue;
    throw sdk::Refusal(sdk::Status::argument, "bad_option",
                       "option '" + std::string(name) + "' needs the mode 'headless'; nothing was started");
  }
  json::array argv{"claude"};
  const auto word = [&argv](std::string_view what, std::string_view argument, std::string_view value) {
    if (value.empty()) return;
    check_word(what, value);
    argv.emplace_back(argument);
    argv.emplace_back(value);
  };
  word("model", "--model", launch.model());
  word("resume", "--resume", launch.resume());
  if (launch.yolo()) argv.emplace_back("--dangerously-skip-permissions");
  append_options(launch, argv);
  check_arguments(launch);
  for (const json::value& argument : launch.args()) argv.push_back(argument);
  if (!launch.prompt().empty()) {
    argv.emplace_back("--");  // it may begin with a dash
    argv.emplace_back(launch.prompt());
  }
  return argv;
}

json::object environment(const sdk::Launch& launch) {
  json::object set{{"DISABLE_AUTOUPDATER", "1"}, {"DISABLE_INSTALLATION_CHECKS", "1"}};
  add_option_environment(launch.options(), set);
  // The CLI would take itself for a child of another CLI.
  return {{"set", std::move(set)}, {"unset", json::array{"CLAUDECODE"}}};
}

/// Escape ends a running tool; Ctrl-C twice ends the CLI as a person would.
json::array stop_ladder() {
  return {json::object{{"write", "\x1b"}, {"patience_ms", 500}}, json::object{{"write", "\x03"}, {"patience_ms", 300}},
          json::object{{"write", "\x03"}, {"patience_ms", 4000}},
          json::object{{"signal", "SIGTERM"}, {"patience_ms", 2000}}};
}

}  // namespace

json::object make_terminal_plan(const sdk::Launch& launch) {
  return {{"argv", arguments(launch)}, {"env", environment(launch)}, {"transport", "pty"}, {"rows", 40}, {"cols", 120},
          {"stop", stop_ladder()}};
}

sdk::Status TerminalSession::command(const sdk::Command& command, sdk::Sink& sink) {
  switch (command.kind) {
    case sdk::Command::Kind::interrupt: sink.write("\x1b"); return sdk::Status::ok;
    case sdk::Command::Kind::finish:
      finishing_ = true;
      sink.write("\x03\x03");
      return sdk::Status::ok;
    default: return sdk::Status::unsupported;
  }
}

void TerminalSession::exited(const sdk::Exit& exit, sdk::Sink& sink) const {
  const bool asked = exit.cause == PDK_CAUSE_STOPPED || exit.cause == PDK_CAUSE_KILLED;
  std::string_view result = "agent_error";
  if (exit.signal == 0 && exit.code == 0) {
    result = "success";
  } else if (asked || finishing_) {
    result = "interrupted";
  } else if (exit.signal != 0) {
    result = "crashed";
  }
  sink.event({.kind = sdk::Kind::outcome, .body = {{"result", result}, {"retryable", false}}});
}

}  // namespace paddock::claude
