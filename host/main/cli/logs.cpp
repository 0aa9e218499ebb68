// logs, watch: events as lines.
#include "main/cli/logs.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/follow.hpp"
#include "main/cli/run_now.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr std::size_t kPage = 1000;  // the API's largest

/// Prints events: as JSON lines, or as "12:34:56  kind  what".
class EventPrinter {
 public:
  EventPrinter(const Context& context, bool with_session) : context_(context), with_session_(with_session) {}

  void operator()(const json::object& event) const {
    if (context_.json()) return context_.print_json(event);
    if (flag_at(object_at(event, "data"), "partial")) return;  // the whole message follows
    const std::string_view time = text_at(event, "time");
    const std::string_view kind = text_at(event, "kind");
    std::string line = context_.paint(Style::dim, time.size() >= 19 ? time.substr(11, 8) : time) + "  ";
    if (with_session_) line += context_.paint(Style::dim, padded(one_line(text_at(event, "session")), 30)) + "  ";
    line += context_.paint(style_of(kind), padded(one_line(kind), 17)) + "  ";
    const std::size_t used = 29 + (with_session_ ? 32 : 0);
    const std::size_t columns = context_.terminal().columns;
    const std::size_t left = context_.terminal().out ? (columns > used + 20 ? columns - used : 20) : 0;
    print(line + one_line(summary_of(event), left) + "\n");
  }

 private:
  static Style style_of(std::string_view kind) {
    if (kind == "error") return Style::red;
    if (kind == "approval_request" || kind == "question") return Style::yellow;
    if (kind == "message") return Style::bold;
    return kind == "tool_call" || kind == "tool_result" ? Style::cyan : Style::dim;
  }

  const Context& context_;
  bool with_session_;
};

// --- logs

struct LogFlags {
  std::string session;
  std::int64_t after = 0;
  bool follow = false, raw = false;
};

void declare_logs(CLI::App& command, LogFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_flag("-f,--follow", flags.follow, "Go on until the session ends");
  command.add_flag("--raw", flags.raw, "The bytes the agent wrote instead of the events");
  command.add_option("--after", flags.after, "Only events after this seq (with --raw: bytes from this offset)")
      ->check(CLI::NonNegativeNumber);
}

asio::awaitable<Outcome<ExitCode>> follow_events(Client client, const LogFlags& flags, const EventPrinter& printer) {
  Request request;
  request.target = session_target(flags.session);
  const auto session = co_await client.call(std::move(request));
  if (!session) co_return session.error();
  const std::string id(text_at(as_object(*session), "id"));
  bool ended = false;
  const std::function<void(const json::object&)> use = [&](const json::object& event) {
    printer(event);
    ended = is_end(event);
  };
  auto cursor = co_await past_events(client, id, flags.after, use);
  if (!cursor) co_return cursor.error();
  ended = ended || text_at(as_object(*session), "state") == "exited";
  Follow follow(client, "session=" + encoded(id), std::move(*cursor));
  while (flags.follow && !ended) {
    const auto event = co_await follow.next();
    if (!event) co_return event.error();
    use(*event);
  }
  co_return ExitCode::done;
}

/// Bytes for a terminal: made safe, with a character that is cut in two kept for the next time.
class SafeBytes {
 public:
  std::string take(std::string_view bytes) {
    held_ += bytes;
    std::size_t whole = held_.size();
    for (std::size_t back = 1; back <= 3 && back <= held_.size(); ++back) {
      const auto byte = static_cast<unsigned char>(held_[held_.size() - back]);
      if (byte < 0x80) break;
      if (byte >= 0xC0) {
        if (base::utf8_length(std::string_view(held_).substr(held_.size() - back)) == 0) whole = held_.size() - back;
        break;
      }
    }
    std::string safe = plain(std::string_view(held_).substr(0, whole));
    held_.erase(0, whole);
    return safe;
  }

 private:
  std::string held_;
};

asio::awaitable<Outcome<ExitCode>> follow_bytes(Client client, const LogFlags& flags, bool is_terminal) {
  SafeBytes safe;
  std::string target = session_target(flags.session, fmt::format("/output?offset={}", flags.after));
  target += flags.follow ? "&follow=1" : "&limit=1048576";
  auto opened = co_await client.open(std::move(target), "application/octet-stream");
  if (!opened) co_return opened.error();
  for (;;) {
    const auto piece = co_await (*opened)->read();
    if (!piece) co_return piece.error();
    if (!*piece) co_return ExitCode::done;
    print(is_terminal ? safe.take(**piece) : **piece);
  }
}

Outcome<ExitCode> show_logs(Context& context, const LogFlags& flags) {
  auto client = context.client();
  if (!client) return client.error();
  if (flags.raw) return run_now(follow_bytes(std::move(*client), flags, context.terminal().out));
  return run_now(follow_events(std::move(*client), flags, EventPrinter(context, false)));
}

// --- watch

struct WatchFlags {
  std::string session, kind, adapter, cursor;
};

void declare_watch(CLI::App& command, WatchFlags& flags) {
  command.add_option("--session", flags.session, "Only these sessions, separated by commas");
  command.add_option("--kind", flags.kind, "Only these kinds of events, separated by commas");
  command.add_option("--adapter", flags.adapter, "Only this adapter");
  command.add_option("--cursor", flags.cursor, "Go on after this one: STREAM:SEQ (seq 0: everything that is kept)");
}

asio::awaitable<Outcome<ExitCode>> watch_events(Client client, const WatchFlags& flags, const EventPrinter& printer) {
  std::string filter = query_of({{"session", flags.session}, {"kind", flags.kind}, {"adapter", flags.adapter}});
  if (!filter.empty()) filter.erase(0, 1);
  Follow follow(std::move(client), std::move(filter), flags.cursor);
  for (;;) {
    const auto event = co_await follow.next();
    if (!event) co_return event.error();
    printer(*event);
  }
}

Outcome<ExitCode> watch(Context& context, const WatchFlags& flags) {
  auto client = context.client();
  if (!client) return client.error();
  return run_now(watch_events(std::move(*client), flags, EventPrinter(context, true)));
}

}  // namespace

bool is_end(const json::object& event) {
  return text_at(event, "kind") == "state" && text_at(object_at(event, "data"), "state") == "exited";
}

asio::awaitable<Outcome<std::string>> past_events(const Client& client, std::string session, std::int64_t after,
                                                  const std::function<void(const json::object&)>& use) {
  for (;;) {
    Request request;
    request.target = session_target(session, fmt::format("/events?after={}&limit={}", after, kPage));
    const auto answer = co_await client.call(std::move(request));
    if (!answer) co_return answer.error();
    const json::object& page = as_object(*answer);
    const auto events = objects_at(page, "items");
    for (const json::object* event : events) {
      after = count_at(*event, "seq");
      use(*event);
    }
    if (events.size() >= kPage) continue;
    std::string_view cursor = text_at(page, "cursor");
    if (after == 0) co_return std::string(cursor);
    co_return fmt::format("{}:{}", cursor.substr(0, cursor.rfind(':')), after);
  }
}

void add_log_commands(Commands& commands) {
  commands.add<LogFlags>(commands.app(), "logs", "Show what a session did", show_logs, declare_logs);
  commands.add<WatchFlags>(commands.app(), "watch", "Show what all sessions do, as it happens", watch, declare_watch);
}

}  // namespace paddock::cli
