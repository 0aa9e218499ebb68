// Whether an event is one that a watcher asked for. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "store/store.hpp"
#include "watch/hub.hpp"

namespace paddock::watch {

/// A store's filter, made quick to ask for each event of a busy host.
class Filter {
 public:
  explicit Filter(const store::EventFilter& filter)
      : sessions_(filter.sessions.begin(), filter.sessions.end()),
        adapters_(filter.adapters.begin(), filter.adapters.end()) {
    for (const event::Kind kind : filter.kinds) kinds_ |= bit(kind);
  }

  /// Nothing is left out.
  bool empty() const noexcept { return kinds_ == 0 && sessions_.empty() && adapters_.empty(); }

  bool wants(const Published& published) const {
    if (kinds_ != 0 && (kinds_ & bit(published.event.kind)) == 0) return false;
    if (!sessions_.empty() && !sessions_.contains(published.event.session)) return false;
    return adapters_.empty() || adapters_.contains(published.adapter);
  }

 private:
  static std::uint64_t bit(event::Kind kind) noexcept { return 1ULL << static_cast<unsigned>(kind); }

  std::uint64_t kinds_ = 0;
  std::unordered_set<base::SessionId> sessions_;
  std::unordered_set<std::string> adapters_;
};

}  // namespace paddock::watch
