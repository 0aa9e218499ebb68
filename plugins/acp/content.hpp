// What stands inside a tool call's message: text, edits, commands, exit statuses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "acp/calls.hpp"

namespace paddock::acp {

/// The text of a content block; for any other kind its name in angle brackets.
std::string text_in(const json::object& block);

/// What the call wrote: the texts of its content, else its raw output.
std::string written_by(const json::object& update);

/// The edits among its content.
std::vector<Call::Edit> edits_in(const json::object& update);

/// The command line of a raw input; empty when it is none.
std::string command_in(const json::object& input);

/// The exit status in a raw output.
std::optional<std::int64_t> exit_code_of(const json::object& update);

/// True when the raw output says that the call was not allowed.
bool says_denied(const json::object& update);

/// True when an input is too large to be kept and told.
bool is_large(const json::object& input);

/// How the call's tool is named: by the agent, else by its kind.
std::string_view tool_name(const Call& call);

/// Puts tool, tool_class, title, command and input into `body`.
void describe(const Call& call, json::object& body);

}  // namespace paddock::acp
