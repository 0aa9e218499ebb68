// completion: scripts for shells, made from the table of commands itself.
#include <fmt/format.h>

#include "main/cli/commands.hpp"

namespace paddock::cli {
namespace {

/// One place in the table: the words that lead there, and what may follow.
struct Place {
  std::string path;  ///< "paddock policy"
  std::string description;
  std::vector<const CLI::App*> commands;
  std::vector<const CLI::Option*> options;
  bool takes_session = false;
};

Place place_of(const CLI::App& app, const std::string& path) {
  Place place{path, app.get_description(), app.get_subcommands([](const CLI::App*) { return true; }), {}, false};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (!option->get_lnames().empty()) place.options.push_back(option);
    if (option->get_lnames().empty() && option->get_name() == "SESSION") place.takes_session = true;
  }
  return place;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
  Place place = place_of(app, path);
  const auto below = place.commands;
  places.push_back(std::move(place));
  for (const CLI::App* command : below) collect(*command, path + " " + command->get_name(), places);
}

std::string flag_of(const CLI::Option& option) { return "--" + option.get_lnames().front(); }

/// For a place in single quotes of a shell.
std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string words_of(const Place& place, const Place& root) {
  std::string words;
  for (const CLI::App* command : place.commands) words += command->get_name() + " ";
  for (const CLI::Option* option : place.options) words += flag_of(*option) + " ";
  if (&place != &root) {
    for (const CLI::Option* option : root.options) {
      if (flag_of(*option) != "--help" && flag_of(*option) != "--version") words += flag_of(*option) + " ";
    }
  }
  if (!words.empty()) words.pop_back();
  return words;
}

constexpr std::string_view kBashHead = R"sh(# bash completion of paddock
_paddock() {
  local cur=${COMP_WORDS[COMP_CWORD]} path=paddock word words= sessions=
  local -i i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$path $word" in
)sh";

constexpr std::string_view kBashTail = R"sh(  esac
  if [[ -n $sessions && $cur != -* ]]; then
    words="$words $(paddock ls --quiet 2>/dev/null)"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _paddock paddock
)sh";

/// Every path but the first as patterns of a shell's `case`.
std::string patterns_of(const std::vector<Place>& places) {
  std::string patterns;
  for (const Place& place : places) {
    if (&place != &places.front()) patterns += fmt::format("{}'{}'", patterns.empty() ? "" : "|", place.path);
  }
  return patterns;
}

std::string bash_script(const std::vector<Place>& places) {
  std::string script(kBashHead);
  script +=
      fmt::format("      {}) path=\"$path $word\" ;;\n    esac\n  done\n  case \"$path\" in\n", patterns_of(places));
  for (const Place& place : places) {
    script += fmt::format("    '{}') words='{}'{} ;;\n", place.path, words_of(place, places.front()),
                          place.takes_session ? " sessions=1" : "");
  }
  return script.append(kBashTail);
}

constexpr std::string_view kZshHead = R"sh(#compdef paddock
# zsh completion of paddock
_paddock() {
  local place=paddock word
  local -a entries
  for word in ${words[2,CURRENT-1]}; do
    case "$place $word" in
)sh";

constexpr std::string_view kZshTail = R"sh(  esac
  _describe -t commands paddock entries
}
compdef _paddock paddock
)sh";

std::string zsh_script(const std::vector<Place>& places) {
  std::string script(kZshHead);
  script += fmt::format("      ({}) place=\"$place $word\" ;;\n    esac\n  done\n  case \"$place\" in\n",
                        patterns_of(places));
  for (const Place& place : places) {
    script += fmt::format("    ('{}') entries=(", place.path);
    for (const CLI::App* command : place.commands) {
      script += quoted(command->get_name() + ":" + command->get_description()) + " ";
    }
    for (const CLI::Option* option : place.options) {
      script += quoted(flag_of(*option) + ":" + option->get_description()) + " ";
    }
    if (place.takes_session) script += "${(f)\"$(paddock ls --quiet 2>/dev/null)\"} ";
    script += ") ;;\n";
  }
  return script.append(kZshTail);
}

/// The condition under which the words of `place` are offered.
std::string fish_condition(const Place& place) {
  const std::size_t blank = place.path.find(' ');
  if (blank == std::string::npos) return "__fish_use_subcommand";
  std::string condition;
  std::string rest = place.path.substr(blank + 1);
  for (std::size_t end = rest.find(' ');; end = rest.find(' ')) {
    condition +=
        fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", rest.substr(0, end));
    if (end == std::string::npos) return condition;
    rest.erase(0, end + 1);
  }
}

std::string fish_script(const std::vector<Place>& places) {
  std::string script = "# fish completion of paddock\n";
  for (const Place& place : places) {
    const std::string condition = quoted(fish_condition(place));
    for (const CLI::App* command : place.commands) {
      script += fmt::format("complete -c paddock -f -n {} -a {} -d {}\n", condition, command->get_name(),
                            quoted(command->get_description()));
    }
    for (const CLI::Option* option : place.options) {
      script += fmt::format("complete -c paddock -n {} -l {} -d {}\n", condition, option->get_lnames().front(),
                            quoted(option->get_description()));
    }
    if (place.takes_session) {
      script += fmt::format("complete -c paddock -f -n {} -a '(paddock ls --quiet 2>/dev/null)'\n", condition);
    }
  }
  return script;
}

void add_script(Commands& commands, CLI::App& group, const std::string& shell,
                std::string (*script)(const std::vector<Place>&)) {
  CLI::App* command = group.add_subcommand(shell, "Completion for " + shell);
  command->fallthrough();
  command->callback([&commands, script] {
    commands.choose([&commands, script](Context&) -> Outcome<ExitCode> {
      std::vector<Place> places;
      collect(commands.app(), "paddock", places);
      print(script(places));
      return ExitCode::done;
    });
  });
}

}  // namespace

void add_completion_command(Commands& commands) {
  CLI::App& group = commands.add_group("completion", "Scripts that complete commands in a shell");
  add_script(commands, group, "bash", bash_script);
  add_script(commands, group, "zsh", zsh_script);
  add_script(commands, group, "fish", fish_script);
}

}  // namespace paddock::cli
