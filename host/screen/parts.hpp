// What a Screen is made of. Internal to this folder: the only one that sees libvterm.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <vterm.h>

#include "screen/screen.hpp"
#include "screen/string_keeper.hpp"

namespace paddock::screen {

struct Screen::Parts {
  Parts(int rows, int cols);
  ~Parts() { vterm_free(term); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  /// The bytes that libvterm would send for a key now: the only way to learn some of its modes.
  template <class Press>
  std::string sent_by(Press press) {
    std::string kept;
    kept.swap(answer);
    press(term);
    kept.swap(answer);
    return kept;
  }

  VTerm* term = nullptr;
  VTermScreen* screen = nullptr;
  StringKeeper strings;
  std::string answer;  ///< bounded
  std::string title;
  bool cursor_visible = true;
  bool alternate = false;
  int mouse = VTERM_PROP_MOUSE_NONE;
  std::deque<std::string> scrollback;
};

/// The text of one cell as UTF-8; empty for the second half of a wide character.
std::string text_of(const VTermScreenCell& cell);

}  // namespace paddock::screen
