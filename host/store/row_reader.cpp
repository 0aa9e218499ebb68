// Reading rows of every table back into values.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/limits.hpp"
#include "store/rows.hpp"

namespace paddock::store {
namespace json = boost::json;
namespace {

constexpr std::array<Action::State, 5> kStates{Action::State::accepted, Action::State::queued, Action::State::applied,
                                               Action::State::rejected, Action::State::failed};

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
