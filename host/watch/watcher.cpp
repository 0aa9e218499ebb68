// A watcher first replays from the store until it has reached the head, from then on it is live and reads
// the ring.
#include "watch/watcher.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace paddock::watch {
namespace asio = boost::asio;
namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPage = 512;

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

}  // namespace

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

}  // namespace paddock::watch
