// ls, show, rm, wait, explain.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/size.hpp"
#include "base/time.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;
constexpr std::size_t kMostSessions = 10'000;
constexpr std::size_t kEndedShown = 20;  // of a table; --all shows every one
constexpr std::size_t kShortestId = 12;  // "ses_" and enough to look like an id

std::int64_t now_millis() { return base::wall_now().time_since_epoch().count(); }

std::string age_at(const json::object& object, std::string_view key) {
  const auto millis = millis_at(object, key);
  return millis ? age_text(now_millis() - *millis) : "-";
}

std::string bytes_at(const json::object& object, std::string_view key) {
  const std::int64_t bytes = count_at(object, key);
  return bytes <= 0 ? "-" : base::format_size(base::ByteSize(std::uint64_t(bytes)));
}

std::string money_at(const json::object& usage) {
  return usage.contains("cost_micros") ? money_text(count_at(usage, "cost_micros")) : "-";
}

// --- ls

struct ListFlags {
  std::string state, adapter;
  bool all = false, quiet = false;
};

void declare_list(CLI::App& command, ListFlags& flags) {
  command.add_option("--state", flags.state, "Only these states, separated by commas");
  command.add_option("--adapter", flags.adapter, "Only this adapter");
  command.add_flag("-a,--all", flags.all, "Every ended session too, not only the latest 20");
  command.add_flag("-q,--quiet", flags.quiet, "Ids only");
}

/// What needs a person first; within one state the one that changed last.
void sort_by_attention(std::vector<const json::object*>& sessions) {
  std::ranges::stable_sort(sessions, [](const json::object* a, const json::object* b) {
    const int left = attention(*a);
    const int right = attention(*b);
    return left != right ? left < right : text_at(*a, "state_since") > text_at(*b, "state_since");
  });
}

/// The shortest length at which all ids differ.
std::size_t short_length(const std::vector<const json::object*>& sessions) {
  std::vector<std::string_view> ids;
  ids.reserve(sessions.size());
  for (const json::object* session : sessions) ids.push_back(text_at(*session, "id"));
  std::ranges::sort(ids);
  std::size_t length = kShortestId;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto [a, b] = std::ranges::mismatch(ids[i - 1], ids[i]);
    length = std::max(length, std::size_t(b - ids[i].begin()) + 1);
  }
  return length;
}

std::vector<std::string> row_of(const Context& context, const json::object& session, std::size_t id_length) {
  const json::object& usage = object_at(session, "usage");
  const std::string state = state_text(session);
  return {one_line(text_at(session, "id").substr(0, id_length)),
          one_line(text_at(session, "name")),
          one_line(text_at(session, "adapter")),
          attention(session) == 0 ? context.paint(Style::yellow, state) : state,
          age_at(session, "state_since"),
          bytes_at(object_at(session, "resources"), "memory_bytes"),
          count_text(tokens_of(usage)),
          money_at(usage)};
}

void print_sessions(const Context& context, const std::vector<const json::object*>& sessions, bool all) {
  Table table({"ID", "NAME", "ADAPTER", "STATE", "SINCE", "MEMORY", "TOKENS", "COST"});
  const std::size_t id_length = short_length(sessions);
  std::size_t ended = 0;
  for (const json::object* session : sessions) {
    const bool is_over = text_at(*session, "state") == "exited";
    if (is_over && ++ended > kEndedShown && !all) continue;
    table.add(row_of(context, *session, id_length));
  }
  print(table.text());
  if (!all && ended > kEndedShown) print(fmt::format("{} more have ended: paddock ls --all\n", ended - kEndedShown));
}

Outcome<ExitCode> list_sessions(Context& context, const ListFlags& flags) {
  const auto answer =
      context.list("/v1/sessions" + query_of({{"state", flags.state}, {"adapter", flags.adapter}}), kMostSessions);
  if (!answer) return answer.error();
  auto sessions = objects_at(*answer, "items");
  sort_by_attention(sessions);
  if (flags.quiet) {
    for (const json::object* session : sessions) print(fmt::format("{}\n", one_line(text_at(*session, "id"))));
  } else if (context.json()) {
    json::object sorted = *answer;
    json::array& items = sorted["items"].emplace_array();
    for (const json::object* session : sessions) items.push_back(*session);
    context.print_json(sorted);
  } else {
    print_sessions(context, sessions, flags.all);
  }
  return ExitCode::done;
}

// --- show

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

// --- rm

struct RemoveFlags {
  std::vector<std::string> sessions;
  bool force = false;
};

void declare_remove(CLI::App& command, RemoveFlags& flags) {
  command.add_option("SESSION", flags.sessions, "Ids, beginnings of ids, or names")->required();
  command.add_flag("-f,--force", flags.force, "End it first when it is living");
}

Outcome<void> end_first(const Context& context, const std::string& key) {
  const auto session = context.get(session_target(key));
  if (!session) return session.error();
  if (text_at(as_object(*session), "state") == "exited") return Outcome<void>();
  const auto killed = context.post(session_target(key, "/actions"), {{"type", "kill"}});
  if (!killed) return killed.error();
  const auto ended = context.get(session_target(key, "/wait?state=exited&timeout=30s"));
  if (!ended) return ended.error();
  return Outcome<void>();
}

Outcome<ExitCode> remove_sessions(Context& context, const RemoveFlags& flags) {
  for (const std::string& key : flags.sessions) {
    if (flags.force) {
      if (const auto ended = end_first(context, key); !ended) return ended.error();
    }
    const auto removed = context.del(session_target(key));
    if (!removed) return removed.error();
    if (!context.json()) print(plain(key) + "\n");
  }
  if (context.json()) context.print_json({{"removed", flags.sessions.size()}});
  return ExitCode::done;
}

// --- wait

struct WaitFlags {
  std::string session;
  std::string states = "exited";
  std::string timeout;
};

void declare_wait(CLI::App& command, WaitFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("--state", flags.states, "States to wait for, separated by commas")->capture_default_str();
  command.add_option("--timeout", flags.timeout, "Give up after this time, e.g. 10m, with exit code 124");
}

/// One long poll of at most an hour, the API's limit.
Outcome<json::value> wait_once(const Context& context, const WaitFlags& flags, std::chrono::milliseconds time) {
  const auto host = context.client();
  if (!host) return host.error();
  Request request;
  request.target = session_target(
      flags.session, query_of({{"state", flags.states}, {"timeout", base::format_duration(time)}}).insert(0, "/wait"));
  request.patience = std::chrono::duration_cast<std::chrono::seconds>(time) + std::chrono::seconds(60);
  return host->call_now(std::move(request));
}

Outcome<ExitCode> wait_for_session(Context& context, const WaitFlags& flags) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(1);
  std::optional<base::MonoTime> end;
  if (!flags.timeout.empty()) {
    const auto timeout = base::parse_duration(flags.timeout);
    if (!timeout) return failure(ExitCode::usage, "usage", timeout.error().detail);
    end = base::mono_now() + *timeout;
  }
  for (;;) {
    auto time = kLongest;
    if (end) time = std::min(time, std::chrono::ceil<std::chrono::milliseconds>(*end - base::mono_now()));
    const auto session = wait_once(context, flags, std::max(time, std::chrono::milliseconds(1)));
    const bool try_again = !session && session.error().exit == ExitCode::timed_out && (!end || base::mono_now() < *end);
    if (try_again) continue;
    if (!session) return session.error();
    if (context.json()) {
      context.print_json(*session);
    } else {
      print(state_text(as_object(*session)) + "\n");
    }
    return ExitCode::done;
  }
}

// --- explain

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

void add_session_commands(Commands& commands) {
  commands.add<ListFlags>(commands.app(), "ls", "List sessions, those that need you first", list_sessions,
                          declare_list);
  commands.add<KeyFlags>(commands.app(), "show", "Show one session", show_session, declare_key);
  commands.add<KeyFlags>(commands.app(), "explain", "Why a session is in its state", explain_session, declare_key);
  commands.add<WaitFlags>(commands.app(), "wait", "Wait until a session reaches a state", wait_for_session,
                          declare_wait);
  commands.add<RemoveFlags>(commands.app(), "rm", "Forget ended sessions", remove_sessions, declare_remove);
}

}  // namespace paddock::cli
