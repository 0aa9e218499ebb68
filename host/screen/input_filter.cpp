// Finding a terminal's own words among keys.
#include "screen/input_filter.hpp"

#include <algorithm>
#include <utility>

namespace paddock::screen {
namespace {

constexpr std::size_t kHeld = 1024;

}  // namespace

/// `held_` is a whole control sequence: ESC [ parameters letter.
bool InputFilter::is_report() const {
  const char last = held_.back();
  const std::string_view inside(held_.data() + 2, held_.size() - 3);
  const bool is_private = !inside.empty() && (inside.front() == '?' || inside.front() == '>' || inside.front() == '=');
  if (last == 'c') return true;                                        // device attributes
  if (last == 'n') return true;                                        // status
  if (last == 'R') return inside.find(';') != std::string_view::npos;  // cursor position
  if (last == 'y') return inside.ends_with('$');                       // modes
  return is_private && last == 'u';                                    // keyboard flags
}

void InputFilter::let_go(std::string& out) {
  out += held_;
  held_.clear();
  state_ = State::text;
}

void InputFilter::step(char c, std::string& out) {
  if (state_ == State::text && c != '\x1b') {
    out += c;
    return;
  }
  held_ += c;
  switch (state_) {
    case State::text: state_ = State::escape; return;
    case State::escape:
      if (c == '[') {
        state_ = State::control;
      } else if (c == ']' || c == 'P' || c == '_') {
        state_ = State::string;
      } else {
        let_go(out);
      }
      return;
    case State::control:
      if (c < 0x40 || c > 0x7E) {
        if (held_.size() > kHeld) let_go(out);
        return;
      }
      if (is_report()) held_.clear();
      return let_go(out);
    case State::string:
      if (c == '\x1b') state_ = State::string_escape;
      if (c == '\a') held_.clear();
      if (held_.empty() || held_.size() > kHeld) let_go(out);
      return;
    case State::string_escape:
      if (c == '\\') held_.clear();
      return let_go(out);
  }
}

std::string InputFilter::pass(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) step(c, out);
  // A lone Escape is a key: people press it and wait. A report comes in one piece but for the longest ones.
  if (held_ == "\x1b") let_go(out);
  return out;
}

}  // namespace paddock::screen
