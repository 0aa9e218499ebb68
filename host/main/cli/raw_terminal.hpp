// The terminal a person sits at, while another program's screen is on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <termios.h>

#include "main/cli/outcome.hpp"

namespace paddock::cli {

struct TerminalSize {
  std::uint16_t rows = 24, cols = 80;
};

/// Standard input and output as they are.
TerminalSize size_of_terminal();

/// Raw from open() to the end of the object, which puts everything back: line editing, echo, the first screen, the
/// cursor, and whatever modes the other program has asked for.
class RawTerminal final {
 public:
  /// Fails with bad usage when standard input or output is no terminal.
  static Outcome<RawTerminal> open();
  ~RawTerminal();
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&&) = delete;
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// Writes all of it; false when nobody is there any more.
  static bool show(std::string_view bytes);

 private:
  explicit RawTerminal(const termios& before) : before_(before) {}

  termios before_;
  bool owner_ = true;
};

/// Looks for the detach key in what is typed.
class DetachKey final {
 public:
  /// `name` is "Ctrl-]", "Ctrl-A" and so on; nothing for what is no such key.
  static std::optional<DetachKey> of(std::string_view name);

  /// What was typed before the key; `pressed` says whether it was.
  struct Typed {
    std::string_view before;
    bool pressed = false;
  };
  Typed look(std::string_view typed) const;

 private:
  explicit DetachKey(char control) : control_(control) {}
  char control_;
};

}  // namespace paddock::cli
