// Settings of a connection, and what SQLite's error codes mean to us.
#include "store/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace paddock::store {
namespace {

constexpr int kBusyMs = 10'000;
constexpr std::size_t kStatements = 64;

int flags(Connection::Use use) {
  const int access =
      use == Connection::Use::write ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY;
  return access | SQLite::OPEN_NOMUTEX;
}

}  // namespace

Connection::Connection(const std::filesystem::path& file, Use use)
    : file_(file), db_(file.string(), flags(use), kBusyMs) {
  sqlite3_extended_result_codes(db_.getHandle(), 1);
  db_.exec(
      "PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF;");
  if (use == Use::write) {
    // Two indexes, each with a page that 1,000 sessions write to in turn; the writer lets go of it when
    // it is quiet.
    db_.exec("PRAGMA synchronous=FULL; PRAGMA cache_size=-12288;");
  } else {
    // A reader that is the last to close would checkpoint; only the writer may (SQLite 3.40 can lose
    // frames when two connections do).
    sqlite3_db_config(db_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    db_.exec("PRAGMA query_only=ON; PRAGMA cache_size=-1024;");
  }
}

SQLite::Statement& Connection::statement(const std::string& sql) {
  auto at = statements_.find(sql);
  if (at == statements_.end()) {
    if (statements_.size() >= kStatements) statements_.clear();
    at = statements_.try_emplace(sql, db_, sql).first;
  } else {
    (void)at->second.tryReset();  // answers the error of the run before, which was told then
    at->second.clearBindings();
  }
  return at->second;
}

std::int64_t Connection::number(const char* sql) {
  SQLite::Statement query(db_, sql);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

base::Errc errc_of(int sqlite_code) noexcept {
  switch (sqlite_code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH: return base::Errc::corrupt;
    case SQLITE_CONSTRAINT: return base::Errc::already_exists;
    case SQLITE_TOOBIG: return base::Errc::too_large;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
    case SQLITE_INTERNAL: return base::Errc::internal;
    default: return base::Errc::io;
  }
}

base::Error failure(std::string_view doing, const std::filesystem::path& file, const SQLite::Exception& why,
                    std::string_view next) {
  return base::fail(errc_of(why.getErrorCode()),
                    fmt::format("cannot {} '{}': {}; {}", doing, file.string(), why.what(), next));
}

}  // namespace paddock::store
