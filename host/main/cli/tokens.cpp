// token create, list, revoke.
#include <fmt/format.h>

#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

struct CreateFlags {
  std::string name, role;
};

void declare_create(CLI::App& command, CreateFlags& flags) {
  command.add_option("NAME", flags.name, "What the token is for (default: its role)");
  command.add_option("--role", flags.role, "viewer, operator or admin")
      ->required()
      ->check(CLI::IsMember({"viewer", "operator", "admin"}));
}

struct RevokeFlags {
  std::string id;
};

void declare_revoke(CLI::App& command, RevokeFlags& flags) {
  command.add_option("ID", flags.id, "Id of a token")->required();
}

Outcome<ExitCode> create_token(Context& context, const CreateFlags& flags) {
  const std::string& name = flags.name.empty() ? flags.role : flags.name;
  const auto answer = context.post("/v1/tokens", {{"name", name}, {"role", flags.role}});
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print(one_line(text_at(as_object(*answer), "token")) + "\n");
    if (context.terminal().err) print_error("It is shown this once; the host keeps only its hash.\n");
  }
  return ExitCode::done;
}

Outcome<ExitCode> list_tokens(Context& context) {
  const auto answer = context.get("/v1/tokens");
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  Table table({"ID", "NAME", "ROLE", "CREATED"});
  for (const json::object* token : objects_at(as_object(*answer), "items")) {
    table.add({one_line(text_at(*token, "id")), one_line(text_at(*token, "name")), one_line(text_at(*token, "role")),
               one_line(text_at(*token, "created_at"))});
  }
  print(table.empty() ? "There are no tokens.\n" : table.text());
  return ExitCode::done;
}

Outcome<ExitCode> revoke_token(Context& context, const RevokeFlags& flags) {
  const auto answer = context.del("/v1/tokens/" + encoded(flags.id));
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json({{"revoked", flags.id}});
  } else {
    print(plain(flags.id) + "\n");
  }
  return ExitCode::done;
}

}  // namespace

void add_token_commands(Commands& commands) {
  CLI::App& group = commands.add_group("token", "Access tokens for TCP");
  commands.add<CreateFlags>(group, "create", "Make a token and show it once", create_token, declare_create);
  commands.add(group, "list", "List tokens", list_tokens);
  commands.add<RevokeFlags>(group, "revoke", "Make a token worthless", revoke_token, declare_revoke);
}

}  // namespace paddock::cli
