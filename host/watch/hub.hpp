// Replay, then live: hands each watcher every event after its cursor, once, without ever waiting for
// a slow one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "event/event.hpp"
#include "store/store.hpp"

namespace paddock::watch {

/// An event that is on disk, with its JSON written once for all watchers.
struct Published {
  event::Event event;
  std::string adapter;  ///< of its session; empty for host events
  std::string json;     ///< event::to_json with the stream id, serialised
};
using PublishedPtr = std::shared_ptr<const Published>;

/// A place in the stream: "<stream_id>:<seq>".
struct Cursor {
  std::string stream;
  std::uint64_t seq = 0;
};
std::string to_string(const Cursor& cursor);
/// Fails with `invalid_request`.
base::Result<Cursor> parse_cursor(std::string_view text);

/// One watcher. Use on the hub's executor. Destroying it ends it.
class Subscription {
 public:
  virtual ~Subscription() = default;

  /// Waits for events and returns them in order, at most 512; an empty list only after wake(). Fails with `too_large`
  /// when the watcher fell too far behind (then cursor() tells where it was; the caller sends the last `error` event
  /// `slow_reader` and closes), `cursor_expired`, or `unavailable` when the hub stops.
  virtual boost::asio::awaitable<base::Result<std::vector<PublishedPtr>>> next() = 0;

  /// Makes a waiting next() return with an empty list: a heartbeat is due. Nothing when none waits.
  /// (Racing next() against a timer instead could drop events that both had ready at once.)
  virtual void wake() = 0;

  /// After the last event that next() returned (also advanced past events its filter left out).
  virtual Cursor cursor() const = 0;
};

/// Use on one executor (the daemon's main one).
class Hub {
 public:
  /// `store` must outlive the hub.
  static std::unique_ptr<Hub> make(boost::asio::any_io_executor executor, store::Store& store);
  virtual ~Hub() = default;

  /// Offers committed events, in rising order of seq. Never blocks.
  virtual void publish(std::vector<PublishedPtr> events) = 0;

  /// Without a cursor it starts now. Fails with `cursor_mismatch`, `cursor_expired` (the detail names the
  /// oldest cursor) or `too_many`.
  virtual base::Result<std::unique_ptr<Subscription>> subscribe(std::optional<Cursor> cursor,
                                                                store::EventFilter filter) = 0;

  virtual Cursor head() const = 0;
  virtual std::size_t watchers() const noexcept = 0;
  virtual std::uint64_t max_lag() const noexcept = 0;  ///< events the slowest watcher is behind
  virtual std::uint64_t dropped() const noexcept = 0;  ///< watchers cut off since the start
  virtual void stop() noexcept = 0;                    ///< ends every subscription with `unavailable`
};

}  // namespace paddock::watch
