// Any agent that speaks the protocol, named by the options.
#pragma once

#include "acp/session.hpp"
#include "acp/settings.hpp"

namespace paddock::acp {

/// One session with the program of the option `command`.
class Adapter final : public Session {
 public:
  static constexpr sdk::Manifest manifest{
      .id = "acp",
      .name = "Agent Client Protocol",
      .version = "1.0.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Drives any agent that speaks the Agent Client Protocol, version 1",
      .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
               R"("commands":["prompt","answer","interrupt","set","finish"]}])",
      .options = R"({"type":"object","additionalProperties":false,"required":["command"],"properties":{)"
                 R"("command":{"type":"string","description":"the agent's program"},)"
                 R"("arguments":{"type":"array","items":{"type":"string"},"description":"its arguments, before the )"
                 R"(session's own"},)"
                 R"("env":{"type":"object","description":"variables to set"},)"
                 R"("quirks":{"type":"array","items":{"type":"string"},"description":"in what the agent differs: )"
                 R"(mode_text, info_text, usage_proves_answer, call_id_names_tool, title_is_command, late_replay, )"
                 R"(cursor_requests"},)" PADDOCK_ACP_OPTIONS "}}",
      .programs = R"(["*"])",
      .tested = R"([])"};

  static json::object plan(const sdk::Launch& launch);
  explicit Adapter(const sdk::Launch& launch);
};

}  // namespace paddock::acp
