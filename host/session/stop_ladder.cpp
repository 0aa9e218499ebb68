// Climbing from polite to sure.
#include "session/stop_ladder.hpp"

#include <algorithm>
#include <csignal>

namespace paddock::session {
namespace {

using std::chrono::milliseconds;

}  // namespace

StopLadder::StopLadder(std::vector<Rung> polite, milliseconds total) {
  const milliseconds whole = std::max(total, milliseconds(0));
  milliseconds left = whole / 2;
  for (Rung& rung : polite) {
    rung.kill = false;  // that is the host's own last word
    rung.patience = std::clamp(rung.patience, milliseconds(0), left);
    left -= rung.patience;
    rungs_.push_back(std::move(rung));
  }
  Rung terminate;
  terminate.signal = SIGTERM;
  terminate.patience = whole - (whole / 2 - left);
  rungs_.push_back(std::move(terminate));
  Rung kill;
  kill.kill = true;
  rungs_.push_back(std::move(kill));
}

void StopLadder::start(std::uint64_t now_ns) noexcept {
  if (started_) return;
  started_ = true;
  wake_at_ns_ = now_ns;
}

std::optional<Rung> StopLadder::next(std::uint64_t now_ns) {
  const auto due = wake_at_ns();
  if (!due || now_ns < *due) return std::nullopt;
  const Rung& rung = rungs_[step_++];
  wake_at_ns_ = now_ns + std::uint64_t(std::chrono::nanoseconds(rung.patience).count());
  return rung;
}

std::optional<std::uint64_t> StopLadder::wake_at_ns() const noexcept {
  if (!started_ || step_ == rungs_.size()) return std::nullopt;
  return wake_at_ns_;
}

}  // namespace paddock::session
