// Tool calls and what came of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "out.hpp"

namespace paddock::claude {

/// shell, edit, read, web, mcp or other.
std::string_view tool_class(std::string_view tool);

/// One line that says what a call is about: a description, path, pattern or address; may be empty.
/// Lives as long as `input`.
std::string_view tool_title(std::string_view tool, const json::object& input);

/// Adds tool, tool_class, title, command and input of a call to `body`.
void describe_call(json::object& body, std::string_view tool, const json::object& input);

/// The calls that run, by their ids.
class Tools final {
 public:
  /// A tool_use block: emits TOOL_CALL.
  void call(Out& out, const json::object& block, std::string_view parent);

  /// A tool_result block of a user message: emits TOOL_RESULT.
  void result(Out& out, const json::object& block, std::string_view parent);

  /// This call was refused; its result will say denied.
  void deny(std::string_view call);

  /// The turn is over: calls of the main conversation that have no result are cancelled.
  void end_turn(Out& out);

  /// The process is gone: every call that has no result is cancelled.
  void end_all(Out& out);

 private:
  struct Running {
    std::string id;
    std::string tool;
    bool of_main = true;
    bool denied = false;
  };

  Running* find(std::string_view id);
  void cancel(Out& out, const Running& running);

  std::vector<Running> running_;     // oldest first, bounded
  std::vector<std::string> denied_;  // refused before their call was seen, bounded
};

}  // namespace paddock::claude
