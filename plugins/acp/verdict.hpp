// What a whole session came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "acp/faults.hpp"
#include "paddock/launch.hpp"

namespace paddock::acp {

/// Collects what decides about the outcome and words it at the end.
class Verdict final {
 public:
  /// A turn began: what went wrong before is history.
  void turn_began();
  /// How a turn ended, by the vocabulary's name: finished, failed or cancelled.
  void turn_ended(std::string_view outcome, std::string_view text);
  /// A failure that nobody retries: of a turn, or of the handshake.
  void failed(Fault fault) { fault_ = std::move(fault); }
  void session_opened();
  void input_closed() { is_input_closed_ = true; }
  /// Its words explain an end that nothing else does.
  void stderr_line(std::string_view line);

  /// The last words on standard error, an error's before any others.
  const std::string& last_stderr() const { return last_stderr_; }
  bool has_opened() const { return is_open_; }
  bool has_ended_turn() const { return !last_turn_.empty(); }
  /// The process went away in mid-turn, which `was_interrupted` or not. Gives the turn's outcome.
  std::string_view turn_cut(const sdk::Exit& exit, bool was_interrupted);

  /// The body of the OUTCOME.
  json::object body(const sdk::Exit& exit) const;

 private:
  std::string_view result(const sdk::Exit& exit) const;
  std::string_view result_of_fault() const;

  std::string last_turn_;  // outcome of the last turn; empty when there was none
  std::string answer_;
  std::optional<Fault> fault_;
  std::string last_stderr_;
  bool is_open_ = false;
  bool is_input_closed_ = false;
  bool was_cut_ = false;          // the process went away in mid-turn
  bool was_interrupted_ = false;  // which was to end anyway
};

}  // namespace paddock::acp
