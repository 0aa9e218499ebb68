// Gemini CLI: the Agent Client Protocol with its quirks, and its stream of JSON lines for one prompt.
#pragma once

#include "acp/either.hpp"
#include "acp/settings.hpp"
#include "paddock/session.hpp"

namespace paddock::gemini {

namespace json = boost::json;

/// One session with `gemini`.
class Adapter final : public acp::Either {
 public:
  static constexpr sdk::Manifest manifest{
      .id = "gemini",
      .name = "Gemini CLI",
      .version = "1.0.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Drives Google's Gemini CLI through the Agent Client Protocol",
      .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
               R"("commands":["prompt","answer","interrupt","set","finish"]}])",
      .options = R"({"type":"object","additionalProperties":false,"properties":{)" PADDOCK_PRINT_OPTION
                 R"("trust_workspace":{"type":"boolean","default":false,"description":"take the folder for trusted: )"
                 R"(its own settings, hooks and commands count"},)" PADDOCK_ACP_OPTIONS "}}",
      .programs = R"(["gemini"])",
      .tested = R"(["0.61.0"])"};

  static json::object plan(const sdk::Launch& launch);
  static json::object probe_plan();
  static json::object probe_result(const json::object& findings);
  explicit Adapter(const sdk::Launch& launch);
};

}  // namespace paddock::gemini
