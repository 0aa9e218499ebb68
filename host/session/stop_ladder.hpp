// How an agent is stopped: politely first, surely last. No I/O, no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace paddock::session {

/// One step of a ladder: everything that is set is done, in this order; then `patience` passes.
struct Rung {
  std::string write;  ///< bytes for the agent's input
  bool close_input = false;
  std::optional<int> signal;
  bool kill = false;  ///< the whole group, at once
  std::chrono::milliseconds patience{0};

  friend bool operator==(const Rung&, const Rung&) = default;
};

/// Climbs the adapter's rungs, then SIGTERM, then kills the group. The whole climb takes at most
/// `total`: the adapter's rungs get at most the first half of it, SIGTERM gets what is left.
///
/// Call start(), then next() whenever wake_at_ns() has passed, until it is nothing.
class StopLadder final {
 public:
  StopLadder(std::vector<Rung> polite, std::chrono::milliseconds total);

  /// Begins, or does nothing when it has begun.
  void start(std::uint64_t now_ns) noexcept;
  bool started() const noexcept { return started_; }

  /// The rung that is due, if any; at most one per call.
  std::optional<Rung> next(std::uint64_t now_ns);

  /// The agent is gone; nothing more is asked for.
  void exited() noexcept { step_ = rungs_.size(); }

  /// When next() has something to give; nothing before start() and after the last rung.
  std::optional<std::uint64_t> wake_at_ns() const noexcept;

 private:
  std::vector<Rung> rungs_;
  std::size_t step_ = 0;
  std::uint64_t wake_at_ns_ = 0;
  bool started_ = false;
};

}  // namespace paddock::session
