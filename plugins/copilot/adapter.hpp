// GitHub Copilot CLI: the Agent Client Protocol with its quirks, and its stream of JSON lines for one prompt.
#pragma once

#include "acp/either.hpp"
#include "acp/settings.hpp"
#include "paddock/session.hpp"

namespace paddock::copilot {

namespace json = boost::json;

/// One session with `copilot`.
class Adapter final : public acp::Either {
 public:
  static constexpr sdk::Manifest manifest{
      .id = "copilot",
      .name = "GitHub Copilot CLI",
      .version = "1.0.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Drives GitHub's Copilot CLI through the Agent Client Protocol",
      .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
               R"("commands":["prompt","answer","interrupt","set","finish"]}])",
      .options = R"({"type":"object","additionalProperties":false,"properties":{)" PADDOCK_PRINT_OPTION
                 R"("program":{"enum":["copilot","copilot-linux-x64","copilot-linux-arm64"],"default":"copilot",)"
                 R"("description":"copilot is npm's loader; the other is the program itself, and takes signals"},)"
                 R"("trust_workspace":{"type":"boolean","default":false,"description":"take the folder for trusted: )"
                 R"(its own hooks and settings count"},)" PADDOCK_ACP_OPTIONS "}}",
      .programs = R"(["copilot","copilot-linux-x64","copilot-linux-arm64"])",
      .tested = R"(["1.0.102"])"};

  static json::object plan(const sdk::Launch& launch);
  static json::object probe_plan();
  static json::object probe_result(const json::object& findings);
  explicit Adapter(const sdk::Launch& launch);
};

}  // namespace paddock::copilot
