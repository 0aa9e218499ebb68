// Parsing, choosing, and telling how it ended.
#include "main/cli/commands.hpp"

#include <algorithm>
#include <exception>

#include <boost/json/serialize.hpp>

#include "config/units.hpp"
#include "main/version.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

/// The first argument that is no global flag: the command's name.
template <class Arguments>
auto command_word(Arguments& arguments) {
  auto word = arguments.begin();
  while (word != arguments.end() && word->starts_with('-')) {
    const bool has_value = *word == "--host" || *word == "--token-file";
    word += has_value && word + 1 != arguments.end() ? 2 : 1;
  }
  return word;
}

/// The place of the first "--" of a `run` command; the end when there is none. Other commands leave
/// "--" to the parser, where it means "no more flags".
std::vector<std::string>::iterator rest_of_run(std::vector<std::string>& arguments) {
  const auto word = command_word(arguments);
  if (word == arguments.end() || *word != "run") return arguments.end();
  return std::find(word, arguments.end(), "--");
}

int tell(const Failure& failure, bool as_json) {
  print_error(as_json ? json::serialize(failure.problem) + "\n" : for_people(failure));
  return int(failure.exit);
}

int tell_usage(const CLI::App& app, const CLI::ParseError& error, bool as_json) {
  if (error.get_exit_code() == 0) {  // --help, --version
    std::ostringstream out;
    app.exit(error, out, out);
    print(out.str());
    return int(ExitCode::done);
  }
  if (as_json) return tell(failure(ExitCode::usage, "usage", error.what()), true);
  print_error(std::string("paddock: ") + error.what() + "\nTry 'paddock --help'.\n");
  return int(ExitCode::usage);
}

}  // namespace

Commands::Commands() : app_("Runs coding agents side by side and says what they do.", "paddock") {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", std::string(version()));
  app_.add_option("--host", globals_.host, "unix:PATH or http://ADDR:PORT (PADDOCK_HOST)");
  app_.add_option("--token-file", globals_.token_file, "File with the access token (PADDOCK_TOKEN: the token)");
  app_.add_flag("--json", globals_.json, "One JSON document, or JSON lines for streams");
  app_.add_flag("--no-color", globals_.no_color, "No colours (NO_COLOR)");
  add_daemon_commands(*this);
  add_doctor_commands(*this);
  add_adapter_commands(*this);
  add_run_command(*this);
  add_session_commands(*this);
  add_log_commands(*this);
  add_action_commands(*this);
  add_attach_command(*this);
  add_terminal_commands(*this);
  add_approval_commands(*this);
  add_config_commands(*this);
  add_token_commands(*this);
  add_completion_command(*this);
}

CLI::App& Commands::add(CLI::App& parent, const std::string& name, const std::string& description,
                        Outcome<ExitCode> (*work)(Context&)) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();
  command->callback([this, work] { chosen_ = work; });
  return *command;
}

CLI::App& Commands::add_group(const std::string& name, const std::string& description) {
  CLI::App* group = app_.add_subcommand(name, description);
  group->require_subcommand(1);
  group->fallthrough();
  return *group;
}

/// The parser would only say that a command is missing.
void Commands::check_command(const std::vector<std::string>& arguments) const {
  const auto word = command_word(arguments);
  if (word == arguments.end()) return;
  std::vector<std::string> names;
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  if (std::ranges::find(names, *word) != names.end()) return;
  const std::string near = config::nearest(*word, names);
  throw CLI::ExtrasError("paddock", {near.empty() ? *word : *word + " (did you mean '" + near + "'?)"});
}

void Commands::parse(std::vector<std::string> arguments) {
  check_command(arguments);
  const auto rest = rest_of_run(arguments);
  if (rest != arguments.end()) {
    rest_.assign(rest + 1, arguments.end());
    arguments.erase(rest, arguments.end());
  }
  std::ranges::reverse(arguments);  // CLI11 takes them from the back
  app_.parse(std::move(arguments));
}

int run_commands(std::vector<std::string> arguments) {
  const bool wants_json = std::ranges::find(arguments, "--json") != arguments.end();
  Commands commands;
  try {
    commands.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return tell_usage(commands.app(), error, wants_json);
  }
  try {
    Context context(commands.globals(), config::process_environment());
    const Outcome<ExitCode> ended = commands.chosen()(context);
    return ended ? int(*ended) : tell(ended.error(), context.json());
  } catch (const std::exception& error) {
    return tell(failure(ExitCode::failed, "internal", error.what()), commands.globals().json);
  }
}

}  // namespace paddock::cli
