// See probe.hpp.
#include "probe.hpp"

#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::string_view kTested = "2.1.197";

const json::object& command(const json::object& findings, std::size_t index) {
  static const json::object none;
  const json::array* commands = list(findings, "commands");
  if (commands == nullptr || index >= commands->size()) return none;
  const json::object* found = (*commands)[index].if_object();
  return found == nullptr ? none : *found;
}

bool any_key(const json::object& findings) {
  const json::array* names = list(findings, "env");
  if (names == nullptr) return false;
  for (const json::value& value : *names) {
    if (value.is_bool() && value.get_bool()) return true;
  }
  return false;
}

/// "2.1.197 (Claude Code)" -> "2.1.197"; empty when it does not begin with a number.
std::string_view version_of(std::string_view output) {
  const std::string_view first = output.substr(0, output.find_first_of(" \r\n"));
  if (first.empty() || std::isdigit(static_cast<unsigned char>(first.front())) == 0) return {};
  return clip(first, 40);
}

std::string_view login_of(const json::object& status, bool key) {
  const std::string_view output = text(status, "out");
  boost::system::error_code ec;
  const json::value parsed = json::parse(json::string_view{output.data(), output.size()}, ec);
  if (!ec && parsed.is_object()) {
    const json::value* logged_in = parsed.get_object().if_contains("loggedIn");
    if (logged_in != nullptr && logged_in->is_bool()) return logged_in->get_bool() || key ? "yes" : "no";
  }
  return key ? "yes" : "unknown";
}

}  // namespace

json::object probe_plan() {
  json::array commands;
  commands.push_back(json::array{"claude", "--version"});
  commands.push_back(json::array{"claude", "auth", "status"});
  return {{"commands", std::move(commands)},
          {"files", json::array()},
          {"env", json::array{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}}};
}

json::object probe_result(const json::object& findings) {
  const json::object& version_command = command(findings, 0);
  if (!is_true(version_command, "found")) {
    return {{"state", "undetected"}, {"login", "unknown"}, {"detail", "the program 'claude' is not on the PATH"}};
  }
  const std::string_view version = version_of(text(version_command, "out"));
  if (count(version_command, "code") != 0 || version.empty()) {
    return {{"state", "unhealthy"}, {"login", "unknown"}, {"detail", "'claude --version' did not say a version"}};
  }
  const std::string_view login = login_of(command(findings, 1), any_key(findings));
  std::string detail = "claude " + std::string(version);
  if (version != kTested) detail += " (tested with " + std::string(kTested) + ")";
  if (login == "yes") detail += ", logged in";
  if (login == "no") detail += ", not logged in: run 'claude auth login' or set ANTHROPIC_API_KEY";
  return {{"state", "healthy"}, {"version", version}, {"login", login}, {"detail", detail}};
}

}  // namespace paddock::claude
