// Binding and reading of every table.
#include "store/rows.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"

namespace paddock::store {
namespace json = boost::json;
namespace {

constexpr std::size_t kKeys = 8192;

const char* const kInsertEvent =
    "INSERT INTO events (seq, number, time, observed, session, runtime, kind, channel, src_begin, src_end, partial, "
    "ref, "
    "action, data) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (runtime, number) WHERE runtime IS NOT NULL AND "
    "number <> 0 DO NOTHING";

constexpr std::array<Action::State, 5> kStates{Action::State::accepted, Action::State::queued, Action::State::applied,
                                               Action::State::rejected, Action::State::failed};

std::int64_t ms_of(base::WallTime time) { return time.time_since_epoch().count(); }
base::WallTime time_of(std::int64_t ms) { return base::WallTime(std::chrono::milliseconds(ms)); }

std::string_view text_at(SQLite::Statement& row, int index) {
  const SQLite::Column column = row.getColumn(index);
  const char* text = column.getText("");
  return {text, static_cast<std::size_t>(column.getBytes())};
}

json::value parsed(std::string_view text) {
  json::parse_options options;
  options.max_depth = base::limits::json_depth * 2;
  options.allow_invalid_utf8 = true;  // agents write what they like; it was stored as it came
  boost::system::error_code ec;
  json::value value = json::parse(text, ec, {}, options);
  if (ec) throw Unreadable(fmt::format("a row's JSON is broken ({})", ec.message()));
  return value;
}

json::object parsed_object(std::string_view text) {
  json::value value = parsed(text);
  if (!value.is_object()) throw Unreadable("a row's JSON is not an object");
  return std::move(value.get_object());
}

template <class T>
T id_of(std::string_view text) {
  auto id = T::parse(text);
  if (!id) throw Unreadable(id.error().detail);
  return std::move(*id);
}

template <class Enum>
Enum enum_of(std::int64_t number, Enum last) {
  if (number < 0 || number > static_cast<std::int64_t>(last)) {
    throw Unreadable(fmt::format("a row holds the unknown number {}", number));
  }
  return static_cast<Enum>(number);
}

Action::State state_of(std::string_view text) {
  const auto* at = std::ranges::find_if(kStates, [text](Action::State state) { return name(state) == text; });
  if (at == kStates.end()) throw Unreadable(fmt::format("an action's state '{}' is not known", text));
  return *at;
}

std::vector<std::uint64_t> seqs_of(std::string_view text) {
  const json::value value = parsed(text);
  if (!value.is_array()) throw Unreadable("an action's events are not a list");
  std::vector<std::uint64_t> seqs;
  for (const json::value& item : value.get_array()) {
    if (!item.is_int64()) throw Unreadable("an action's events are not numbers");
    seqs.push_back(static_cast<std::uint64_t>(item.get_int64()));
  }
  return seqs;
}

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

const char* const event_columns =
    "e.seq, e.number, e.time, e.observed, s.id, r.id, e.kind, e.channel, e.src_begin, e.src_end, e.partial, e.ref, "
    "e.action, e.data";

event::Event event_of(SQLite::Statement& row) {
  event::Event event;
  event.seq = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
  event.number = static_cast<std::uint64_t>(row.getColumn(1).getInt64());
  event.time = time_of(row.getColumn(2).getInt64());
  event.observed_at = time_of(row.getColumn(3).getInt64());
  if (!row.isColumnNull(4)) event.session = id_of<base::SessionId>(text_at(row, 4));
  if (!row.isColumnNull(5)) event.runtime = id_of<base::RuntimeId>(text_at(row, 5));
  event.kind = enum_of(row.getColumn(6).getInt64(), event::Kind::unknown);
  event.source.channel = enum_of(row.getColumn(7).getInt64(), event::Channel::host);
  event.source.begin = static_cast<std::uint64_t>(row.getColumn(8).getInt64());
  event.source.end = static_cast<std::uint64_t>(row.getColumn(9).getInt64());
  event.partial = row.getColumn(10).getInt64() != 0;
  event.ref = text_at(row, 11);
  if (!row.isColumnNull(12)) event.action = id_of<base::ActionId>(text_at(row, 12));
  event.data = parsed_object(text_at(row, 13));
  return event;
}

const char* const action_columns =
    "id, session, type, request_ref, body_hash, body, state, code, detail, events, created, updated";

Action action_of(SQLite::Statement& row) {
  Action action;
  action.id = id_of<base::ActionId>(text_at(row, 0));
  if (const auto session = text_at(row, 1); !session.empty()) action.session = id_of<base::SessionId>(session);
  action.type = text_at(row, 2);
  action.request_ref = text_at(row, 3);
  action.body_hash = text_at(row, 4);
  action.body = parsed_object(text_at(row, 5));
  action.state = state_of(text_at(row, 6));
  action.code = text_at(row, 7);
  action.detail = text_at(row, 8);
  action.events = seqs_of(text_at(row, 9));
  action.created_at = time_of(row.getColumn(10).getInt64());
  action.updated_at = time_of(row.getColumn(11).getInt64());
  return action;
}

Token token_of(SQLite::Statement& row) {
  Token token;
  token.id = id_of<base::TokenId>(text_at(row, 0));
  token.name = text_at(row, 1);
  token.role = text_at(row, 2);
  token.sha256 = text_at(row, 3);
  token.created_at = time_of(row.getColumn(4).getInt64());
  return token;
}

session::Record record_of(std::string_view text) {
  auto record = session::record_from_json(parsed_object(text));
  if (!record) throw Unreadable(record.error().detail);
  return std::move(*record);
}

}  // namespace paddock::store
