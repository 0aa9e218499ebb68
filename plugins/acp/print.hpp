// Agents that answer one prompt for each process and write JSON lines of their own while they do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acp/calls.hpp"
#include "acp/faults.hpp"
#include "acp/out.hpp"
#include "acp/texts.hpp"
#include "acp/usage.hpp"
#include "acp/verdict.hpp"
#include "paddock/json_lines.hpp"
#include "paddock/session.hpp"

namespace paddock::acp {

/// The life of one prompt: its text goes to the agent's standard input, nobody is asked anything, and the
/// process ends with the turn. What the lines mean, the agents' own classes know.
class Print : public sdk::JsonLinesSession {
 public:
  /// Throws Refusal for a launch without a prompt, or one that wants more than one.
  explicit Print(const sdk::Launch& launch);

  void started(sdk::Now now, sdk::Sink& sink) override;
  void on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) override;
  void on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) override;
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override;
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override;

 protected:
  /// One line.
  virtual void on_record(const Out& out, const json::object& record) = 0;
  /// What an exit status says of an agent that never began to work; nothing when it is not known.
  virtual std::optional<std::string_view> class_of_exit(int /*code*/) const { return std::nullopt; }

  /// The agent works at the prompt.
  void begin(const Out& out);
  /// What the agent says it is. Told when it changed.
  void identify(const Out& out, std::string_view session, std::string_view model);
  /// A failure; the turn's unless it is retried.
  void blame(const Out& out, Fault&& fault);
  /// The turn is over.
  void end(const Out& out, std::string_view outcome);
  bool has_fault() const { return has_fault_; }
  bool is_over() const { return is_over_; }

  Texts texts_;
  Calls calls_{Quirks{}};
  Usage usage_;

 private:
  void show_state(const Out& out, std::string_view state);

  Verdict verdict_;
  std::string prompt_, workdir_, session_, model_, state_, shown_;
  bool is_active_ = false;
  bool is_over_ = false;
  bool has_fault_ = false;
  bool was_interrupted_ = false;
};

/// The contract's kind of a tool by the name that agents give it, in the protocol's words: execute, edit, read...
std::string_view kind_of_tool(std::string_view name);

}  // namespace paddock::acp
