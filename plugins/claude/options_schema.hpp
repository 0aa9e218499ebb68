// The JSON Schema of the adapter's settings, as text: the manifest shows it and the host checks it.
#pragma once

#include <string_view>

namespace paddock::claude {

/// JSON Schema (object). plan() holds a launch against the same rules.
inline constexpr std::string_view options_schema = R"schema({
"type": "object",
"additionalProperties": false,
"properties": {
"permission_mode": {"type": "string", "enum": ["default", "acceptEdits", "plan", "dontAsk", "auto", "bypassPermissions"],
  "description": "How the session starts; bypassPermissions needs a yolo launch"},
"allowed_tools": {"type": "array", "items": {"type": "string"}, "description": "Tools or rules that are not asked for, e.g. Bash(git *)"},
"disallowed_tools": {"type": "array", "items": {"type": "string"}, "description": "Tools or rules that are refused"},
"tools": {"type": "array", "items": {"type": "string"}, "description": "The only built-in tools to offer; an empty list offers none"},
"add_dirs": {"type": "array", "items": {"type": "string"}, "description": "Further directories the agent may work in"},
"append_system_prompt": {"type": "string"},
"system_prompt": {"type": "string"},
"max_turns": {"type": "integer", "minimum": 1, "description": "Model calls in one turn"},
"max_budget_usd": {"type": "number", "exclusiveMinimum": 0},
"mcp_config": {"type": ["object", "string"], "description": "MCP servers: the configuration itself or the path of a file"},
"strict_mcp_config": {"type": "boolean", "description": "Only the servers of mcp_config"},
"settings": {"type": ["object", "string"], "description": "Settings on top of the user's: JSON or the path of a file"},
"setting_sources": {"type": "array", "items": {"type": "string", "enum": ["user", "project", "local"]}},
"fallback_model": {"type": "string"},
"effort": {"type": "string", "enum": ["low", "medium", "high", "xhigh", "max"]},
"fork_session": {"type": "boolean", "description": "With resume: go on under a new id"},
"partial_messages": {"type": "boolean", "default": true, "description": "Tell messages while they stream"},
"nonessential_traffic": {"type": "boolean", "default": false, "description": "Let the CLI make connections beyond the model's"},
"sandboxed": {"type": "boolean", "default": false, "description": "This host is a sandbox: lets root start a yolo session"},
"max_retries": {"type": "integer", "minimum": 0, "maximum": 100, "description": "Retries of a failed request"}
}})schema";

}  // namespace paddock::claude
