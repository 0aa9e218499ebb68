// Where strings begin and end.
#include "screen/string_keeper.hpp"

namespace paddock::screen {
namespace {

constexpr std::size_t kKeptBytes = 2048;
constexpr char kEscape = '\x1b';

}  // namespace

bool StringKeeper::step(char c) {
  if (state_ == State::plain && c != kEscape) return true;
  if (state_ == State::escape && c == kEscape) return false;
  const bool ends = c == '\a' || c == '\x18' || c == '\x1a';  // BEL; CAN and SUB give it up
  if (kept_.size() < kKeptBytes || ends || state_ == State::string_escape || c == kEscape) kept_ += c;
  switch (state_) {
    case State::plain: state_ = State::escape; break;
    case State::escape:
      state_ = std::string_view("]PX^_").find(c) == std::string_view::npos ? State::plain : State::string;
      break;
    case State::string:
      if (c == kEscape) state_ = State::string_escape;
      if (ends) state_ = State::plain;
      break;
    case State::string_escape: state_ = State::plain; break;  // ESC \, or another sequence that begins
  }
  return state_ == State::plain;
}

}  // namespace paddock::screen
