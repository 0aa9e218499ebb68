// See plan.hpp.
#include "plan.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "fields.hpp"
#include "options.hpp"
#include "requests.hpp"
#include "terminal.hpp"

namespace paddock::claude {

namespace {

bool wants_pieces(const json::object& options) {
  const json::value* found = options.if_contains("partial_messages");
  return found == nullptr || !found->is_bool() || found->get_bool();
}

json::array arguments(const sdk::Launch& launch) {
  json::array argv{"claude",      "-p",        "--input-format",           "stream-json", "--output-format",
                   "stream-json", "--verbose", "--permission-prompt-tool", "stdio"};
  if (wants_pieces(launch.options())) argv.emplace_back("--include-partial-messages");
  if (!launch.model().empty()) {
    check_word("model", launch.model());
    argv.emplace_back("--model");
    argv.emplace_back(launch.model());
  }
  if (!launch.resume().empty()) {
    check_word("resume", launch.resume());
    argv.emplace_back("--resume");
    argv.emplace_back(launch.resume());
  }
  if (launch.yolo()) argv.emplace_back("--dangerously-skip-permissions");
  append_options(launch, argv);
  check_arguments(launch);
  for (const json::value& argument : launch.args()) argv.push_back(argument);
  return argv;
}

json::object environment(const sdk::Launch& launch) {
  json::object set{{"CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS", "1"},
                   {"DISABLE_AUTOUPDATER", "1"},
                   {"DISABLE_INSTALLATION_CHECKS", "1"}};
  add_option_environment(launch.options(), set);
  // The CLI would take itself for a child of another CLI.
  return {{"set", std::move(set)}, {"unset", json::array{"CLAUDECODE"}}};
}

/// An interrupt first, so that a running tool is ended by the CLI: tools live in sessions of their own
/// and would survive it. Then the polite end, which gives a background shell five seconds.
json::array stop_ladder() {
  json::array steps;
  steps.push_back(json::object{{"write", request_line(stop_request_id, "interrupt")}, {"patience_ms", 500}});
  steps.push_back(json::object{{"close_input", true}, {"patience_ms", 6000}});
  steps.push_back(json::object{{"signal", "SIGTERM"}, {"patience_ms", 2000}});
  return steps;
}

}  // namespace

json::object make_plan(const sdk::Launch& launch) {
  if (launch.mode() == "interactive") return make_terminal_plan(launch);
  if (!launch.mode().empty() && launch.mode() != "headless") {
    throw sdk::Refusal(sdk::Status::unsupported, "unsupported_mode",
                       "mode '" + std::string(launch.mode()) + "' is not offered by 'claude'; nothing was started");
  }
  return {{"argv", arguments(launch)}, {"env", environment(launch)}, {"transport", "pipes"}, {"stop", stop_ladder()}};
}

}  // namespace paddock::claude
