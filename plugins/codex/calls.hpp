// Thread items that are tool calls, as bodies of TOOL_CALL, TOOL_RESULT and FILE_CHANGE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "codex/out.hpp"

namespace paddock::codex {

/// A tool as Paddock names it: one name and one class for the same thing, whichever agent runs it.
struct Tool {
  std::string name;
  std::string_view tool_class = "other";
};

/// The tool of an item; nothing when the item is no call.
std::optional<Tool> tool_of(const json::object& item);

/// `mcp__SERVER__TOOL`, the name policies know MCP tools by.
std::string mcp_name(std::string_view server, std::string_view tool);

/// Adds what a call is about to a TOOL_CALL or APPROVAL_REQUEST: title, command, input.
void describe_call(const json::object& item, json::object& body);

/// Adds a command line to a body: `command` as a person would type it, and `input` with the line as it
/// runs and its directory.
void describe_command(std::string_view command, std::string_view cwd, json::object& body);

/// Adds how a call ended: outcome, text, exit_code, duration_ms. `is_orphan` when its turn ended first.
void describe_result(const json::object& item, bool is_orphan, json::object& body);

/// Emits one FILE_CHANGE for each file of a `fileChange` item that was applied.
void emit_file_changes(const Out& out, const json::object& item, std::string_view ref);

/// An item's file changes as `[{path, change, diff}]`, long diffs cut.
json::array changes_of(const json::object& item, const json::storage_ptr& memory);

}  // namespace paddock::codex
