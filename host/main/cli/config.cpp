// policy list|show|check, config show|check. The checks need no host.
#include <filesystem>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "config/load.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Failure failure_of(const config::Problems& problems) {
  Failure made = failure(config::to_error(problems));
  made.exit = ExitCode::failed;
  return made;
}

/// Problems as a compiler writes them on standard error; with --json as the problem object.
Outcome<ExitCode> tell_problems(const Context& context, const config::Problems& problems) {
  if (context.json()) return failure_of(problems);
  print_error(plain(config::to_string(problems)));
  return ExitCode::failed;
}

// --- policy

struct NameFlags {
  std::string name;
};

void declare_name(CLI::App& command, NameFlags& flags) {
  command.add_option("NAME", flags.name, "Name of a policy")->required();
}

struct FileFlags {
  std::vector<std::string> files;
};

void declare_files(CLI::App& command, FileFlags& flags) {
  command.add_option("FILE", flags.files, "Files or folders")->required();
}

std::string budget_text(const json::object& budget) {
  std::string text;
  if (budget.contains("cost_micros")) text = money_text(count_at(budget, "cost_micros"));
  if (budget.contains("tokens")) {
    text += fmt::format("{}{} tokens", text.empty() ? "" : ", ", count_text(count_at(budget, "tokens")));
  }
  return text.empty() ? "-" : text;
}

Outcome<ExitCode> list_policies(Context& context) {
  const auto answer = context.get("/v1/policies");
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  Table table({"POLICY", "APPROVALS", "RULES", "YOLO", "BUDGET"});
  for (const json::object* policy : objects_at(as_object(*answer), "items")) {
    const json::object& approvals = object_at(*policy, "approvals");
    table.add({one_line(text_at(*policy, "name")), one_line(text_at(approvals, "default")),
               std::to_string(objects_at(approvals, "rules").size()), flag_at(*policy, "yolo") ? "allow" : "deny",
               budget_text(object_at(*policy, "budget"))});
  }
  print(table.text());
  return ExitCode::done;
}

Outcome<ExitCode> show_policy(Context& context, const NameFlags& flags) {
  const auto answer = context.get("/v1/policies/" + encoded(flags.name));
  if (!answer) return answer.error();
  if (context.json()) {
    context.print_json(*answer);
    return ExitCode::done;
  }
  for (const auto& [key, value] : as_object(*answer)) {
    const std::string text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    print(padded(one_line(key), 14) + one_line(text) + "\n");
  }
  return ExitCode::done;
}

Outcome<ExitCode> check_policies(Context& context, const FileFlags& flags) {
  json::array names;
  for (const std::string& file : flags.files) {
    const auto loaded = config::load_policies({file});
    if (!loaded) return tell_problems(context, loaded.error());
    for (const auto& [name, policy] : loaded->policies) {
      const bool is_built_in = name == "default" && policy == policy::Policy();
      if (!is_built_in) names.push_back(json::string(name));
    }
    if (!context.json()) print(fmt::format("{}: ok\n", plain(file)));
  }
  if (context.json()) context.print_json({{"ok", true}, {"policies", std::move(names)}});
  return ExitCode::done;
}

// --- config

struct CheckFlags {
  std::string file;
};

void declare_check(CLI::App& command, CheckFlags& flags) {
  command.add_option("FILE", flags.file, "Default: the file the host would read");
}

fs::path host_file(const Context& context) {
  const auto named = context.environment()("PADDOCK_CONFIG");
  return named ? fs::path(*named) : config::default_config_file(context.environment());
}

Outcome<ExitCode> check_config(Context& context, const CheckFlags& flags) {
  const fs::path file = flags.file.empty() ? host_file(context) : fs::path(flags.file);
  std::error_code ec;
  if (flags.file.empty() && (file.empty() || !fs::exists(file, ec))) {
    if (context.json()) {
      context.print_json({{"ok", true}, {"file", nullptr}});
    } else {
      print(fmt::format("There is no '{}'; the defaults hold.\n", plain(file.string())));
    }
    return ExitCode::done;
  }
  const auto loaded = config::load_host_file(file);
  if (!loaded) return tell_problems(context, loaded.error());
  if (context.json()) {
    context.print_json({{"ok", true}, {"file", file.string()}});
  } else {
    print(fmt::format("{}: ok\n", plain(file.string())));
  }
  return ExitCode::done;
}

template <class Paths>
json::array paths_json(const Paths& paths) {
  json::array out;
  for (const auto& path : paths) out.push_back(json::string(fs::path(path).string()));
  return out;
}

/// What a host started here, without flags, would do.
Outcome<ExitCode> show_config(Context& context) {
  const auto settings = local_settings(context.environment());
  if (!settings) return settings.error();
  json::object out;
  out["config"] = host_file(context).string();
  out["state_dir"] = settings->state_dir.string();
  out["socket"] = settings->socket.string();
  out["listen"] = settings->listen
                      ? json::value(fmt::format("{}:{}", settings->listen->address, settings->listen->port))
                      : json::value(nullptr);
  out["adapter_dirs"] = paths_json(settings->adapter_dirs);
  out["adapters_allow"] = paths_json(settings->adapters_allow);
  out["adapters_required"] = paths_json(settings->adapters_required);
  // Their options may hold what is nobody's business.
  json::array& entries = out["adapter_entries"].emplace_array();
  for (const auto& entry : settings->adapter_entries) entries.push_back(json::string(entry.id + ": " + entry.library));
  out["policies"] = paths_json(settings->policy_places);
  out["cgroup_base"] = settings->cgroup_base;
  out["metrics_max_sessions"] = settings->metrics_max_sessions;
  if (context.json()) {
    context.print_json(out);
    return ExitCode::done;
  }
  for (const auto& [key, value] : out) {
    print(padded(key, 22) + one_line(value.is_string() ? std::string(value.get_string()) : json::serialize(value)) +
          "\n");
  }
  return ExitCode::done;
}

}  // namespace

void add_config_commands(Commands& commands) {
  CLI::App& policy = commands.add_group("policy", "What sessions may do and use");
  commands.add(policy, "list", "List the policies in force", list_policies);
  commands.add<NameFlags>(policy, "show", "Show one policy", show_policy, declare_name);
  commands.add<FileFlags>(policy, "check", "Check policy files without a host", check_policies, declare_files);
  CLI::App& config = commands.add_group("config", "How the host is set up");
  commands.add(config, "show", "Show what a host started here would do", show_config);
  commands.add<CheckFlags>(config, "check", "Check a configuration file without a host", check_config, declare_check);
}

}  // namespace paddock::cli
