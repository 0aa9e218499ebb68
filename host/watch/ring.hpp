// The newest events, shared by all watchers that are live: each holds a position, nobody a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "watch/hub.hpp"

namespace paddock::watch {

/// A queue whose places are counted from the first event that was ever pushed. Pure. How long it may
/// become is the owner's to bound, by trim().
class Ring {
 public:
  using Place = std::uint64_t;

  /// The first place that is kept, and the one after the last.
  Place begin() const noexcept { return begin_; }
  Place end() const noexcept { return begin_ + slots_.size(); }

  /// The event at `place`, which is in [begin(), end()).
  const PublishedPtr& at(Place place) const { return slots_[static_cast<std::size_t>(place - begin_)].event; }

  void push(PublishedPtr event) {
    const std::uint64_t before = bytes_;
    bytes_ += event->json.size();
    slots_.push_back({std::move(event), before});
  }

  /// Bytes of the events from `place`, which is in [begin(), end()], to the end.
  std::uint64_t bytes_from(Place place) const {
    return place == end() ? 0 : bytes_ - slots_[static_cast<std::size_t>(place - begin_)].bytes_before;
  }

  /// Lets go of everything before `place`.
  void trim(Place place) {
    while (begin_ < place && !slots_.empty()) {
      slots_.pop_front();
      ++begin_;
    }
  }

 private:
  struct Slot {
    PublishedPtr event;
    std::uint64_t bytes_before;  ///< of all events ever pushed before this one
  };

  std::deque<Slot> slots_;
  Place begin_ = 0;
  std::uint64_t bytes_ = 0;  ///< of all events ever pushed
};

}  // namespace paddock::watch
