// Options to a command line.
#include "acp/adapter.hpp"

#include <utility>

#include "acp/fields.hpp"
#include "acp/plan.hpp"

namespace paddock::acp {

namespace {

[[noreturn]] void refuse(const char* text) { throw sdk::Refusal(sdk::Status::argument, "bad_option", text); }

Quirks quirks_in(const sdk::Launch& launch) {
  const json::array* names = array_of(launch.options(), "quirks");
  return names != nullptr ? Quirks::read(*names) : Quirks{};
}

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) {
  const std::string_view command = text_of(launch.options(), "command");
  if (command.empty()) refuse("the option 'command' is missing: it names the agent's program");
  json::array argv{command};
  if (const json::array* arguments = array_of(launch.options(), "arguments")) {
    for (const json::value& argument : *arguments) {
      if (!argument.is_string()) refuse("the option 'arguments' is a list of texts");
      argv.push_back(argument);
    }
  }
  add_arguments(argv, launch);
  const json::object* env = object_of(launch.options(), "env");
  return plan_of(launch, std::move(argv), env != nullptr ? *env : json::object{});
}

Adapter::Adapter(const sdk::Launch& launch) : Session(launch, quirks_in(launch)) {}

}  // namespace paddock::acp
