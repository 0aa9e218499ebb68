// Migrations, one text per version. A published text never changes; a new version appends one.
//
// Ids are 30 characters, so they are kept once in `ids` and events carry their small keys. An event of
// 200 bytes takes about 250 on disk with both of its indexes.
#include "store/schema.hpp"

#include <array>

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

namespace paddock::store {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ids (
  key INTEGER PRIMARY KEY,
  id  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE sessions (
  key     INTEGER PRIMARY KEY,
  adapter TEXT NOT NULL,
  data    TEXT NOT NULL
) STRICT;

CREATE TABLE events (
  seq       INTEGER PRIMARY KEY,
  number    INTEGER NOT NULL,
  time      INTEGER NOT NULL,
  observed  INTEGER NOT NULL,
  session   INTEGER,
  runtime   INTEGER,
  kind      INTEGER NOT NULL,
  channel   INTEGER NOT NULL,
  src_begin INTEGER NOT NULL,
  src_end   INTEGER NOT NULL,
  partial   INTEGER NOT NULL,
  ref       TEXT,
  action    TEXT,
  data      TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_identity ON events (runtime, number) WHERE runtime IS NOT NULL AND number <> 0;
CREATE INDEX events_of_session ON events (session) WHERE session IS NOT NULL;

CREATE TABLE actions (
  id          TEXT PRIMARY KEY,
  session     TEXT NOT NULL,
  type        TEXT NOT NULL,
  request_ref TEXT NOT NULL,
  body_hash   TEXT NOT NULL,
  body        TEXT NOT NULL,
  state       TEXT NOT NULL,
  code        TEXT NOT NULL,
  detail      TEXT NOT NULL,
  events      TEXT NOT NULL,
  created     INTEGER NOT NULL,
  updated     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX actions_ref ON actions (type, request_ref) WHERE request_ref <> '';
CREATE INDEX actions_of_session ON actions (session, id);
CREATE INDEX actions_open ON actions (id) WHERE state IN ('accepted', 'queued');

CREATE TABLE tokens (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  role    TEXT NOT NULL,
  sha256  TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::array<const char*, schema_version> kMigrations{kVersion1};

void set_number(Connection& connection, std::string_view pragma, std::int64_t value) {
  connection.exec(fmt::format("PRAGMA {}={}", pragma, value).c_str());
}

void make_stream(Connection& connection) {
  SQLite::Statement insert(connection.db(), "INSERT INTO meta (name, value) VALUES ('stream', ?)");
  insert.bind(1, base::StreamId::make().str());
  insert.exec();
}

base::Result<> check_owner(Connection& connection, std::int64_t version) {
  const std::int64_t owner = connection.number("PRAGMA application_id");
  const bool fresh = owner == 0 && version == 0 && connection.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != application_id && !fresh) {
    return base::fail(base::Errc::corrupt, fmt::format("'{}' is not a database of this program; it is left as it is",
                                                       connection.file().string()));
  }
  if (version > schema_version) {
    return base::fail(base::Errc::unavailable,
                      fmt::format("'{}' was written by a newer program (schema {}, this one knows up to {}); use that "
                                  "program or another state directory",
                                  connection.file().string(), version, schema_version));
  }
  return {};
}

}  // namespace

base::Result<> migrate(Connection& connection) {
  std::int64_t version = connection.number("PRAGMA user_version");
  if (auto owner = check_owner(connection, version); !owner) return owner;
  connection.exec("PRAGMA journal_mode=WAL");  // only now: it changes the file
  while (version < schema_version) {
    SQLite::Transaction transaction(connection.db(), SQLite::TransactionBehavior::IMMEDIATE);
    connection.exec(kMigrations.at(static_cast<std::size_t>(version)));
    if (version == 0) {
      set_number(connection, "application_id", application_id);
      make_stream(connection);
    }
    set_number(connection, "user_version", ++version);
    transaction.commit();
  }
  return {};
}

base::StreamId read_stream(Connection& connection) {
  SQLite::Statement query(connection.db(), "SELECT value FROM meta WHERE name='stream'");
  if (!query.executeStep()) throw Unreadable("it has no stream id");
  auto id = base::StreamId::parse(query.getColumn(0).getString());
  if (!id) throw Unreadable(id.error().detail);
  return std::move(*id);
}

}  // namespace paddock::store
