// What a launch says about a session, as parameters of its requests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "acp/quirks.hpp"
#include "paddock/launch.hpp"

namespace paddock::acp {

namespace json = boost::json;

/// The option of agents that can also answer one prompt for each process, for the manifest's `properties`.
#define PADDOCK_PRINT_OPTION                                                                                          \
  R"("protocol":{"enum":["acp","print"],"default":"acp","description":"print: one prompt in one process, nobody is )" \
  R"(asked and what would ask is denied"},)"

/// The options that every adapter of the protocol has; they stand last.
#define PADDOCK_ACP_OPTIONS                                                                                           \
  R"("session_mode":{"type":"string","description":"a mode the agent offers, e.g. plan"},)"                           \
  R"("login":{"type":"string","description":"the method to authenticate with, one of those the agent names"},)"       \
  R"("mcp_servers":{"type":"array","items":{"type":"object"},"description":"servers for the agent: {name, command, )" \
  R"(args[], env{}} or {name, type: http|sse, url, headers{}}"},)"                                                    \
  R"("additional_directories":{"type":"array","items":{"type":"string"},"description":"more folders of the session"})"

/// The settings of one session.
struct Settings {
  /// Throws Refusal when an option makes no sense.
  Settings(const sdk::Launch& launch, const Quirks& quirks);

  std::string resume, workdir;
  std::string model, mode;  ///< to ask for once the session is open
  std::string login;        ///< the method to authenticate with first; empty: only when asked
  bool keep_open = false;
  bool yolo = false;
  json::array mcp_servers;         ///< in the protocol's form
  bool has_own_stdio_mcp = false;  ///< programs as MCP servers reach the agent in another way
  std::vector<std::string> directories;

  /// Parameters of session/new, or of session/load and session/resume when the launch goes on with one.
  /// Leaves out what the agent cannot do and names it in `left_out`.
  json::object open_params(const json::object& capabilities, std::vector<std::string>& left_out) const;
};

}  // namespace paddock::acp
