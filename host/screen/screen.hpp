// A terminal without glass: bytes in, what they show out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "screen/picture.hpp"

namespace paddock::screen {

/// The one terminal of an interactive session. Everybody who attaches looks at it, so it alone answers what
/// the program asks of a terminal. Does no I/O; the same bytes always give the same screen.
///
/// Keeps limits::scrollback_lines lines of text that have left the top. One thread.
class Screen final {
 public:
  Screen(int rows, int cols);
  ~Screen();
  Screen(Screen&&) noexcept;
  Screen& operator=(Screen&&) noexcept;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Takes what the program wrote, split anywhere. Returns what the terminal answers it, most often nothing.
  std::string write(std::string_view bytes);
  /// 1 to limits::terminal_cells a side; what is beyond is clamped.
  void resize(int rows, int cols);

  int rows() const noexcept;
  int cols() const noexcept;
  Picture picture() const;
  /// Text that has left the top, oldest first, at most the newest `most` lines.
  std::vector<std::string> scrollback(std::size_t most) const;

  /// The program asked that pasted text be marked.
  bool wants_paste_marks() const;
  /// The program asked for the other codes of the arrow keys.
  bool wants_application_keys() const;

  /// Bytes that make any terminal of the same size show this: cleared, painted, cursor and modes set.
  std::string paint() const;

 private:
  struct Parts;
  friend struct Callbacks;
  std::unique_ptr<Parts> parts_;
};

}  // namespace paddock::screen
