// What is Gemini's own: its command line, its environment, its quirks.
#include "gemini/adapter.hpp"

#include <memory>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plan.hpp"
#include "acp/session.hpp"
#include "gemini/stream.hpp"

namespace paddock::gemini {

namespace {

acp::Quirks quirks() {
  return {.mode_text = true, .call_id_names_tool = true, .title_is_command = true, .late_replay = true};
}

std::unique_ptr<sdk::Session> chosen(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return std::make_unique<Stream>(launch);
  return std::make_unique<acp::Session>(launch, quirks());
}

json::object env_of(const sdk::Launch& launch) {
  // Else the program starts itself again, and its first process ignores every signal.
  json::object env{{"GEMINI_CLI_NO_RELAUNCH", "true"}};
  if (acp::flag_of(launch.options(), "trust_workspace")) env["GEMINI_CLI_TRUST_WORKSPACE"] = "true";
  return env;
}

json::object print_plan(const sdk::Launch& launch) {
  json::array argv{"gemini", "--output-format", "stream-json"};
  acp::add_flag(argv, "-m", launch.model());
  acp::add_flag(argv, "--approval-mode", launch.yolo() ? "yolo" : acp::text_of(launch.options(), "session_mode"));
  acp::add_flag(argv, "--resume", launch.resume());
  acp::add_arguments(argv, launch);
  return acp::print_plan_of(launch, std::move(argv), env_of(launch));
}

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return print_plan(launch);
  json::array argv{"gemini", "--acp"};
  // Named, the model needs no call of another one that chooses it.
  acp::add_flag(argv, "-m", launch.model());
  acp::add_arguments(argv, launch);
  return acp::plan_of(launch, std::move(argv), env_of(launch));
}

json::object Adapter::probe_plan() {
  return {{"commands", json::array{json::array{"gemini", "--version"}}},
          {"files", json::array{"~/.gemini/oauth_creds.json"}},
          {"env", json::array{"GEMINI_API_KEY", "GOOGLE_API_KEY"}}};
}

json::object Adapter::probe_result(const json::object& findings) { return acp::probe_verdict(findings, "gemini"); }

Adapter::Adapter(const sdk::Launch& launch) : Either(chosen(launch)) {}

}  // namespace paddock::gemini
