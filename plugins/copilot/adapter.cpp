// What is Copilot's own: its command line, its MCP servers, its quirks.
#include "copilot/adapter.hpp"

#include <memory>
#include <string>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plan.hpp"
#include "acp/session.hpp"
#include "copilot/stream.hpp"

namespace paddock::copilot {

namespace {

acp::Quirks quirks() { return {.info_text = true, .usage_proves_answer = true, .no_stdio_mcp = true}; }

// Copilot passes over programs as MCP servers in session/new; in a file it takes them.
json::object servers_file(const acp::Settings& settings) {
  json::object servers;
  for (const json::value& value : settings.mcp_servers) {
    const json::object& server = value.get_object();
    if (server.contains("type")) continue;
    json::object env;
    for (const json::value& pair : server.at("env").get_array()) {
      env[pair.at("name").get_string()] = pair.at("value");
    }
    servers[acp::text_of(server, "name")] = json::object{{"type", "local"},
                                                         {"command", server.at("command")},
                                                         {"args", server.at("args")},
                                                         {"env", std::move(env)},
                                                         {"tools", json::array{"*"}}};
  }
  return servers;
}

std::unique_ptr<sdk::Session> chosen(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return std::make_unique<Stream>(launch);
  return std::make_unique<acp::Session>(launch, quirks());
}

std::string_view program_of(const sdk::Launch& launch) {
  return acp::choice_of(launch, "program", {"copilot", "copilot-linux-x64", "copilot-linux-arm64"});
}

json::object print_plan(const sdk::Launch& launch) {
  json::array argv{program_of(launch), "--output-format", "json", "--no-auto-update"};
  acp::add_flag(argv, "--model", launch.model());
  acp::add_flag(argv, "--mode", acp::text_of(launch.options(), "session_mode"));
  if (launch.yolo()) argv.emplace_back("--allow-all");
  if (acp::flag_of(launch.options(), "trust_workspace")) argv.emplace_back("--trust-folder");
  if (!launch.resume().empty()) argv.emplace_back("--resume=" + std::string(launch.resume()));
  acp::add_arguments(argv, launch);
  return acp::print_plan_of(launch, std::move(argv), {{"COPILOT_AUTO_UPDATE", "false"}});
}

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return print_plan(launch);
  json::array argv{program_of(launch), "--acp"};
  // A newer program that was downloaded before would be run instead.
  argv.emplace_back("--no-auto-update");
  acp::add_flag(argv, "--model", launch.model());
  if (acp::flag_of(launch.options(), "trust_workspace")) argv.emplace_back("--trust-folder");
  json::object servers = servers_file(acp::Settings(launch, quirks()));
  const bool has_servers = !servers.empty();
  if (has_servers) {
    argv.emplace_back("--additional-mcp-config");
    argv.emplace_back("@" + std::string(launch.session_dir()) + "/mcp.json");
  }
  acp::add_arguments(argv, launch);
  json::object plan = acp::plan_of(launch, std::move(argv), {{"COPILOT_AUTO_UPDATE", "false"}});
  if (has_servers) {
    const json::object config{{"mcpServers", std::move(servers)}};
    plan["files"] = json::array{json::object{{"path", "mcp.json"}, {"text", json::serialize(config)}, {"mode", 0600}}};
  }
  return plan;
}

json::object Adapter::probe_plan() {
  return {{"commands", json::array{json::array{"copilot", "--version"}}},
          {"files", json::array{"~/.copilot/config.json"}},
          {"env", json::array{"COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "COPILOT_PROVIDER_BASE_URL"}}};
}

json::object Adapter::probe_result(const json::object& findings) { return acp::probe_verdict(findings, "copilot"); }

Adapter::Adapter(const sdk::Launch& launch) : Either(chosen(launch)) {}

}  // namespace paddock::copilot
