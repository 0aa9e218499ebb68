// What the agent is doing and where its turns begin and end: the only place that emits STATE and TURN.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "out.hpp"

namespace paddock::claude {

/// The states of one session. Equal neighbours are not told twice. Each turn has one begin and one end.
class Lifecycle final {
 public:
  enum class State : std::uint8_t { none, starting, idle, working, blocked };

  /// The process runs.
  void start(Out& out);
  /// The CLI answered its first control request: it takes prompts.
  void ready(Out& out);
  /// The agent works; a turn begins when none is open.
  void work(Out& out);
  /// Waits for the answer to `ref`: `on` is approval or question.
  void block(Out& out, std::string_view on, std::string_view ref);
  /// No longer blocked; the turn goes on.
  void unblock(Out& out);
  /// Nothing runs and nothing is queued.
  void rest(Out& out);
  /// What a working agent is busy with beyond the ordinary (retrying, compacting); empty ends it.
  void detail(Out& out, std::string_view what);

  /// A turn begins, when none is open.
  void begin_turn(Out& out);
  /// Ends the turn. `body` has at least `phase` and `outcome`; a turn that never began is begun first.
  void end_turn(Out& out, json::object body);

  State state() const noexcept { return state_; }
  bool turn_open() const noexcept { return turn_open_; }
  /// Turns that ended so far.
  std::int64_t turns() const noexcept { return turns_; }
  bool has_detail() const noexcept { return !detail_.empty(); }

 private:
  void enter(Out& out, State state);

  State state_ = State::none;
  std::string detail_;
  std::string blocked_ref_;
  bool turn_open_ = false;
  std::int64_t turns_ = 0;
};

}  // namespace paddock::claude
