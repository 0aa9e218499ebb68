// The adapter `exec`: any command line as an agent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "paddock/adapter.hpp"
#include "paddock/lines.hpp"

namespace paddock::exec {

namespace json = boost::json;

/// One running command. Each line of its standard output is a message, each line of its standard error
/// a message marked so; prompts are lines on its standard input; it works until it exits. On a terminal what it
/// writes is for the screen and no message.
class Session final : public sdk::LineSession {
 public:
  static constexpr sdk::Manifest manifest{
      .id = "exec",
      .name = "Command",
      .version = "1.1.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Runs any command line as an agent: its lines are messages, its exit status is the outcome",
      .modes =
          R"([{"mode":"headless","transport":"pipes","resume":false,"prompts":"any_time","commands":["prompt","interrupt","finish"]},)"
          R"({"mode":"interactive","transport":"pty","resume":false,"prompts":"any_time","commands":["prompt","interrupt","finish"]}])",
      .options = R"({"type":"object","properties":{},"additionalProperties":false})",
      .programs = R"(["*"])",
      .tested = "[]"};

  /// `args` is the argument vector, without a shell. Refuses a launch without one.
  static json::object plan(const sdk::Launch& launch);

  explicit Session(const sdk::Launch& launch);

  void started(sdk::Now now, sdk::Sink& sink) override;
  void feed(sdk::Now now, std::uint32_t channel, std::string_view bytes, sdk::Sink& sink) override;
  void on_line(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) override;
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override;
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override;

 private:
  sdk::Status prompt(std::string_view text, sdk::Sink& sink);
  sdk::Status finish(sdk::Sink& sink);

  std::string first_prompt_;
  bool keep_open_;
  bool on_terminal_;
  bool input_open_ = true;
  bool interrupted_ = false;
  std::uint64_t out_lines_ = 0;
  std::uint64_t err_lines_ = 0;
  std::string last_line_;  // of standard output: the final answer
};

}  // namespace paddock::exec
