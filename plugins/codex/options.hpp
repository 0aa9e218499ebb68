// The adapter's own settings, as people see them.
#pragma once

#include <string_view>

namespace paddock::codex {

/// The JSON Schema of the options.
inline constexpr std::string_view options_schema = R"({"type":"object","additionalProperties":false,"properties":{
"sandbox":{"enum":["read-only","workspace-write","danger-full-access"],"default":"workspace-write","description":"what commands may touch; danger-full-access when the session may act without asking"},
"approval_policy":{"enum":["untrusted","on-request","never"],"default":"on-request","description":"when Codex asks before it acts"},
"approvals_reviewer":{"enum":["user","auto_review"],"default":"user","description":"auto_review lets a second model call decide"},
"reasoning_effort":{"type":"string","description":"low, medium, high, or what else the model knows"},
"model_provider":{"type":"string","description":"a provider of Codex's configuration"},
"collaboration_mode":{"enum":["default","plan"],"default":"default","description":"plan: ask and plan, change nothing"},
"trust_project":{"type":"boolean","default":false,"description":"read the project's own .codex/config.toml"},
"network_access":{"type":"boolean","default":false,"description":"let sandboxed commands use the network"},
"writable_roots":{"type":"array","items":{"type":"string"},"description":"more directories sandboxed commands may write"},
"developer_instructions":{"type":"string"},
"output_schema":{"type":"object","description":"JSON Schema of the final answer"},
"ephemeral":{"type":"boolean","default":false,"description":"keep no session file; such a session cannot be resumed"},
"wait_for_network":{"type":"boolean","default":false,"description":"retry for ever when the model's server cannot be reached"},
"hide_keys":{"type":"boolean","default":true,"description":"keep OPENAI_API_KEY and the like out of the commands' environment"},
"config":{"type":"object","description":"values of Codex's configuration: dotted keys, JSON values"}}})";

}  // namespace paddock::codex
