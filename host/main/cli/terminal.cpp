// screen.
#include <boost/json/array.hpp>

#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

struct ScreenFlags {
  std::string session;
  std::size_t scrollback = 0;
};

void declare_screen(CLI::App& command, ScreenFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("--scrollback", flags.scrollback, "So many lines above the screen, too");
}

void print_lines(const std::vector<std::string_view>& lines, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) print(plain(lines[i]) + "\n");
}

void print_screen(const json::object& screen) {
  const auto above = texts_at(screen, "scrollback");
  print_lines(above, above.size());
  const auto lines = texts_at(screen, "lines");
  std::size_t used = lines.size();
  while (used > 0 && lines[used - 1].empty()) --used;
  print_lines(lines, used);
}

Outcome<ExitCode> show_screen(Context& context, const ScreenFlags& flags) {
  const std::string wanted = flags.scrollback == 0 ? "" : std::to_string(flags.scrollback);
  const auto screen = context.get(session_target(flags.session, "/screen" + query_of({{"scrollback", wanted}})));
  if (!screen) return screen.error();
  if (context.json()) {
    context.print_json(*screen);
  } else {
    print_screen(as_object(*screen));
  }
  return ExitCode::done;
}

}  // namespace

void add_terminal_commands(Commands& commands) {
  commands.add<ScreenFlags>(commands.app(), "screen", "What an interactive session's screen shows", show_screen,
                            declare_screen);
}

}  // namespace paddock::cli
