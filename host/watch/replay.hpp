// Reads what a watcher missed from the store, in pages so small that nobody else has to wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "store/store.hpp"
#include "watch/hub.hpp"

namespace paddock::watch {

/// One watcher's way through the store. A page looks at a bounded piece of the sequence and holds a
/// bounded number of events; both adapt to what the pages before were like.
class Replay {
 public:
  /// `store` must outlive it.
  Replay(store::Store& store, store::EventFilter filter) : store_(store), filter_(std::move(filter)) {}

  /// The events after `cursor` and not after `head` that the filter lets through; moves `cursor` behind
  /// all that was looked at. An empty page is no end: the end is `cursor` == `head`.
  base::Result<std::vector<PublishedPtr>> page(std::uint64_t& cursor, std::uint64_t head);

 private:
  PublishedPtr publish(event::Event event);
  const std::string& adapter_of(const base::SessionId& session);
  void adapt(std::size_t events, std::size_t bytes);

  store::Store& store_;
  store::EventFilter filter_;
  std::size_t limit_ = 32;
  std::uint64_t window_ = 2048;
  std::unordered_map<base::SessionId, std::string> adapters_;  ///< at most 256
};

}  // namespace paddock::watch
