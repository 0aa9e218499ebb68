// Typing a prompt into a terminal so that it is known to have arrived. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "screen/picture.hpp"

namespace paddock::session {

/// What can be seen while a text is typed.
struct Sight {
  screen::Picture picture = {};
  bool dialog = false;                    ///< a dialog is known to be open
  bool working = false;                   ///< the agent is known to work
  bool unknown = false;                   ///< there are rules for the screen and none of them knows this one
  std::optional<std::string> input = {};  ///< the line the program edits, where that is known
};

/// Types one text: the text, then, when it was seen on the screen and nothing more came for a moment, Enter as a write
/// of its own; done when the screen has reacted to that. Long text goes as a paste where the program takes one.
///
/// begin(), then look() after every output and when wake_at_ns() has come, until an end is told.
class Typist final {
 public:
  enum class End : std::uint8_t { none, taken, failed, refused };
  struct Step {
    std::string write = {};  ///< for the agent, before anything else
    End end = End::none;
    std::string detail = {};  ///< why it failed or was refused, one sentence
  };

  /// `marks`: the program asked for pasted text to be marked.
  Typist(std::string text, bool marks) : text_(std::move(text)), marks_(marks) {}

  /// Refused when the text cannot be typed, or a dialog is open; then nothing was written.
  Step begin(std::uint64_t now_ns, const Sight& sight);
  Step look(std::uint64_t now_ns, const Sight& sight, bool output);
  std::optional<std::uint64_t> wake_at_ns() const noexcept { return wake_ns_; }

 private:
  enum class Phase : std::uint8_t { typed, seen, entered };

  Step look_typed(std::uint64_t now_ns, const Sight& sight);
  Step look_seen(std::uint64_t now_ns, const Sight& sight, bool output);
  Step look_entered(std::uint64_t now_ns, const Sight& sight);
  Step fail(std::string_view what, const Sight& sight) const;

  std::string text_, tail_;
  bool marks_;
  Phase phase_ = Phase::typed;
  screen::Picture before_;
  std::uint64_t deadline_ns_ = 0;
  std::optional<std::uint64_t> wake_ns_;
};

}  // namespace paddock::session
