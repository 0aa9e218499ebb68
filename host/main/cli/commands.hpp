// The table of commands. Each group registers its own; parsing chooses one, which then runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "main/cli/context.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// What a command does once its flags are read.
using Work = std::function<Outcome<ExitCode>(Context&)>;

/// The parser, and what it chose.
class Commands {
 public:
  Commands();

  CLI::App& app() noexcept { return app_; }
  Globals& globals() noexcept { return globals_; }
  /// What stood after "--" of `run`.
  const std::vector<std::string>& rest() const noexcept { return rest_; }
  const Work& chosen() const noexcept { return chosen_; }
  void choose(Work work) { chosen_ = std::move(work); }

  /// Adds a command with flags of type Flags, read before `work` is called:
  /// `auto& [command, flags] = add<Flags>(...)`.
  template <class Flags>
  CLI::App& add(CLI::App& parent, const std::string& name, const std::string& description,
                Outcome<ExitCode> (*work)(Context&, const Flags&), void (*declare)(CLI::App&, Flags&)) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->fallthrough();
    auto flags = std::make_shared<Flags>();
    declare(*command, *flags);
    command->callback(
        [this, work, flags] { chosen_ = [work, flags](Context& context) { return work(context, *flags); }; });
    return *command;
  }

  /// Adds a command without flags of its own.
  CLI::App& add(CLI::App& parent, const std::string& name, const std::string& description,
                Outcome<ExitCode> (*work)(Context&));

  /// Adds a name above commands, such as `policy`.
  CLI::App& add_group(const std::string& name, const std::string& description);

  /// Reads the arguments (without the program's name). Throws CLI::ParseError, also for --help.
  void parse(std::vector<std::string> arguments);

 private:
  void check_command(const std::vector<std::string>& arguments) const;

  CLI::App app_;
  Globals globals_;
  std::vector<std::string> rest_;
  Work chosen_;
};

void add_action_commands(Commands& commands);
void add_adapter_commands(Commands& commands);
void add_attach_command(Commands& commands);
void add_approval_commands(Commands& commands);
void add_completion_command(Commands& commands);
void add_config_commands(Commands& commands);
void add_daemon_commands(Commands& commands);
void add_doctor_commands(Commands& commands);
void add_log_commands(Commands& commands);
void add_run_command(Commands& commands);
void add_session_commands(Commands& commands);
void add_show_commands(Commands& commands);  ///< part of the session commands
void add_terminal_commands(Commands& commands);
void add_token_commands(Commands& commands);

/// Runs the program: parses, does, prints problems; the exit code.
int run_commands(std::vector<std::string> arguments);

}  // namespace paddock::cli
