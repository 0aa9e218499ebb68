// What is Cursor's own: its command line and its requests. Flags stand before the word `acp`.
#include "cursor/adapter.hpp"

#include <memory>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plan.hpp"
#include "acp/session.hpp"

namespace paddock::cursor {

namespace {

acp::Quirks quirks() { return {.title_is_command = true, .cursor_requests = true, .login = "cursor_login"}; }

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) {
  json::array argv{acp::choice_of(launch, "program", {"cursor-agent", "agent"})};
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

Adapter::Adapter(const sdk::Launch& launch) : Either(std::make_unique<acp::Session>(launch, quirks())) {}

}  // namespace paddock::cursor
