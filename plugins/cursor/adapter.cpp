// What is Cursor's own: its command line and its requests. Flags stand before the word `acp`.
#include "cursor/adapter.hpp"

#include <memory>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plan.hpp"
#include "acp/session.hpp"
#include "cursor/stream.hpp"

namespace paddock::cursor {

namespace {

acp::Quirks quirks() { return {.title_is_command = true, .cursor_requests = true, .login = "cursor_login"}; }

std::unique_ptr<sdk::Session> chosen(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return std::make_unique<Stream>(launch);
  return std::make_unique<acp::Session>(launch, quirks());
}

std::string_view program_of(const sdk::Launch& launch) {
  return acp::choice_of(launch, "program", {"cursor-agent", "agent"});
}

json::object print_plan(const sdk::Launch& launch) {
  json::array argv{program_of(launch), "-p", "--output-format", "stream-json"};
  acp::add_flag(argv, "--model", launch.model());
  acp::add_flag(argv, "--mode", acp::text_of(launch.options(), "session_mode"));
  if (launch.yolo()) argv.emplace_back("--force");
  if (acp::flag_of(launch.options(), "trust_workspace")) argv.emplace_back("--trust");
  acp::add_flag(argv, "--resume", launch.resume());
  acp::add_arguments(argv, launch);
  return acp::print_plan_of(launch, std::move(argv));
}

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) {
  if (acp::is_print(launch)) return print_plan(launch);
  json::array argv{program_of(launch)};
  acp::add_flag(argv, "--model", launch.model());
  if (acp::flag_of(launch.options(), "trust_workspace")) argv.emplace_back("--trust");
  acp::add_arguments(argv, launch);
  argv.emplace_back("acp");
  return acp::plan_of(launch, std::move(argv));
}

json::object Adapter::probe_plan() {
  return {{"commands", json::array{json::array{"cursor-agent", "--version"}}},
          {"files", json::array{"~/.cursor/cli-config.json"}},
          {"env", json::array{"CURSOR_API_KEY", "CURSOR_AUTH_TOKEN"}}};
}

json::object Adapter::probe_result(const json::object& findings) {
  return acp::probe_verdict(findings, "cursor-agent");
}

Adapter::Adapter(const sdk::Launch& launch) : Either(chosen(launch)) {}

}  // namespace paddock::cursor
