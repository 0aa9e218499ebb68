// Writing the values of a batch into every table.
#include "store/rows.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace paddock::store {
namespace json = boost::json;
namespace {

constexpr std::size_t kKeys = 8192;

const char* const kInsertEvent =
    "INSERT INTO events (seq, number, time, observed, session, runtime, kind, channel, src_begin, src_end, partial, "
    "ref, "
    "action, data) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (runtime, number) WHERE runtime IS NOT NULL AND "
    "number <> 0 DO NOTHING";

std::int64_t ms_of(base::WallTime time) { return time.time_since_epoch().count(); }

}  // namespace

std::string_view name(Action::State state) noexcept {
  switch (state) {
    case Action::State::accepted: return "accepted";
    case Action::State::queued: return "queued";
    case Action::State::applied: return "applied";
    case Action::State::rejected: return "rejected";
    case Action::State::failed: break;
  }
  return "failed";
}

bool Batch::empty() const noexcept {
  return events.empty() && sessions.empty() && actions.empty() && forget.empty() && tokens.empty() && revoke.empty();
}

RowWriter::RowWriter(Connection& connection) : connection_(connection) {
  last_seq_ = static_cast<std::uint64_t>(
      connection_.number("SELECT max(coalesce((SELECT max(seq) FROM events), 0), "
                         "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name='last_seq'), 0))"));
}

void RowWriter::rolled_back(std::uint64_t last_seq) {
  keys_.clear();
  last_seq_ = last_seq;
}

void RowWriter::write(Batch& batch) {
  for (event::Event& event : batch.events) event.seq = insert(event) ? ++last_seq_ : 0;
  for (const session::Record& record : batch.sessions) put(record);
  for (const Action& action : batch.actions) put(action);
  for (const base::SessionId& session : batch.forget) forget(session);
  for (const Token& token : batch.tokens) put(token);
  for (const base::TokenId& id : batch.revoke) {
    SQLite::Statement& statement = connection_.statement("DELETE FROM tokens WHERE id=?");
    statement.bindNoCopy(1, id.str());
    statement.exec();
  }
}

bool RowWriter::insert(const event::Event& event) {
  const bool of_session = !event.session.empty();
  const bool of_runtime = !event.runtime.empty();
  const std::int64_t session = of_session ? key_of(event.session.str()) : 0;
  const std::int64_t runtime = of_runtime ? key_of(event.runtime.str()) : 0;
  SQLite::Statement& row = connection_.statement(kInsertEvent);
  row.bind(1, static_cast<std::int64_t>(last_seq_ + 1));
  row.bind(2, static_cast<std::int64_t>(event.number));
  row.bind(3, ms_of(event.time));
  row.bind(4, ms_of(event.observed_at));
  if (of_session) row.bind(5, session);
  if (of_runtime) row.bind(6, runtime);
  row.bind(7, static_cast<int>(event.kind));
  row.bind(8, static_cast<int>(event.source.channel));
  row.bind(9, static_cast<std::int64_t>(event.source.begin));
  row.bind(10, static_cast<std::int64_t>(event.source.end));
  row.bind(11, event.partial ? 1 : 0);
  if (!event.ref.empty()) row.bindNoCopy(12, event.ref);
  if (event.action) row.bindNoCopy(13, event.action->str());
  row.bindNoCopy(14, text_of(event.data));
  return row.exec() != 0;
}

void RowWriter::put(const session::Record& record) {
  const std::int64_t key = key_of(record.id.str());
  SQLite::Statement& row = connection_.statement(
      "INSERT INTO sessions (key, adapter, data) VALUES (?,?,?) ON CONFLICT (key) DO UPDATE SET "
      "adapter=excluded.adapter, data=excluded.data");
  const json::object stored = session::to_stored(record);
  row.bind(1, key);
  row.bindNoCopy(2, record.adapter);
  row.bindNoCopy(3, text_of(stored));
  row.exec();
}

void RowWriter::put(const Action& action) {
  SQLite::Statement& row = connection_.statement(
      "INSERT INTO actions (id, session, type, request_ref, body_hash, body, state, code, detail, events, created, "
      "updated) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET session=excluded.session, "
      "type=excluded.type, request_ref=excluded.request_ref, body_hash=excluded.body_hash, body=excluded.body, "
      "state=excluded.state, code=excluded.code, detail=excluded.detail, events=excluded.events, "
      "created=excluded.created, updated=excluded.updated");
  const std::string events = json::serialize(json::array(action.events.begin(), action.events.end()));
  row.bindNoCopy(1, action.id.str());
  row.bindNoCopy(2, action.session.str());
  row.bindNoCopy(3, action.type);
  row.bindNoCopy(4, action.request_ref);
  row.bindNoCopy(5, action.body_hash);
  row.bindNoCopy(6, text_of(action.body));
  row.bind(7, std::string(name(action.state)));
  row.bindNoCopy(8, action.code);
  row.bindNoCopy(9, action.detail);
  row.bindNoCopy(10, events);
  row.bind(11, ms_of(action.created_at));
  row.bind(12, ms_of(action.updated_at));
  row.exec();
}

void RowWriter::put(const Token& token) {
  SQLite::Statement& row =
      connection_.statement("INSERT INTO tokens (id, name, role, sha256, created) VALUES (?,?,?,?,?)");
  row.bindNoCopy(1, token.id.str());
  row.bindNoCopy(2, token.name);
  row.bindNoCopy(3, token.role);
  row.bindNoCopy(4, token.sha256);
  row.bind(5, ms_of(token.created_at));
  row.exec();
}

void RowWriter::forget(const base::SessionId& session) {
  // The sequence never goes back, also when its newest events are deleted here.
  SQLite::Statement& mark = connection_.statement(
      "INSERT INTO meta (name, value) VALUES ('last_seq', ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value");
  const std::string last = std::to_string(last_seq_);
  mark.bindNoCopy(1, last);
  mark.exec();
  const std::int64_t key = key_of(session.str());
  for (const char* sql :
       {"DELETE FROM ids WHERE key IN (SELECT DISTINCT runtime FROM events WHERE session=?)",
        "DELETE FROM events WHERE session=?", "DELETE FROM sessions WHERE key=?", "DELETE FROM ids WHERE key=?"}) {
    SQLite::Statement& statement = connection_.statement(sql);
    statement.bind(1, key);
    statement.exec();
  }
  SQLite::Statement& actions = connection_.statement("DELETE FROM actions WHERE session=?");
  actions.bindNoCopy(1, session.str());
  actions.exec();
  keys_.clear();
}

std::int64_t RowWriter::key_of(const std::string& id) {
  if (const auto at = keys_.find(id); at != keys_.end()) return at->second;
  // The update that changes nothing makes RETURNING answer for a known id too.
  SQLite::Statement& row = connection_.statement(
      "INSERT INTO ids (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET id=excluded.id RETURNING key");
  row.bindNoCopy(1, id);
  if (!row.executeStep()) throw Unreadable("an id got no key");
  const std::int64_t key = row.getColumn(0).getInt64();
  row.reset();
  if (keys_.size() >= kKeys) keys_.clear();
  keys_.emplace(id, key);
  return key;
}

const std::string& RowWriter::text_of(const json::object& object) {
  serializer_.reset(&object);
  text_.clear();
  while (!serializer_.done()) {
    std::array<char, 4096> part{};
    const auto read = serializer_.read(part.data(), part.size());
    text_.append(read.data(), read.size());
  }
  return text_;
}

}  // namespace paddock::store
