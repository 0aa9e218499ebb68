// Takes the events of one session in order, each once. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "event/event.hpp"
#include "session/record.hpp"

namespace paddock::control {

/// Folds events into a copy of the record that runs ahead of the disk: `staged()` is what the record
/// will be once everything taken so far is stored.
class Intake {
 public:
  explicit Intake(session::Record record) : staged_(std::move(record)) {}

  const session::Record& staged() const noexcept { return staged_; }
  session::Record& staged() noexcept { return staged_; }

  /// Those of `events` that are new, stamped with `now`; they are folded into staged(). Repeated ones are
  /// dropped. Fails with `corrupt` (and takes nothing) on a hole in the numbers or an event of another
  /// session or runtime: the sender is out of step and must begin again after staged().last_number.
  base::Result<std::vector<event::Event>> take(std::vector<event::Event> events, base::WallTime now);

  /// Back to what is on disk, after a commit failed.
  void rewind(session::Record stored) { staged_ = std::move(stored); }

 private:
  session::Record staged_;
};

/// The two last events of a session whose runner is gone for good, numbered after `record.last_number`:
/// `outcome` {result: crashed, reason} and `state` exited. Empty when it has ended already.
std::vector<event::Event> last_words(const session::Record& record, session::ExitReason reason,
                                     const std::string& detail, base::WallTime now);

}  // namespace paddock::control
