// What a person would read on a terminal at one moment, as plain text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace paddock::screen {

struct Cursor {
  int row = 0, col = 0;  ///< from 0
  bool visible = true;

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// One screen. A value; lines are UTF-8 without trailing blanks, one for each row.
struct Picture {
  int rows = 0, cols = 0;
  Cursor cursor;
  std::string title;
  bool alternate = false;  ///< the program shows its second screen, as editors and pagers do
  std::vector<std::string> lines;

  friend bool operator==(const Picture&, const Picture&) = default;
};

/// {rows, cols, cursor{row, col, visible}, title, alternate, lines[]}
boost::json::object to_json(const Picture& picture);

/// The last lines that hold something, at most `most`, joined by " | ": for messages.
std::string last_lines(const Picture& picture, std::size_t most);

/// True when `text`, its blanks and line breaks left out, stands on the screen; a line that was wrapped
/// counts. An empty text is on every screen.
bool shows(const Picture& picture, std::string_view text);

}  // namespace paddock::screen
