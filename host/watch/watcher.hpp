// One watcher of the hub, and what all of them share. Private to the hub.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "watch/filter.hpp"
#include "watch/hub.hpp"
#include "watch/replay.hpp"
#include "watch/ring.hpp"

namespace paddock::watch {

enum class Mode : std::uint8_t { replaying, live, cut_off, stopped };

/// What hub, subscription and a waiting next() know of one watcher. Outlives each of them.
struct Watcher {
  Watcher(const boost::asio::any_io_executor& executor, store::Store& store, const store::EventFilter& wanted)
      : filter(wanted), replay(store, wanted), bell(executor, boost::asio::steady_timer::time_point::max()) {}

  Filter filter;
  Replay replay;
  boost::asio::steady_timer bell;  ///< never expires; cancelling it wakes the one who waits
  Mode mode = Mode::replaying;
  std::uint64_t seq = 0;  ///< of the cursor
  Ring::Place place = 0;  ///< the next event to take, when live
  bool waiting = false;   ///< next() has taken everything and waits for more
  bool woken = false;     ///< by wake()

  void ring_bell() { (void)bell.cancel(); }
};
using WatcherPtr = std::shared_ptr<Watcher>;

/// What all watchers share. Outlives the hub for a next() that was waiting when it went.
struct Shared {
  Ring ring;
  std::uint64_t head = 0;  ///< seq of the newest event published
  std::string stream;
  std::vector<WatcherPtr> watchers;
  std::uint64_t dropped = 0;
  bool stopped = false;

  std::uint64_t lag(const Watcher& watcher) const {
    return watcher.mode == Mode::live ? ring.end() - watcher.place : head - watcher.seq;
  }
  void forget(const Watcher* watcher) {
    std::erase_if(watchers, [watcher](const WatcherPtr& each) { return each.get() == watcher; });
  }
};
using SharedPtr = std::shared_ptr<Shared>;

/// Subscription::next() of one watcher.
boost::asio::awaitable<base::Result<std::vector<PublishedPtr>>> next_of(SharedPtr shared, WatcherPtr watcher);

}  // namespace paddock::watch
