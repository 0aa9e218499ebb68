// What a whole session came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "codex/faults.hpp"
#include "paddock/launch.hpp"

namespace paddock::codex {

namespace json = boost::json;

/// Collects what decides about the outcome and words it at the end.
class Verdict final {
 public:
  /// How a turn ended, by the vocabulary's name: finished, failed or cancelled.
  void turn_ended(std::string_view outcome, std::string_view text);
  /// A failure that nobody retries: of a turn, or of the handshake.
  void failed(Fault fault) { fault_ = std::move(fault); }
  /// A turn began: what went wrong before is history.
  void turn_began();
  void thread_opened() {
    is_open_ = true;
    last_stderr_.clear();  // warnings of the start
  }
  void input_closed() { is_input_closed_ = true; }
  /// Its words explain an end that nothing else does.
  void stderr_line(std::string_view line);

  bool has_ended_turn() const { return !last_turn_.empty(); }
  /// The process went away in mid-turn. Gives the turn's outcome.
  std::string_view turn_cut(const sdk::Exit& exit);

  /// The body of the OUTCOME. `resets_at` and `now_ms` tell how long a limit lasts.
  json::object body(const sdk::Exit& exit, std::optional<std::int64_t> resets_at, std::int64_t now_ms) const;

 private:
  std::string_view result(const sdk::Exit& exit) const;
  std::string_view result_of_fault() const;

  std::string last_turn_;  // outcome of the last turn; empty when there was none
  std::string answer_;
  std::optional<Fault> fault_;
  std::string last_stderr_;
  bool is_open_ = false;
  bool is_input_closed_ = false;
  bool was_cut_ = false;  // the process went away in mid-turn
};

}  // namespace paddock::codex
