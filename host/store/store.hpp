// The one durable truth: sessions, events and actions in SQLite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "event/event.hpp"
#include "session/record.hpp"

namespace paddock::store {

/// What a person asked of a session. On disk before it is carried out.
struct Action {
  enum class State : std::uint8_t { accepted, queued, applied, rejected, failed };

  base::ActionId id;
  base::SessionId session;
  std::string type;          ///< "send", "approve", ...
  std::string request_ref;   ///< empty: none
  std::string body_hash;     ///< SHA-256 of the canonical body, to recognise another body under one ref
  boost::json::object body;  ///< what is needed to carry it out later (`when: idle`)
  State state = State::accepted;
  std::string code, detail;           ///< why it was rejected or failed
  std::vector<std::uint64_t> events;  ///< seq of the events it caused
  base::WallTime created_at{}, updated_at{};

  friend bool operator==(const Action&, const Action&) = default;
};
std::string_view name(Action::State state) noexcept;

/// An access token: only its hash is kept.
struct Token {
  base::TokenId id;
  std::string name, role, sha256;
  base::WallTime created_at{};

  friend bool operator==(const Token&, const Token&) = default;
};

/// Everything that one commit changes. All of it or nothing.
struct Batch {
  std::vector<event::Event> events;       ///< get their `seq` here, in this order
  std::vector<session::Record> sessions;  ///< inserted or replaced
  std::vector<Action> actions;            ///< inserted or replaced
  std::vector<base::SessionId> forget;    ///< sessions (with their events and actions) to delete
  std::vector<Token> tokens;              ///< inserted
  std::vector<base::TokenId> revoke;      ///< tokens to delete

  bool empty() const noexcept;
};

/// Which events a reader wants. Empty vectors mean all; at most 1,000 entries together.
struct EventFilter {
  std::vector<base::SessionId> sessions;
  std::vector<event::Kind> kinds;
  std::vector<std::string> adapters;
  std::uint64_t until = UINT64_MAX;  ///< the last seq that is looked at: bounds how long a read can take
};

/// Oldest and newest event kept; both 0 when there is none.
struct Range {
  std::uint64_t oldest = 0;
  std::uint64_t newest = 0;
  std::uint64_t last = 0;  ///< the newest seq ever given, also when its event is forgotten
};

/// What an owner of a store may set.
struct Options {
  /// Told the seconds that each "commit" (one transaction, however many batches) and "checkpoint" took.
  /// Called on the store's thread; may be empty.
  std::function<void(std::string_view op, double seconds)> on_write;
};

/// SQLite in WAL mode with synchronous=FULL. One thread of its own owns the only writing connection and
/// also checkpoints; batches that wait together share one transaction. Reads use a second connection
/// and run on the caller's thread: call them from one thread only.
class Store {
 public:
  /// Opens or creates the database and brings its schema up to date. Fails with `corrupt`, `io`, or
  /// `unavailable` when the file was written by a newer program.
  static base::Result<std::unique_ptr<Store>> open(const std::filesystem::path& file, Options options = {});

  virtual ~Store() = default;

  /// Changes when the database is made anew.
  virtual const base::StreamId& stream() const noexcept = 0;

  /// Called on the store's thread when the batch is on disk: its events with their seq. An event whose
  /// (runtime, number) is already stored is left out. Fails with `io` or `corrupt`; then nothing was changed.
  using Done = std::function<void(base::Result<std::vector<event::Event>>)>;

  /// Queues a batch; batches are committed in the order of the calls. Never blocks. At most 65,536
  /// batches wait; more fail at once with `too_many`.
  virtual void commit(Batch batch, Done done) = 0;

  /// Waits until everything queued is on disk, then refuses more. Idempotent.
  virtual void close() = 0;

  virtual base::Result<std::vector<session::Record>> sessions() = 0;
  virtual base::Result<std::vector<Action>> open_actions() = 0;  ///< accepted or queued, oldest first
  virtual base::Result<std::vector<Token>> tokens() = 0;
  virtual base::Result<std::optional<Action>> action(const base::ActionId& id) = 0;
  virtual base::Result<std::optional<Action>> action_by_ref(std::string_view type, std::string_view request_ref) = 0;
  /// Newest first, those made before `before` (all when empty); of every session when `session` is empty.
  virtual base::Result<std::vector<Action>> actions(const base::SessionId& session, const base::ActionId& before,
                                                    std::size_t limit) = 0;
  /// Events with seq > `after` in rising order.
  virtual base::Result<std::vector<event::Event>> events(std::uint64_t after, std::size_t limit,
                                                         const EventFilter& filter) = 0;
  virtual base::Result<Range> range() = 0;
  /// The adapter of a session; empty when the session is not known.
  virtual base::Result<std::string> adapter_of(const base::SessionId& session) = 0;
  /// Bytes of the database with its log.
  virtual std::uint64_t size_bytes() = 0;
};

}  // namespace paddock::store
