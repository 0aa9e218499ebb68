// Queries.
#include "store/reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"

namespace paddock::store {
namespace {

constexpr const char* kDoing = "read from";
constexpr const char* kNext = "the request has no answer";

/// A query that gives its snapshot back when it goes, also in the middle of its rows: an open one would
/// keep the log from being reset.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query() { (void)statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool step() { return statement_.executeStep(); }
  SQLite::Statement& row() noexcept { return statement_; }

 private:
  SQLite::Statement& statement_;
};

std::string question_marks(std::size_t count) {
  std::string text = "?";
  for (std::size_t i = 1; i < count; ++i) text += ",?";
  return text;
}

std::int64_t to_signed(std::uint64_t number) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

std::string events_sql(const EventFilter& filter) {
  std::string sql = fmt::format(
      "SELECT {} FROM events e LEFT JOIN ids s ON s.key=e.session LEFT JOIN ids r ON r.key=e.runtime "
      "WHERE e.seq>? AND e.seq<=?",
      event_columns);
  if (filter.sessions.size() == 1) {
    // With "=" SQLite walks the index in order and stops at the limit; with IN it sorts all of them.
    sql += " AND e.session=(SELECT key FROM ids WHERE id=?)";
  } else if (!filter.sessions.empty()) {
    sql +=
        fmt::format(" AND e.session IN (SELECT key FROM ids WHERE id IN ({}))", question_marks(filter.sessions.size()));
  }
  if (!filter.kinds.empty()) sql += fmt::format(" AND e.kind IN ({})", question_marks(filter.kinds.size()));
  if (!filter.adapters.empty()) {
    // The unary plus keeps SQLite from walking one session after the other and sorting the lot.
    sql += fmt::format(" AND +e.session IN (SELECT key FROM sessions WHERE adapter IN ({}))",
                       question_marks(filter.adapters.size()));
  }
  return sql + " ORDER BY e.seq LIMIT ?";
}

}  // namespace

base::Result<std::vector<session::Record>> Reader::sessions() {
  return guarded(kDoing, connection_->file(), kNext, [this] {
    std::vector<session::Record> records;
    Query query(connection_->statement("SELECT data FROM sessions ORDER BY key"));
    while (query.step()) records.push_back(record_of(query.row().getColumn(0).getText()));
    return records;
  });
}

std::vector<Action> Reader::read_actions(SQLite::Statement& statement) {
  std::vector<Action> actions;
  Query query(statement);
  while (query.step()) actions.push_back(action_of(query.row()));
  return actions;
}

base::Result<std::vector<Action>> Reader::open_actions() {
  return guarded(kDoing, connection_->file(), kNext, [this] {
    return read_actions(connection_->statement(
        fmt::format("SELECT {} FROM actions WHERE state IN ('accepted', 'queued') ORDER BY id", action_columns)));
  });
}

base::Result<std::vector<Token>> Reader::tokens() {
  return guarded(kDoing, connection_->file(), kNext, [this] {
    std::vector<Token> tokens;
    Query query(connection_->statement("SELECT id, name, role, sha256, created FROM tokens ORDER BY id"));
    while (query.step()) tokens.push_back(token_of(query.row()));
    return tokens;
  });
}

base::Result<std::optional<Action>> Reader::action(const base::ActionId& id) {
  return guarded(kDoing, connection_->file(), kNext, [&] {
    SQLite::Statement& statement =
        connection_->statement(fmt::format("SELECT {} FROM actions WHERE id=?", action_columns));
    statement.bind(1, id.str());
    auto found = read_actions(statement);
    return found.empty() ? std::optional<Action>() : std::optional<Action>(std::move(found.front()));
  });
}

base::Result<std::optional<Action>> Reader::action_by_ref(std::string_view type, std::string_view request_ref) {
  if (request_ref.empty()) return std::optional<Action>();
  return guarded(kDoing, connection_->file(), kNext, [&] {
    SQLite::Statement& statement = connection_->statement(
        fmt::format("SELECT {} FROM actions WHERE type=? AND request_ref=? AND request_ref<>''", action_columns));
    statement.bind(1, std::string(type));
    statement.bind(2, std::string(request_ref));
    auto found = read_actions(statement);
    return found.empty() ? std::optional<Action>() : std::optional<Action>(std::move(found.front()));
  });
}

base::Result<std::vector<Action>> Reader::actions(const base::SessionId& session, const base::ActionId& before,
                                                  std::size_t limit) {
  return guarded(kDoing, connection_->file(), kNext, [&] {
    SQLite::Statement& statement =
        connection_->statement(fmt::format("SELECT {} FROM actions WHERE id<?{} ORDER BY id DESC LIMIT ?",
                                           action_columns, session.empty() ? "" : " AND session=?"));
    int index = 0;
    statement.bind(++index, before.empty() ? std::string("b") : before.str());  // ids begin with "act_"
    if (!session.empty()) statement.bind(++index, session.str());
    statement.bind(++index, to_signed(limit));
    return read_actions(statement);
  });
}

base::Result<std::vector<event::Event>> Reader::events(std::uint64_t after, std::size_t limit,
                                                       const EventFilter& filter) {
  const std::size_t items = filter.sessions.size() + filter.kinds.size() + filter.adapters.size();
  if (items > base::limits::store_filter_items) {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("a filter has {} entries, at most {} are allowed; ask for fewer", items,
                                  base::limits::store_filter_items));
  }
  return guarded(kDoing, connection_->file(), kNext, [&] {
    Query query(connection_->statement(events_sql(filter)));
    int index = 0;
    query.row().bind(++index, to_signed(after));
    query.row().bind(++index, to_signed(filter.until));
    for (const base::SessionId& session : filter.sessions) query.row().bind(++index, session.str());
    for (const event::Kind kind : filter.kinds) query.row().bind(++index, static_cast<int>(kind));
    for (const std::string& adapter : filter.adapters) query.row().bind(++index, adapter);
    query.row().bind(++index, to_signed(limit));
    std::vector<event::Event> events;
    while (query.step()) events.push_back(event_of(query.row()));
    return events;
  });
}

base::Result<Range> Reader::range() {
  return guarded(kDoing, connection_->file(), kNext, [this] {
    Range range;
    Query query(
        connection_->statement("SELECT (SELECT min(seq) FROM events), (SELECT max(seq) FROM events), "
                               "(SELECT CAST(value AS INTEGER) FROM meta WHERE name='last_seq')"));
    if (!query.step()) return range;
    range.oldest = static_cast<std::uint64_t>(query.row().getColumn(0).getInt64());
    range.newest = static_cast<std::uint64_t>(query.row().getColumn(1).getInt64());
    range.last = std::max(range.newest, static_cast<std::uint64_t>(query.row().getColumn(2).getInt64()));
    return range;
  });
}

base::Result<std::string> Reader::adapter_of(const base::SessionId& session) {
  return guarded(kDoing, connection_->file(), kNext, [&] {
    Query query(connection_->statement("SELECT adapter FROM sessions WHERE key=(SELECT key FROM ids WHERE id=?)"));
    query.row().bind(1, session.str());
    return query.step() ? query.row().getColumn(0).getString() : std::string();
  });
}

}  // namespace paddock::store
