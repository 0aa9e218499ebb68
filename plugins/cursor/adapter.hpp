// Cursor CLI: the Agent Client Protocol with its own requests, and its stream of JSON lines for one prompt.
#pragma once

#include "acp/either.hpp"
#include "acp/settings.hpp"
#include "paddock/session.hpp"

namespace paddock::cursor {

namespace json = boost::json;

/// One session with `cursor-agent`.
class Adapter final : public acp::Either {
 public:
  static constexpr sdk::Manifest manifest{
      .id = "cursor",
      .name = "Cursor CLI",
      .version = "1.0.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Drives Cursor's CLI through the Agent Client Protocol; made from its documentation",
      .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
               R"("commands":["prompt","answer","interrupt","set","finish"]}])",
      .options =
          R"({"type":"object","additionalProperties":false,"properties":{)" PADDOCK_PRINT_OPTION
          R"("program":{"enum":["cursor-agent","agent"],"default":"cursor-agent","description":"its newer name )"
          R"(is agent, which other programs have too"},)"
          R"("trust_workspace":{"type":"boolean","default":false,"description":"take the folder for trusted"},)" PADDOCK_ACP_OPTIONS
          "}}",
      .programs = R"(["cursor-agent","agent"])",
      .tested = R"([])"};

  static json::object plan(const sdk::Launch& launch);
  static json::object probe_plan();
  static json::object probe_result(const json::object& findings);
  explicit Adapter(const sdk::Launch& launch);
};

}  // namespace paddock::cursor
