// approvals: everything that waits for a person.
#include <fmt/format.h>

#include "base/time.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;
constexpr std::size_t kMostApprovals = 10'000;

std::string age_of(const json::object& approval) {
  const auto asked = millis_at(approval, "asked_at");
  return asked ? age_text(base::wall_now().time_since_epoch().count() - *asked) : "-";
}

Outcome<ExitCode> list_approvals(Context& context) {
  const auto answer = context.list("/v1/approvals?state=pending", kMostApprovals);
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  Table table({"SESSION", "REF", "ASKED", "WHAT"});
  for (const json::object* approval : objects_at(*answer, "items")) {
    const bool question = text_at(*approval, "kind") == "question";
    const std::string_view name = text_at(*approval, "name");
    table.add({one_line(name.empty() ? text_at(*approval, "session") : name), one_line(text_at(*approval, "ref")),
               age_of(*approval),
               request_text(question ? "question" : "approval_request", object_at(*approval, "data"))});
  }
  if (table.empty()) {
    print("Nothing waits for you.\n");
  } else {
    print(table.text());
    if (context.terminal().out) print("\npaddock approve SESSION [REF], or deny; answer SESSION TEXT for a question\n");
  }
  return ExitCode::done;
}

}  // namespace

void add_approval_commands(Commands& commands) {
  commands.add(commands.app(), "approvals", "List everything that waits for a person", list_approvals);
}

}  // namespace paddock::cli
