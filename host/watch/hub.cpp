// The hub and its watchers. A watcher first replays from the store until it has reached the head, from
// then on it is live and reads the ring.
//
// Falling behind: a live watcher that has not taken what is more than 10,000 events or 8 MiB old is
// slow and is cut off. One that waits in next() is not slow, however much is published at once: it goes
// back to the store. One that still replays is never cut off: it costs nobody memory.
#include "watch/hub.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/limits.hpp"
#include "watch/filter.hpp"
#include "watch/replay.hpp"
#include "watch/ring.hpp"

namespace paddock::watch {
namespace asio = boost::asio;
namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPage = 512;

enum class Mode : std::uint8_t { replaying, live, cut_off, stopped };

/// What hub, subscription and a waiting next() know of one watcher. Outlives each of them.
struct Watcher {
  Watcher(const asio::any_io_executor& executor, store::Store& store, const store::EventFilter& wanted)
      : filter(wanted), replay(store, wanted), bell(executor, asio::steady_timer::time_point::max()) {}

  Filter filter;
  Replay replay;
  asio::steady_timer bell;  ///< never expires; cancelling it wakes the one who waits
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

base::Error ended(const Watcher& watcher) {
  if (watcher.mode == Mode::cut_off) {
    return base::fail(base::Errc::too_large, "the reader fell too far behind; resume from its cursor");
  }
  return base::fail(base::Errc::unavailable, "the host stops; resume from the cursor later");
}

/// What lies in the ring for a live watcher.
std::vector<PublishedPtr> take(const Ring& ring, Watcher& watcher) {
  std::vector<PublishedPtr> events;
  for (; watcher.place < ring.end() && events.size() < kPage; ++watcher.place) {
    const PublishedPtr& event = ring.at(watcher.place);
    watcher.seq = event->event.seq;
    if (watcher.filter.wants(*event)) events.push_back(event);
  }
  return events;
}

/// A page of the store for one that replays; at the head it becomes live. No event can be published
/// between the read and the switch: both happen in one turn of the executor.
base::Result<std::vector<PublishedPtr>> catch_up(const Shared& shared, Watcher& watcher) {
  if (watcher.seq < shared.head) {
    auto page = watcher.replay.page(watcher.seq, shared.head);
    if (!page) return page;
    if (watcher.seq < shared.head) return page;
    watcher.mode = Mode::live;
    watcher.place = shared.ring.end();
    return page;
  }
  watcher.mode = Mode::live;
  watcher.place = shared.ring.end();
  return std::vector<PublishedPtr>();
}

/// Marks a watcher as waiting while it lives.
class Waiting {
 public:
  explicit Waiting(Watcher& watcher) : watcher_(watcher) { watcher_.waiting = true; }
  ~Waiting() { watcher_.waiting = false; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Watcher& watcher_;
};

/// Waits for the bell; false when the caller was cancelled.
asio::awaitable<bool> wait(Watcher& watcher) {
  const Waiting waiting(watcher);
  co_await watcher.bell.async_wait(kNoThrow);
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() == asio::cancellation_type::none;
}

asio::awaitable<base::Result<std::vector<PublishedPtr>>> next_of(SharedPtr shared, WatcherPtr watcher) {
  const auto executor = watcher->bell.get_executor();
  watcher->woken = false;
  for (;;) {
    if (watcher->mode == Mode::replaying) {
      auto page = catch_up(*shared, *watcher);
      if (!page || !page->empty()) co_return page;
      co_await asio::post(executor, asio::use_awaitable);  // nothing fitted: let the others have a turn
      continue;
    }
    if (watcher->mode != Mode::live) co_return ended(*watcher);
    auto events = take(shared->ring, *watcher);
    if (!events.empty()) co_return events;
    const bool go_on = co_await wait(*watcher);
    if (!go_on) co_return base::fail(base::Errc::unavailable, "the reader has left");
    if (std::exchange(watcher->woken, false) && watcher->mode == Mode::live) co_return take(shared->ring, *watcher);
  }
}

class HubSubscription final : public Subscription {
 public:
  HubSubscription(SharedPtr shared, WatcherPtr watcher) : shared_(std::move(shared)), watcher_(std::move(watcher)) {}

  ~HubSubscription() override {
    watcher_->mode = Mode::stopped;
    watcher_->ring_bell();
    shared_->forget(watcher_.get());
  }

  asio::awaitable<base::Result<std::vector<PublishedPtr>>> next() override { return next_of(shared_, watcher_); }

  void wake() override {
    if (!watcher_->waiting) return;
    watcher_->woken = true;
    watcher_->ring_bell();
  }

  Cursor cursor() const override { return {shared_->stream, watcher_->seq}; }

 private:
  SharedPtr shared_;
  WatcherPtr watcher_;
};

class RingHub final : public Hub {
 public:
  RingHub(asio::any_io_executor executor, store::Store& store)
      : executor_(std::move(executor)), store_(store), shared_(std::make_shared<Shared>()) {
    shared_->stream = store_.stream().str();
    if (const auto range = store_.range()) shared_->head = range->last;
  }

  ~RingHub() override { stop(); }

  void publish(std::vector<PublishedPtr> events) override;
  base::Result<std::unique_ptr<Subscription>> subscribe(std::optional<Cursor> cursor,
                                                        store::EventFilter filter) override;

  Cursor head() const override { return {shared_->stream, shared_->head}; }
  std::size_t watchers() const noexcept override { return shared_->watchers.size(); }
  std::uint64_t dropped() const noexcept override { return shared_->dropped; }

  std::uint64_t max_lag() const noexcept override {
    std::uint64_t most = 0;
    for (const WatcherPtr& watcher : shared_->watchers) most = std::max(most, shared_->lag(*watcher));
    return most;
  }

  void stop() noexcept override {
    shared_->stopped = true;
    for (const WatcherPtr& watcher : shared_->watchers) {
      watcher->mode = Mode::stopped;
      watcher->ring_bell();
    }
    shared_->watchers.clear();
  }

 private:
  base::Result<> check(const Cursor& cursor);
  void settle(Watcher& watcher, Ring::Place fresh);
  void let_go();

  asio::any_io_executor executor_;
  store::Store& store_;
  SharedPtr shared_;
};

void RingHub::publish(std::vector<PublishedPtr> events) {
  if (shared_->stopped) return;
  const Ring::Place fresh = shared_->ring.end();
  for (PublishedPtr& event : events) {
    if (event->event.seq <= shared_->head) continue;  // known already
    shared_->head = event->event.seq;
    if (!shared_->watchers.empty()) shared_->ring.push(std::move(event));
  }
  for (const WatcherPtr& watcher : shared_->watchers) settle(*watcher, fresh);
  let_go();
}

/// After events from `fresh` on were published: wakes one who waits, cuts off one who is slow.
void RingHub::settle(Watcher& watcher, Ring::Place fresh) {
  if (watcher.mode != Mode::live) return;
  const Ring& ring = shared_->ring;
  if (watcher.waiting && watcher.place == fresh && !watcher.filter.empty()) {
    // Passes what it does not want without being woken.
    for (; watcher.place < ring.end() && !watcher.filter.wants(*ring.at(watcher.place)); ++watcher.place) {
      watcher.seq = ring.at(watcher.place)->event.seq;
    }
  }
  if (watcher.place == ring.end()) return;
  const bool far_behind = ring.end() - watcher.place > base::limits::watcher_events ||
                          ring.bytes_from(watcher.place) > base::limits::watcher_bytes;
  if (far_behind && watcher.waiting) {
    watcher.mode = Mode::replaying;
  } else if (far_behind) {
    watcher.mode = Mode::cut_off;
    ++shared_->dropped;
  }
  if (watcher.waiting) watcher.ring_bell();
}

/// Keeps of the ring what a live watcher still has to take, and nothing of those cut off.
void RingHub::let_go() {
  std::erase_if(shared_->watchers, [](const WatcherPtr& watcher) { return watcher->mode == Mode::cut_off; });
  Ring::Place oldest = shared_->ring.end();
  for (const WatcherPtr& watcher : shared_->watchers) {
    if (watcher->mode == Mode::live) oldest = std::min(oldest, watcher->place);
  }
  shared_->ring.trim(oldest);
}

base::Result<> RingHub::check(const Cursor& cursor) {
  if (cursor.stream != shared_->stream) {
    return base::fail(
        base::Errc::cursor_mismatch,
        fmt::format("the cursor '{}' belongs to another stream than '{}'; start from '{}:0' or without one",
                    to_string(cursor), shared_->stream, shared_->stream));
  }
  if (cursor.seq > shared_->head) {
    return base::fail(
        base::Errc::cursor_mismatch,
        fmt::format("the cursor '{}' is ahead of this stream, which is at '{}'", to_string(cursor), to_string(head())));
  }
  if (cursor.seq == 0 || cursor.seq == shared_->head) return {};
  const auto range = store_.range();
  if (!range) return range.error();
  const std::uint64_t oldest = range->oldest != 0 ? range->oldest - 1 : shared_->head;
  if (cursor.seq >= oldest) return {};
  return base::fail(base::Errc::cursor_expired,
                    fmt::format("the cursor '{}' is older than what is kept; the oldest one is '{}'", to_string(cursor),
                                to_string(Cursor{shared_->stream, oldest})));
}

base::Result<std::unique_ptr<Subscription>> RingHub::subscribe(std::optional<Cursor> cursor,
                                                               store::EventFilter filter) {
  if (shared_->stopped) return base::fail(base::Errc::unavailable, "the host stops; try again later");
  if (shared_->watchers.size() >= base::limits::watchers) {
    return base::fail(base::Errc::too_many,
                      fmt::format("{} readers watch already; try again later", shared_->watchers.size()));
  }
  if (filter.sessions.size() + filter.kinds.size() + filter.adapters.size() > base::limits::store_filter_items) {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("a filter may have {} entries; ask for fewer", base::limits::store_filter_items));
  }
  if (cursor) {
    if (auto fits = check(*cursor); !fits) return fits.error();
  }
  auto watcher = std::make_shared<Watcher>(executor_, store_, filter);
  watcher->seq = cursor ? cursor->seq : shared_->head;
  if (watcher->seq == shared_->head) {
    watcher->mode = Mode::live;
    watcher->place = shared_->ring.end();
  }
  shared_->watchers.push_back(watcher);
  return std::unique_ptr<Subscription>(std::make_unique<HubSubscription>(shared_, std::move(watcher)));
}

}  // namespace

std::unique_ptr<Hub> Hub::make(asio::any_io_executor executor, store::Store& store) {
  return std::make_unique<RingHub>(std::move(executor), store);
}

}  // namespace paddock::watch
