// The hub: publishing to all watchers, and which of them is too slow.
//
// Falling behind: a live watcher that has not taken what is more than 10,000 events or 8 MiB old is
// slow and is cut off. One that waits in next() is not slow, however much is published at once: it goes
// back to the store. One that still replays is never cut off: it costs nobody memory.
#include "watch/hub.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "watch/watcher.hpp"

namespace paddock::watch {
namespace asio = boost::asio;
namespace {

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
