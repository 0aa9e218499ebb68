// One text, one Enter, one reaction.
#include "session/typist.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "screen/keys.hpp"

namespace paddock::session {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSeenWithin = 5'000 * kMillisecond;     // an agent that starts a tool redraws late
constexpr std::uint64_t kReactsWithin = 10'000 * kMillisecond;  // from Enter to anything on the screen
// Programs take keys that come fast after each other for a paste, and Enter in a paste for a line break (codex: 120
// ms).
constexpr std::uint64_t kStill = 200 * kMillisecond;
constexpr std::size_t kPasteFrom = 200;   // bytes; shorter text is typed
constexpr std::size_t kLineBytes = 4000;  // a terminal that edits lines itself drops what is beyond 4095
constexpr std::size_t kTailBytes = 24;
constexpr std::size_t kShownLines = 6;  // of the screen, in a message

/// The last characters of `text` that are no blanks, about kTailBytes of them, within its last line.
std::string tail_of(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  const std::size_t line = text.find_last_of("\r\n");
  if (line != std::string_view::npos) text.remove_prefix(line + 1);
  if (text.size() <= kTailBytes) return std::string(text);
  text.remove_prefix(text.size() - kTailBytes);
  while (!text.empty() && base::utf8_length(text) == 0) text.remove_prefix(1);  // not from within a character
  return std::string(text);
}

bool is_seen(const Sight& sight, const std::string& tail) {
  // What the known agents show in place of a long paste.
  return screen::shows(sight.picture, tail) || screen::shows(sight.picture, "[Pasted ");
}

}  // namespace

Typist::Step Typist::fail(std::string_view what, const Sight& sight) const {
  return {{}, End::failed, fmt::format("{}; on the screen: {}", what, screen::last_lines(sight.picture, kShownLines))};
}

Typist::Step Typist::begin(std::uint64_t now_ns, const Sight& sight) {
  tail_ = tail_of(text_);
  if (tail_.empty()) return {{}, End::refused, "there is nothing to type"};
  if (sight.dialog) return {{}, End::refused, "a dialog is open, nothing was typed"};
  if (sight.unknown)
    return {{},
            End::refused,
            "the screen is none that is known, nothing was typed: " + screen::last_lines(sight.picture, kShownLines)};
  const bool lines = text_.find_first_of("\r\n") != std::string::npos;
  if (!marks_ && (lines || text_.size() > kLineBytes)) {
    return {{}, End::refused, "the program takes one line of at most 4000 bytes, nothing was typed"};
  }
  const bool pasted = marks_ && (lines || text_.size() > kPasteFrom);
  before_ = sight.picture;
  deadline_ns_ = now_ns + kSeenWithin;
  wake_ns_ = deadline_ns_;
  return {screen::paste(text_, pasted)};
}

Typist::Step Typist::look(std::uint64_t now_ns, const Sight& sight, bool output) {
  switch (phase_) {
    case Phase::typed: return look_typed(now_ns, sight);
    case Phase::seen: return look_seen(now_ns, sight, output);
    case Phase::entered: return look_entered(now_ns, sight);
  }
  return {};
}

Typist::Step Typist::look_typed(std::uint64_t now_ns, const Sight& sight) {
  if (sight.picture != before_ && is_seen(sight, tail_)) {
    phase_ = Phase::seen;
    wake_ns_ = now_ns + kStill;
    return {};
  }
  if (now_ns < deadline_ns_) return {};
  return fail("the text was typed but did not appear within 5 s, Enter was not pressed", sight);
}

Typist::Step Typist::look_seen(std::uint64_t now_ns, const Sight& sight, bool output) {
  if (sight.dialog) return fail("a dialog opened while the text was typed, Enter was not pressed", sight);
  // A screen that is never still (a clock, a spinner) is waited for until the deadline and no longer.
  if (output && now_ns < deadline_ns_) wake_ns_ = std::min(now_ns + kStill, deadline_ns_);
  if (now_ns < *wake_ns_) return {};
  phase_ = Phase::entered;
  before_ = sight.picture;
  deadline_ns_ = now_ns + kReactsWithin;
  wake_ns_ = deadline_ns_;
  return {"\r"};
}

Typist::Step Typist::look_entered(std::uint64_t now_ns, const Sight& sight) {
  const bool still_there = sight.input && sight.input->find(tail_) != std::string::npos;
  if (sight.picture != before_ && (sight.working || !still_there)) return {{}, End::taken, {}};
  if (now_ns < deadline_ns_) return {};
  return fail("Enter was pressed and nothing happened within 10 s", sight);
}

}  // namespace paddock::session
