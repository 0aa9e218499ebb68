// Prompts that wait for their session to be idle, in order. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "session/record.hpp"
#include "store/store.hpp"

namespace paddock::control {

/// The queued prompts of one session. One is on its way at a time; the next goes out when the session
/// is idle again *after* having taken the one before.
class SendQueue {
 public:
  /// Takes a place in the line; it is not delivered before ready(). `first`: before all others (it
  /// interrupts). Fails with `too_many` when limits::queued_prompts wait.
  base::Result<> push(store::Action action, bool first = false);

  /// It is on disk: it may go out when its turn has come.
  void ready(const base::ActionId& id) { ready_.insert(id); }
  /// It did not get to the disk: it was never here.
  void remove(const base::ActionId& id);

  /// The prompt to deliver now, if any: then call delivered() or refused().
  std::optional<store::Action> next(const session::Record& record);

  /// The agent took it at this state version: the next waits for a later one.
  void delivered(std::uint64_t state_version);

  /// The agent could not take it now after all: `again` keeps it first for the next idle.
  void refused(bool again, std::uint64_t state_version);

  /// Everything that still waits, when the session has ended; the queue is empty then.
  std::vector<store::Action> drain();

  std::size_t size() const noexcept { return waiting_.size() + (on_its_way_ ? 1 : 0); }

 private:
  std::deque<store::Action> waiting_;
  std::optional<store::Action> on_its_way_;
  std::set<base::ActionId> ready_;
  std::uint64_t not_before_ = 0;
};

}  // namespace paddock::control
