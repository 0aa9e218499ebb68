// Options to parameters. Values are checked here, so that a typing error refuses the launch.
#include "acp/settings.hpp"

#include "acp/fields.hpp"

namespace paddock::acp {

namespace {

[[noreturn]] void refuse(const std::string& text) { throw sdk::Refusal(sdk::Status::argument, "bad_option", text); }

json::array pairs(const json::object* from) {
  json::array pairs;
  if (from == nullptr) return pairs;
  for (const auto& [name, value] : *from) pairs.push_back(json::object{{"name", name}, {"value", text_of(value)}});
  return pairs;
}

json::object server_of(const json::value& given) {
  const json::object* server = given.if_object();
  if (server == nullptr || text_of(*server, "name").empty()) {
    refuse("an entry of 'mcp_servers' needs a name: " + json::serialize(given));
  }
  const std::string_view type = text_of(*server, "type");
  json::object made{{"name", text_of(*server, "name")}};
  if (type == "http" || type == "sse") {
    if (text_of(*server, "url").empty())
      refuse("the MCP server '" + std::string(text_of(*server, "name")) + "' needs a url");
    made["type"] = type;
    made["url"] = text_of(*server, "url");
    made["headers"] = pairs(object_of(*server, "headers"));
    return made;
  }
  if (text_of(*server, "command").empty()) {
    refuse("the MCP server '" + std::string(text_of(*server, "name")) +
           "' needs a command, or type http or sse and a url");
  }
  const json::array* args = array_of(*server, "args");
  made["command"] = text_of(*server, "command");
  made["args"] = args != nullptr ? *args : json::array{};
  made["env"] = pairs(object_of(*server, "env"));
  return made;
}

}  // namespace

Settings::Settings(const sdk::Launch& launch, const Quirks& quirks)
    : resume(launch.resume()),
      workdir(launch.workdir()),
      model(launch.model()),
      mode(text_of(launch.options(), "session_mode")),
      login(text_of(launch.options(), "login")),
      keep_open(launch.keep_open()),
      yolo(launch.yolo()),
      has_own_stdio_mcp(quirks.no_stdio_mcp) {
  if (login.empty()) login = quirks.login;
  if (workdir.empty()) workdir = "/";
  if (const json::array* servers = array_of(launch.options(), "mcp_servers")) {
    for (const json::value& server : *servers) mcp_servers.push_back(server_of(server));
  }
  if (const json::array* folders = array_of(launch.options(), "additional_directories")) {
    for (const json::value& folder : *folders) directories.emplace_back(text_of(folder));
  }
}

json::object Settings::open_params(const json::object& capabilities, std::vector<std::string>& left_out) const {
  json::object params;
  if (!resume.empty()) params["sessionId"] = resume;
  params["cwd"] = workdir;
  const json::object* transports = object_of(capabilities, "mcpCapabilities");
  json::array servers;
  for (const json::value& server : mcp_servers) {
    const std::string_view type = text_of(server.get_object(), "type");
    if (type.empty() && has_own_stdio_mcp) continue;
    const bool is_known = type.empty() || (transports != nullptr && flag_of(*transports, type));
    if (is_known) {
      servers.push_back(server);
    } else {
      left_out.push_back("the MCP server '" + std::string(text_of(server.get_object(), "name")) +
                         "': the agent does not speak " + std::string(type));
    }
  }
  params["mcpServers"] = std::move(servers);
  if (directories.empty()) return params;
  if (object_of(capabilities, "sessionCapabilities", "additionalDirectories") == nullptr) {
    left_out.emplace_back("the additional directories: the agent knows only one");
    return params;
  }
  json::array folders;
  for (const std::string& folder : directories) folders.emplace_back(folder);
  params["additionalDirectories"] = std::move(folders);
  return params;
}

}  // namespace paddock::acp
