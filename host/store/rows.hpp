// Rows to values and back: the one place that knows the columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/json/serializer.hpp>

#include "store/connection.hpp"
#include "store/store.hpp"

namespace paddock::store {

/// Writes the values of batches through one connection, inside the caller's transaction. After a
/// rollback call forget_keys(). Throws SQLite::Exception.
class RowWriter {
 public:
  /// Reads where the sequence stands.
  explicit RowWriter(Connection& connection);

  /// Writes all of `batch`; its events get their seq, those that are known already get 0.
  void write(Batch& batch);

  /// The newest seq given.
  std::uint64_t last_seq() const noexcept { return last_seq_; }

  /// The transaction was rolled back: what was learned in it does not hold.
  void rolled_back(std::uint64_t last_seq);

 private:
  bool insert(const event::Event& event);
  void put(const session::Record& record);
  void put(const Action& action);
  void put(const Token& token);
  void forget(const base::SessionId& session);
  std::int64_t key_of(const std::string& id);
  const std::string& text_of(const boost::json::object& object);

  Connection& connection_;
  std::uint64_t last_seq_ = 0;
  std::unordered_map<std::string, std::int64_t> keys_;  ///< of `ids`, at most 8,192
  boost::json::serializer serializer_;
  std::string text_;
};

/// Columns of `events`, in the order event_of() reads them; joined with `ids` as s and r.
extern const char* const event_columns;

/// One row of an event query. Throws Unreadable.
event::Event event_of(SQLite::Statement& row);

/// Columns of `actions` and the reader of such a row. Throws Unreadable.
extern const char* const action_columns;
Action action_of(SQLite::Statement& row);

/// A row "id, name, role, sha256, created". Throws Unreadable.
Token token_of(SQLite::Statement& row);

/// JSON text of a session's row. Throws Unreadable.
session::Record record_of(std::string_view text);

}  // namespace paddock::store
