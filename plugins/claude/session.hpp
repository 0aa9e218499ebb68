// One running Claude Code CLI: lines in, events out; commands in, lines out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "approvals.hpp"
#include "errors.hpp"
#include "lifecycle.hpp"
#include "messages.hpp"
#include "options_schema.hpp"
#include "out.hpp"
#include "paddock/json_lines.hpp"
#include "requests.hpp"
#include "terminal.hpp"
#include "todo.hpp"
#include "tools.hpp"
#include "usage.hpp"

namespace paddock::claude {

/// Speaks the CLI's two-way JSON lines ("stream-json"). Pure: no clock, no I/O.
class ClaudeSession final : public sdk::JsonLinesSession {
 public:
  static constexpr sdk::Manifest manifest{.id = "claude",
                                          .name = "Claude Code",
                                          .version = "0.1.0",
                                          .vendor = "Paddock",
                                          .license = "Apache-2.0",
                                          .summary = "Claude Code CLI over its two-way JSON lines",
                                          .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
                                                   R"("commands":["prompt","answer","interrupt","set","finish"]},)"
                                                   R"({"mode":"interactive","transport":"pty","resume":true,)"
                                                   R"("commands":["prompt","answer","interrupt","finish"]}])",
                                          .options = options_schema,
                                          .programs = R"(["claude"])",
                                          .tested = R"(["2.1.197"])"};

  static json::object plan(const sdk::Launch& launch);
  static json::object probe_plan();
  static json::object probe_result(const json::object& findings);

  explicit ClaudeSession(const sdk::Launch& launch);

  void started(sdk::Now now, sdk::Sink& sink) override;
  void feed(sdk::Now now, std::uint32_t channel, std::string_view bytes, sdk::Sink& sink) override;
  void eof(sdk::Now now, std::uint32_t channel, sdk::Sink& sink) override;
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override;
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override;

  void on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) override;
  void on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) override;
  void on_long_line(sdk::Now now, sdk::Source source, sdk::Sink& sink) override;

 private:
  // Lines of the conversation (session.cpp).
  void on_stream_event(Out& out, const json::object& line);
  void on_assistant(Out& out, sdk::Now now, const json::object& line);
  void on_api_error(Out& out, sdk::Now now, const json::object& line, const json::object& message);
  void on_assistant_block(Out& out, const json::object& block, std::string_view id, std::string_view parent);
  void on_user(Out& out, const json::object& line);
  void on_user_text(Out& out, const json::object& line, const json::value& content, std::string_view parent);
  void on_tool_results(Out& out, const json::object& line, const json::array& blocks, std::string_view parent);
  void on_result(Out& out, sdk::Now now, const json::object& line);
  void tell_fault(Out& out, sdk::Now now, const json::object& line, std::string_view words);
  void end_turn(Out& out, sdk::Now now, const json::object& line, std::string_view outcome);

  // Lines about the session and its control (session_system.cpp).
  void on_system(Out& out, const json::object& line);
  void on_system_words(Out& out, const json::object& line, std::string_view subtype);
  void on_init(Out& out, const json::object& line);
  void tell_session(Out& out, const json::object& line);
  void on_state(Out& out, std::string_view state);
  void on_status(Out& out, const json::object& line);
  void on_control_request(Out& out, const json::object& line);
  void on_control_cancel(Out& out, const json::object& line);
  void on_rate_limit(Out& out, const json::object& line);
  void identify(Out& out, std::string_view id);
  void permission_mode(Out& out, std::string_view mode);
  void at_rest(Out& out);
  void close_input(Out& out);

  // Commands (session_commands.cpp).
  sdk::Status prompt(Out& out, const sdk::Command& command);
  void send_prompt(Out& out, std::string_view words);
  sdk::Status answer(Out& out, const sdk::Command& command);
  sdk::Status set(Out& out, const sdk::Command& command);
  sdk::Status finish(Out& out);
  void after_approval(Out& out);

  const std::string first_prompt_;
  const bool keep_open_;
  const bool yolo_;
  std::optional<TerminalSession> terminal_;  ///< of an interactive session: then nothing below is used

  Pending pending_;
  Lifecycle lifecycle_;
  Messages messages_;
  Tools tools_;
  Todo todo_;
  Approvals approvals_;
  Requests requests_;
  Usage usage_;

  bool state_events_ = false;  // the CLI tells its state itself
  bool answered_ = false;      // an approval was answered since the CLI last said running
  bool expecting_ = false;     // a prompt was written and its turn has not begun
  bool input_closed_ = false;
  bool finishing_ = false;  // close the input when the turn is over
  std::string session_id_;
  std::string session_facts_;  // what the last SESSION event said, to tell changes only
  std::string mode_;
  std::optional<Fault> fault_;       // of the turn that runs
  std::optional<Fault> last_fault_;  // of the last turn, when it failed
  std::optional<std::int64_t> resets_at_;
  std::string last_outcome_;
  std::string answer_;
  std::string complaint_;  // the end of standard error
};

}  // namespace paddock::claude
