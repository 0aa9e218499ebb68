// Pages of the store for one watcher.
#include "watch/replay.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/json/serialize.hpp>

namespace paddock::watch {
namespace {

// A page costs its reader's host about 5 us an event and 0.2 us a row looked at: 1 to 3 ms at most.
constexpr std::size_t kMostEvents = 256;
constexpr std::size_t kFewestEvents = 4;
constexpr std::size_t kManyBytes = 1U << 20U;
constexpr std::uint64_t kWidestWindow = 16'384;
constexpr std::size_t kAdapters = 256;

}  // namespace

base::Result<std::vector<PublishedPtr>> Replay::page(std::uint64_t& cursor, std::uint64_t head) {
  const std::uint64_t until = head - cursor > window_ ? cursor + window_ : head;
  filter_.until = until;
  auto events = store_.events(cursor, limit_, filter_);
  if (!events) return events.error();
  const bool full = events->size() >= limit_;
  std::vector<PublishedPtr> page;
  page.reserve(events->size());
  std::size_t bytes = 0;
  for (event::Event& event : *events) {
    page.push_back(publish(std::move(event)));
    bytes += page.back()->json.size();
  }
  cursor = full ? page.back()->event.seq : until;
  adapt(page.size(), bytes);
  return page;
}

PublishedPtr Replay::publish(event::Event event) {
  auto published = std::make_shared<Published>();
  published->adapter = adapter_of(event.session);
  published->json = boost::json::serialize(event::to_json(event, store_.stream().str()));
  published->event = std::move(event);
  return published;
}

const std::string& Replay::adapter_of(const base::SessionId& session) {
  static const std::string none;
  if (session.empty()) return none;
  if (const auto at = adapters_.find(session); at != adapters_.end()) return at->second;
  auto adapter = store_.adapter_of(session);
  if (!adapter) return none;  // the event itself was read; its label is not worth failing for
  if (adapters_.size() >= kAdapters) adapters_.clear();
  return adapters_[session] = std::move(*adapter);
}

void Replay::adapt(std::size_t events, std::size_t bytes) {
  if (bytes > kManyBytes) {
    limit_ = std::max(kFewestEvents, limit_ / 4);
  } else if (events >= limit_ && bytes < kManyBytes / 4) {
    limit_ = std::min(kMostEvents, limit_ * 2);
  }
  window_ = events == 0 ? std::min(kWidestWindow, window_ * 2) : 2048;
}

}  // namespace paddock::watch
