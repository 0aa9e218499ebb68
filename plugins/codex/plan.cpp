// `codex app-server` with a quiet configuration; closing its input is the polite way to end it.
#include "codex/plan.hpp"

#include <string>

#include "codex/fields.hpp"
#include "codex/settings.hpp"

namespace paddock::codex {

namespace {

// Time for each rung of the stop ladder: seen ends took 0.1 s, a loaded machine may need more.
constexpr int kPatienceMs = 5000;

void configure(json::array& argv, std::string_view setting) {
  argv.emplace_back("-c");
  argv.emplace_back(setting);
}

struct Found {
  bool is_there = false;
  std::int64_t code = -1;
  std::string_view text;
};

Found command_of(const json::object& findings, std::size_t index) {
  const json::array* commands = array_of(findings, "commands");
  if (commands == nullptr || index >= commands->size()) return {};
  const json::object* command = (*commands)[index].if_object();
  if (command == nullptr) return {};
  return {flag_of(*command, "found"), number_of(*command, "code").value_or(-1), text_of(*command, "out")};
}

bool any_true(const json::object& findings, std::string_view key) {
  const json::array* flags = array_of(findings, key);
  if (flags == nullptr) return false;
  for (const json::value& flag : *flags) {
    if (flag.is_bool() && flag.get_bool()) return true;
  }
  return false;
}

// "codex-cli 0.169.0\n" says "0.169.0".
std::string_view version_in(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find_first_of(" \r\n", begin);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

}  // namespace

json::object plan_of(const sdk::Launch& launch) {
  if (!launch.mode().empty() && launch.mode() != "headless") {
    throw sdk::Refusal(sdk::Status::unsupported, "bad_mode",
                       "the mode '" + std::string(launch.mode()) + "' is not offered, use 'headless'");
  }
  const Settings settings(launch);
  const json::object& options = launch.options();
  json::array argv{"codex", "app-server"};
  configure(argv, "check_for_update_on_startup=false");
  configure(argv, "analytics.enabled=false");
  configure(argv, "feedback.enabled=false");
  if (!flag_of(options, "wait_for_network")) configure(argv, "features.unbounded_connection_retries=false");
  if (flag_of(options, "hide_keys", true)) {
    configure(argv, R"(shell_environment_policy.exclude=["OPENAI_API_KEY","CODEX_API_KEY","CODEX_ACCESS_TOKEN"])");
  }
  for (const json::value& arg : launch.args()) argv.push_back(arg);
  json::array stop;
  stop.push_back(json::object{{"close_input", true}, {"patience_ms", kPatienceMs}});
  stop.push_back(json::object{{"signal", "TERM"}, {"patience_ms", kPatienceMs}});
  json::object env{{"set", json::object{}}, {"unset", json::array{}}, {"secret", json::object{}}};
  json::object plan{
      {"argv", std::move(argv)}, {"env", std::move(env)},   {"transport", "pipes"}, {"files", json::array{}},
      {"tails", json::array{}},  {"stop", std::move(stop)}, {"hook", false}};
  if (!launch.workdir().empty()) plan["cwd"] = launch.workdir();
  return plan;
}

json::object probe_plan() {
  json::array commands;
  commands.push_back(json::array{"codex", "--version"});
  commands.push_back(json::array{"codex", "login", "status"});
  json::array files;
  files.emplace_back("~/.codex/auth.json");
  return {{"commands", std::move(commands)},
          {"files", std::move(files)},
          {"env", json::array{"OPENAI_API_KEY", "CODEX_API_KEY", "CODEX_ACCESS_TOKEN"}}};
}

json::object probe_result(const json::object& findings) {
  const Found version = command_of(findings, 0);
  if (!version.is_there) {
    return {{"state", "undetected"}, {"login", "unknown"}, {"detail", "the program 'codex' was not found"}};
  }
  const std::string_view number = version_in(version.text);
  if (version.code != 0 || number.empty()) {
    return {{"state", "unhealthy"}, {"login", "unknown"}, {"detail", "'codex --version' failed"}};
  }
  const bool is_logged_in = command_of(findings, 1).code == 0;
  const bool has_key = any_true(findings, "env");
  const bool has_file = any_true(findings, "files");
  json::object verdict{{"state", "healthy"}, {"version", number}};
  if (is_logged_in) {
    verdict["login"] = "yes";
    verdict["detail"] = "logged in";
  } else if (has_key) {
    // Whether a key is used depends on the provider in Codex's configuration.
    verdict["login"] = "yes";
    verdict["detail"] = "not logged in, but a key is in the environment";
  } else {
    verdict["login"] = has_file ? "unknown" : "no";
    verdict["detail"] = has_file ? "there is an auth.json, but 'codex login status' failed" : "not logged in";
  }
  return verdict;
}

}  // namespace paddock::codex
