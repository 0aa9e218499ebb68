// show, explain: all about one session.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "main/cli/commands.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

struct KeyFlags {
  std::string session;
};

void declare_key(CLI::App& command, KeyFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
}

/// Lines of a name and a value.
class Sheet {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty() && value != "-") text_ += padded(name, kNameColumns) + one_line(value) + '\n';
  }
  const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kNameColumns = 20;  // the longest name is "memory_limit_bytes"
  std::string text_;
};

std::string since_text(const json::object& object, std::string_view key) {
  const std::string age = age_at(object, key);
  return age == "now" || age == "-" ? age : age + " ago";
}

std::string plain_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_double() ? fmt::format("{:.3f}", value.get_double()) : json::serialize(value);
}

std::string limits_text(const json::object& limits) {
  std::string text;
  const auto add = [&](std::string_view part) { text += (text.empty() ? "" : ", ") + std::string(part); };
  if (limits.contains("memory_max_bytes")) add("memory " + bytes_at(limits, "memory_max_bytes"));
  if (limits.contains("cpu_percent")) add(fmt::format("cpu {}%", count_at(limits, "cpu_percent")));
  if (limits.contains("pids_max")) add(fmt::format("pids {}", count_at(limits, "pids_max")));
  return text;
}

std::string resources_text(const json::object& resources) {
  std::string text;
  const auto add = [&](std::string_view part) { text += (text.empty() ? "" : ", ") + std::string(part); };
  if (resources.contains("memory_bytes")) add("memory " + bytes_at(resources, "memory_bytes"));
  if (resources.contains("memory_peak_bytes")) add("peak " + bytes_at(resources, "memory_peak_bytes"));
  if (const auto cpu = number_at(resources, "cpu_seconds")) add(fmt::format("cpu {:.1f}s", *cpu));
  if (resources.contains("pids")) add(fmt::format("pids {}", count_at(resources, "pids")));
  if (count_at(resources, "oom_kills") > 0) add(fmt::format("oom kills {}", count_at(resources, "oom_kills")));
  return text;
}

std::string usage_text(const json::object& usage) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view key) {
    if (usage.contains(key)) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count_at(usage, key));
  };
  add("input", "input_tokens");
  add("output", "output_tokens");
  add("cache read", "cache_read_tokens");
  add("cache write", "cache_write_tokens");
  add("reasoning", "reasoning_tokens");
  add("turns", "turns");
  if (usage.contains("cost_micros")) text += ", " + money_text(count_at(usage, "cost_micros"));
  return text;
}

std::string unenforced_text(const json::object& session) {
  std::string text;
  for (const auto limit : texts_at(session, "unenforced")) text += (text.empty() ? "" : ", ") + std::string(limit);
  return text;
}

void print_session(const json::object& session) {
  Sheet sheet;
  sheet.add("id", text_at(session, "id"));
  sheet.add("name", text_at(session, "name"));
  sheet.add("adapter", fmt::format("{} {}", text_at(session, "adapter"), text_at(session, "adapter_version")));
  sheet.add("state", fmt::format("{}  since {}, known from {}", state_text(session), age_at(session, "state_since"),
                                 text_at(session, "state_source")));
  sheet.add("detail", text_at(object_at(session, "exit"), "detail"));
  sheet.add("model", text_at(session, "model"));
  sheet.add("workdir", text_at(session, "workdir"));
  sheet.add("policy", text_at(session, "policy"));
  sheet.add("limits", limits_text(object_at(session, "limits")));
  sheet.add("unenforced", unenforced_text(session));
  sheet.add("resources", resources_text(object_at(session, "resources")));
  sheet.add("usage", usage_text(object_at(session, "usage")));
  sheet.add("created", since_text(session, "created_at"));
  if (session.contains("ended_at")) sheet.add("ended", since_text(session, "ended_at"));
  for (const json::object* approval : objects_at(session, "pending_approvals")) {
    const bool question = text_at(*approval, "type") == "question";
    sheet.add("waits for", fmt::format("{} {}", text_at(*approval, "ref"),
                                       request_text(question ? "question" : "approval_request", *approval)));
  }
  print(sheet.text());
  if (const auto result = text_at(session, "result"); !result.empty()) print("\n" + plain(result) + "\n");
}

Outcome<ExitCode> show_session(Context& context, const KeyFlags& flags) {
  const auto session = context.get(session_target(flags.session));
  if (!session) return session.error();
  if (context.json()) {
    context.print_json(*session);
  } else {
    print_session(as_object(*session));
  }
  return ExitCode::done;
}

// --- explain

/// Every rule that was tried on the screen.
void print_rules(const json::object& screen) {
  Table table({"SCREEN RULE", "PRIORITY", "HOLDS", "BECAUSE"});
  for (const json::object* tried : objects_at(screen, "tried")) {
    const json::value* holds = tried->if_contains("holds");
    const bool yes = holds != nullptr && holds->is_bool() && holds->get_bool();
    table.add({one_line(text_at(*tried, "rule")), std::to_string(count_at(*tried, "priority")), yes ? "yes" : "no",
               one_line(text_at(*tried, "why"), 80)});
  }
  if (!table.empty()) print("\n" + table.text());
}

void print_explanation(const json::object& explained) {
  const json::value* verdict = explained.if_contains("verdict");
  Sheet sheet;
  sheet.add("state", fmt::format("{}  (version {}, known from {})", state_text(explained),
                                 count_at(explained, "state_version"), text_at(explained, "state_source")));
  if (verdict != nullptr) {
    sheet.add("because", plain_text(*verdict));
  }
  for (const auto& [key, value] : object_at(explained, "kernel")) {
    sheet.add(key, plain_text(value));
  }
  print(sheet.text());
  Table table({"AGE", "SOURCE", "KIND", "ARGUES FOR", "DETAIL"});
  for (const json::object* piece : objects_at(explained, "evidence")) {
    table.add({age_text(count_at(*piece, "age_ms")), one_line(text_at(*piece, "source")),
               one_line(text_at(*piece, "kind")), one_line(text_at(*piece, "argues_for")),
               one_line(text_at(*piece, "detail"), 80)});
  }
  if (!table.empty()) print("\n" + table.text());
  print_rules(object_at(explained, "screen"));
}

Outcome<ExitCode> explain_session(Context& context, const KeyFlags& flags) {
  const auto explained = context.get(session_target(flags.session, "/explain"));
  if (!explained) return explained.error();
  if (context.json()) {
    context.print_json(*explained);
  } else {
    print_explanation(as_object(*explained));
  }
  return ExitCode::done;
}

}  // namespace

void add_show_commands(Commands& commands) {
  commands.add<KeyFlags>(commands.app(), "show", "Show one session", show_session, declare_key);
  commands.add<KeyFlags>(commands.app(), "explain", "Why a session is in its state", explain_session, declare_key);
}

}  // namespace paddock::cli
