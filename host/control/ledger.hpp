// From disk to everybody: commits a batch and, when it is stored, shows, publishes, counts and wakes.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "control/ground.hpp"
#include "store/store.hpp"

namespace paddock::control {

/// Whether the records of a batch may be seen once they are stored.
enum class Sight : std::uint8_t { visible, hidden };

/// What the API shows is on disk: records become visible and events are published only from here.
/// Use on the ground's strand.
class Ledger {
 public:
  explicit Ledger(Ground& ground) : ground_(ground) {}

  using Stored = std::vector<event::Event>;
  using Handler = std::function<void(base::Result<Stored>)>;

  /// Queues the batch; `done` runs on the strand after its records are visible and its events published,
  /// or with the error that kept it from the disk.
  void commit(store::Batch batch, Handler done, Sight sight = Sight::visible);

  /// commit() for coroutines.
  boost::asio::awaitable<base::Result<Stored>> save(store::Batch batch, Sight sight = Sight::visible);

  /// Makes a record visible that is on disk already.
  void show(const session::Record& record);

  /// Waits until the session is in one of `states` (with a version above `after_version`, if given), or it is
  /// forgotten (`not_found`), or `deadline` passed (`timeout`).
  boost::asio::awaitable<base::Result<session::Record>> wait(base::SessionId id, std::vector<session::State> states,
                                                             std::optional<std::uint64_t> after_version,
                                                             base::MonoTime deadline);

  /// Calls `look` for each stored event, after it was published.
  void on_event(std::function<void(const event::Event&)> look) { look_ = std::move(look); }

  /// Batches that are not on disk yet.
  std::size_t in_flight() const noexcept { return in_flight_; }

  /// Waits until nothing is in flight.
  boost::asio::awaitable<void> settle();

 private:
  struct Waiter {
    std::vector<session::State> states;
    std::optional<std::uint64_t> after_version;
    std::shared_ptr<OneShot<session::Record>> reached;
  };

  void stored(const std::vector<session::Record>& records, const std::vector<base::SessionId>& forgotten, Sight sight,
              const Stored& events);
  void publish(const Stored& events);
  void wake(const session::Record& record);

  Ground& ground_;
  std::multimap<base::SessionId, std::shared_ptr<Waiter>> waiters_;
  std::function<void(const event::Event&)> look_;
  std::size_t in_flight_ = 0;
  std::shared_ptr<Signal> settled_;
};

/// Whether a waiter for `states` above `after_version` has what it waited for.
bool reached(const session::Record& record, const std::vector<session::State>& states,
             std::optional<std::uint64_t> after_version);

}  // namespace paddock::control
