// Files that a tool wrote, from the structured result that the CLI adds to a tool's text.
#pragma once

#include <string>
#include <string_view>

#include "out.hpp"

namespace paddock::claude {

/// Emits FILE_CHANGE for the `tool_use_result` of a call that went well, when it tells of a written file.
/// `call` is the tool call's id.
void tell_file_change(Out& out, const json::object& tool_use_result, std::string_view call);

/// The CLI's structured patch as a unified diff without file headers, at most about 128 KiB.
std::string unified_diff(const json::array& patch);

}  // namespace paddock::claude
