// The shape of the database and how an older one becomes the present one.
#pragma once

#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/connection.hpp"

namespace paddock::store {

/// Stands in the file's header ("PDK1"), so that `file` and we know whose it is.
inline constexpr int application_id = 0x50444B31;

/// The schema this program writes (SQLite's user_version).
inline constexpr int schema_version = 1;

/// Brings the open database up to date, in one transaction per step. Fails with `unavailable` when a
/// newer program wrote it, `corrupt` when it is somebody else's. May throw SQLite::Exception.
base::Result<> migrate(Connection& connection);

/// The id of the event stream, made with the database.
base::StreamId read_stream(Connection& connection);

}  // namespace paddock::store
