// See plan.hpp.
#include "acp/plan.hpp"

#include <string>
#include <utility>

#include "acp/fields.hpp"

namespace paddock::acp {

namespace {

// Time for each rung of the stop ladder: the real agents took up to 2 s, a loaded machine may need more.
constexpr int kPatienceMs = 5000;

bool any_true(const json::object& findings, std::string_view key) {
  const json::array* flags = array_of(findings, key);
  if (flags == nullptr) return false;
  for (const json::value& flag : *flags) {
    if (flag.is_bool() && flag.get_bool()) return true;
  }
  return false;
}

// "GitHub Copilot CLI 1.0.102." says "1.0.102".
std::string_view version_in(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return {};
  std::string_view version = text.substr(begin, text.find_first_of(" \r\n,", begin) - begin);
  while (version.ends_with('.')) version.remove_suffix(1);
  return version.substr(0, 64);
}

}  // namespace

json::object plan_of(const sdk::Launch& launch, json::array argv, json::object env) {
  if (!launch.mode().empty() && launch.mode() != "headless") {
    throw sdk::Refusal(sdk::Status::unsupported, "bad_mode",
                       "the mode '" + std::string(launch.mode()) + "' is not offered, use 'headless'");
  }
  json::array stop;
  stop.push_back(json::object{{"close_input", true}, {"patience_ms", kPatienceMs}});
  stop.push_back(json::object{{"signal", "TERM"}, {"patience_ms", kPatienceMs}});
  json::object variables{{"set", std::move(env)}, {"unset", json::array{}}, {"secret", json::object{}}};
  json::object plan{
      {"argv", std::move(argv)}, {"env", std::move(variables)}, {"transport", "pipes"}, {"files", json::array{}},
      {"tails", json::array{}},  {"stop", std::move(stop)},     {"hook", false}};
  if (!launch.workdir().empty()) plan["cwd"] = launch.workdir();
  return plan;
}

json::object print_plan_of(const sdk::Launch& launch, json::array argv, json::object env) {
  json::object plan = plan_of(launch, std::move(argv), std::move(env));
  plan["stop"] = json::array{json::object{{"signal", "INT"}, {"patience_ms", kPatienceMs}},
                             json::object{{"signal", "TERM"}, {"patience_ms", kPatienceMs}}};
  return plan;
}

bool is_print(const sdk::Launch& launch) { return choice_of(launch, "protocol", {"acp", "print"}) == "print"; }

std::string_view choice_of(const sdk::Launch& launch, std::string_view key,
                           std::initializer_list<std::string_view> known) {
  const json::value* given = launch.options().if_contains(key);
  if (given == nullptr || given->is_null()) return *known.begin();
  std::string names;
  for (const std::string_view name : known) {
    if (text_of(*given) == name) return name;
    names.append(names.empty() ? "" : ", ").append(name);
  }
  throw sdk::Refusal(sdk::Status::argument, "bad_option",
                     "the option '" + std::string(key) + "' is " + json::serialize(*given) + ", not one of " + names);
}

void add_flag(json::array& argv, std::string_view flag, std::string_view value) {
  if (value.empty()) return;
  argv.emplace_back(flag);
  argv.emplace_back(value);
}

void add_arguments(json::array& argv, const sdk::Launch& launch) {
  for (const json::value& argument : launch.args()) argv.push_back(argument);
}

json::object probe_verdict(const json::object& findings, std::string_view program) {
  const std::string name(program);
  const json::array* commands = array_of(findings, "commands");
  const json::object* version = commands != nullptr && !commands->empty() ? commands->front().if_object() : nullptr;
  if (version == nullptr || !flag_of(*version, "found")) {
    return {{"state", "undetected"}, {"login", "unknown"}, {"detail", "the program '" + name + "' was not found"}};
  }
  const std::string_view number = version_in(text_of(*version, "out"));
  if (number_of(*version, "code") != 0 || number.empty()) {
    return {{"state", "unhealthy"}, {"login", "unknown"}, {"detail", "'" + name + " --version' failed"}};
  }
  json::object verdict{{"state", "healthy"}, {"version", number}};
  const bool has_key = any_true(findings, "env");
  const bool has_file = any_true(findings, "files");
  // Whether what is there is accepted, only the agent's server knows.
  verdict["login"] = has_key ? "yes" : has_file ? "unknown" : "no";
  verdict["detail"] = has_key    ? "a key is in the environment"
                      : has_file ? "there are files of an earlier login"
                                 : "neither a key nor an earlier login was found";
  return verdict;
}

}  // namespace paddock::acp
