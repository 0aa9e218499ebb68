// ls, rm, wait.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

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

}  // namespace

void add_session_commands(Commands& commands) {
  commands.add<ListFlags>(commands.app(), "ls", "List sessions, those that need you first", list_sessions,
                          declare_list);
  add_show_commands(commands);
  commands.add<WaitFlags>(commands.app(), "wait", "Wait until a session reaches a state", wait_for_session,
                          declare_wait);
  commands.add<RemoveFlags>(commands.app(), "rm", "Forget ended sessions", remove_sessions, declare_remove);
}

}  // namespace paddock::cli
