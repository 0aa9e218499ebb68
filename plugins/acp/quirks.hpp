// In what an agent differs from the protocol's text. Each was seen in a real program.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::acp {

/// All false: an agent that does what the specification says.
struct Quirks {
  bool mode_text = false;            ///< "[MODE_UPDATE] x" as an answer tells the mode (Gemini)
  bool info_text = false;            ///< "Info: " is a notice, "Error: " the failure of the turn (Copilot)
  bool usage_proves_answer = false;  ///< a turn that used no tokens has failed (Copilot)
  bool call_id_names_tool = false;   ///< "TOOL__TOOL_123_0" is a call of TOOL (Gemini)
  bool title_is_command = false;     ///< the title of a shell call is the command, in backticks or not (Gemini, Cursor)
  bool late_replay = false;          ///< history goes on after the answer, up to the list of commands (Gemini)
  bool cursor_requests = false;      ///< cursor/ask_question, cursor/create_plan (Cursor)
  bool no_stdio_mcp = false;         ///< programs as MCP servers are passed over without a word (Copilot)
  std::string login{};               ///< the method to authenticate with before every session (Cursor)

  /// Reads a list of names, and `login:METHOD`. Throws Refusal for a name that does not exist.
  static Quirks read(const boost::json::array& names);
};

}  // namespace paddock::acp
