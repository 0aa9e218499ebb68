// Events that the daemon has not confirmed to be on disk. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::runner {

/// Keeps events as JSON text by their number until they are acknowledged. While a daemon is connected
/// nothing is ever dropped: full() says that no more should be made. Without one the oldest are
/// dropped above the limits (unacked_events, unacked_bytes); the journal can make them again.
class Outbox final {
 public:
  /// `number` is the one after the last.
  void push(std::uint64_t number, std::string text);

  /// Everything up to `number` is stored; numbers never made are taken as the newest.
  void ack(std::uint64_t number);

  /// Drops the oldest until the limits are kept.
  void shed();

  bool full() const noexcept;

  std::uint64_t acked() const noexcept { return acked_; }
  std::uint64_t last() const noexcept { return last_; }
  /// Number of the oldest event held; last() + 1 when none is.
  std::uint64_t first() const noexcept { return last_ + 1 - texts_.size(); }

  /// Texts of events above `after`, at most about `bytes` of them but at least one if there is any.
  /// `after` must be at least first() - 1. The views are valid until the next change.
  std::vector<std::string_view> after(std::uint64_t after, std::size_t bytes) const;

 private:
  void drop_front();

  std::deque<std::string> texts_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t acked_ = 0;
};

}  // namespace paddock::runner
