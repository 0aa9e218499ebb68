// Keeps a watching terminal from answering in place of ours. Pure.
#pragma once

#include <string>
#include <string_view>

namespace paddock::screen {

/// What a person types passes; what their terminal says by itself does not: device attributes, cursor
/// position, mode and colour reports. Those questions were answered by the session's own terminal already, and a second
/// answer would be taken for keys. Sequences may be split between calls; at most kHeld bytes of an unfinished one are
/// kept.
class InputFilter final {
 public:
  std::string pass(std::string_view bytes);

 private:
  enum class State { text, escape, control, string, string_escape };

  void step(char c, std::string& out);
  void let_go(std::string& out);
  bool is_report() const;

  State state_ = State::text;
  std::string held_;
};

}  // namespace paddock::screen
