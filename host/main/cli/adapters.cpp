// adapter list, adapter show.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

struct ListFlags {
  bool probe = false;
};

void declare_list(CLI::App& command, ListFlags& flags) {
  command.add_flag("--probe", flags.probe, "Look again for each agent's program, version and login");
}

struct ShowFlags {
  std::string id;
};

void declare_show(CLI::App& command, ShowFlags& flags) {
  command.add_option("ADAPTER", flags.id, "Id of an adapter")->required();
}

Outcome<ExitCode> list_adapters(Context& context, const ListFlags& flags) {
  const auto answer = context.get(flags.probe ? "/v1/adapters?probe=1" : "/v1/adapters");
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  Table table({"ADAPTER", "VERSION", "STATUS", "AGENT", "LOGIN", "DETAIL"});
  for (const json::object* adapter : objects_at(as_object(*answer), "items")) {
    const json::object& probe = object_at(*adapter, "probe");
    const std::string_view message = text_at(*adapter, "message");
    table.add({one_line(text_at(*adapter, "id")), one_line(text_at(*adapter, "version")),
               one_line(text_at(*adapter, "status")), one_line(text_at(probe, "version")),
               one_line(text_at(probe, "login")), one_line(message.empty() ? text_at(probe, "detail") : message)});
  }
  print(table.empty() ? "No adapters were found.\n" : table.text());
  return ExitCode::done;
}

Outcome<ExitCode> show_adapter(Context& context, const ShowFlags& flags) {
  const auto answer = context.get("/v1/adapters/" + encoded(flags.id));
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  for (const auto& [key, value] : as_object(*answer)) {
    const std::string text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    if (!text.empty()) print(padded(one_line(key), 16) + one_line(text) + "\n");
  }
  return ExitCode::done;
}

}  // namespace

void add_adapter_commands(Commands& commands) {
  CLI::App& group = commands.add_group("adapter", "The agents this host can run");
  commands.add<ListFlags>(group, "list", "List adapters, loaded and refused", list_adapters, declare_list);
  commands.add<ShowFlags>(group, "show", "Show one adapter", show_adapter, declare_show);
}

}  // namespace paddock::cli
