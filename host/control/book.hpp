// The sessions as the API shows them: what is on disk, found by id, prefix or name. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "control/host.hpp"
#include "session/record.hpp"

namespace paddock::control {

/// Every session this host knows, living and ended. Holds only what the store has.
class Book {
 public:
  /// Inserts or replaces.
  void show(session::Record record);
  void forget(const base::SessionId& id);

  /// Nothing when there is no such session. Valid until the next show() or forget() of it.
  const session::Record* get(const base::SessionId& id) const;

  /// By id, unambiguous prefix of an id (with or without "ses_"), or name; among sessions of one name the
  /// living one, else the newest. Fails with `not_found` or `ambiguous`.
  base::Result<const session::Record*> find(std::string_view key) const;

  /// The living session of that name, if any.
  const session::Record* living_by_name(std::string_view name) const;

  std::size_t living() const noexcept { return living_; }
  std::size_t size() const noexcept { return records_.size(); }
  const std::map<base::SessionId, session::Record>& all() const noexcept { return records_; }

  /// The page of sessions that `query` asks for, newest first by default; `cursor` is left empty.
  base::Result<Page> list(const ListQuery& query) const;
  /// The open approvals of all sessions, oldest first by default: {session, name, adapter, runtime_id,
  /// state_version, ref, kind, state, asked_at, data...}.
  base::Result<Page> approvals(const ListQuery& query) const;

 private:
  std::map<base::SessionId, session::Record> records_;
  std::size_t living_ = 0;
};

}  // namespace paddock::control
