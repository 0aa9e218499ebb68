// A program at a terminal, with a test as the person who sits there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <termios.h>

#include "process/process.hpp"

namespace paddock::support {

/// Started on a pseudo-terminal of its own; killed with the object.
class OnTerminal {
 public:
  OnTerminal(std::vector<std::string> argv, std::vector<std::string> environment);
  ~OnTerminal();
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  /// Throws when the terminal does not take it.
  void type(std::string_view text);
  void resize(std::uint16_t rows, std::uint16_t cols);
  void signal(int signo);
  /// How the terminal is set now.
  termios modes() const;

  /// Reads until `text` was seen (after what was seen before); false when it never came.
  bool sees(std::string_view text);
  /// Reads until the program has ended; its exit status, or 128 + signal.
  int ends();
  const std::string& screen() const { return screen_; }

 private:
  bool read_some();

  process::Child child_;
  std::string screen_;
  std::size_t seen_ = 0;
  bool reaped_ = false;
};

}  // namespace paddock::support
