// A screen as the bytes that draw it again.
#include <fmt/format.h>

#include "screen/parts.hpp"

namespace paddock::screen {
namespace {

/// The look of a cell as SGR parameters, starting from nothing.
std::string look_of(const VTermScreenCell& cell) {
  std::string out = "0";
  const auto add = [&out](bool on, std::string_view code) {
    if (on) out.append(";").append(code);
  };
  add(cell.attrs.bold != 0, "1");
  add(cell.attrs.italic != 0, "3");
  add(cell.attrs.underline != 0, "4");
  add(cell.attrs.blink != 0, "5");
  add(cell.attrs.reverse != 0, "7");
  add(cell.attrs.strike != 0, "9");
  const auto color = [&out](const VTermColor& value, int code) {
    if (VTERM_COLOR_IS_INDEXED(&value)) {
      out += fmt::format(";{};5;{}", code, value.indexed.idx);
    } else {
      out += fmt::format(";{};2;{};{};{}", code, value.rgb.red, value.rgb.green, value.rgb.blue);
    }
  };
  if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)) color(cell.fg, 38);
  if (!VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)) color(cell.bg, 48);
  return out;
}

bool is_blank(const VTermScreenCell& cell, const std::string& look) {
  return (cell.chars[0] == 0 || cell.chars[0] == ' ') && look == "0";
}

VTermScreenCell cell_at(const VTermScreen* screen, int row, int col) {
  VTermScreenCell cell{};
  (void)vterm_screen_get_cell(screen, {row, col}, &cell);
  return cell;
}

/// One row, up to its last cell that shows anything.
void paint_row(const VTermScreen* screen, int row, int cols, std::string& out) {
  const auto shows_nothing = [&](int col) {
    const VTermScreenCell cell = cell_at(screen, row, col);
    return is_blank(cell, look_of(cell));
  };
  while (cols > 0 && shows_nothing(cols - 1)) --cols;
  if (cols == 0) return;
  out += fmt::format("\x1b[{};1H", row + 1);
  std::string pen = "0";
  for (int col = 0; col < cols; ++col) {
    const VTermScreenCell cell = cell_at(screen, row, col);
    std::string look = look_of(cell);
    if (look != pen) out += fmt::format("\x1b[{}m", look);
    pen = std::move(look);
    out += text_of(cell);
    if (cell.width > 1) col += cell.width - 1;
  }
  if (pen != "0") out += "\x1b[0m";
}

std::string mode(std::string_view number, bool on) { return fmt::format("\x1b[?{}{}", number, on ? 'h' : 'l'); }

}  // namespace

std::string Screen::paint() const {
  const Parts& parts = *parts_;
  int rows = 0;
  int cols = 0;
  vterm_get_size(parts.term, &rows, &cols);
  std::string out = mode("1049", parts.alternate) + mode("7", true) + "\x1b[r\x1b[0m\x1b[H\x1b[2J";
  for (int row = 0; row < rows; ++row) paint_row(parts.screen, row, cols, out);
  if (!parts.title.empty()) out += "\x1b]2;" + parts.title + "\x1b\\";
  out += mode("1000", parts.mouse == VTERM_PROP_MOUSE_CLICK) + mode("1002", parts.mouse == VTERM_PROP_MOUSE_DRAG) +
         mode("1003", parts.mouse == VTERM_PROP_MOUSE_MOVE) + mode("1006", parts.mouse != VTERM_PROP_MOUSE_NONE);
  out += mode("2004", wants_paste_marks()) + mode("1", wants_application_keys());
  VTermPos at{};
  vterm_state_get_cursorpos(vterm_obtain_state(parts.term), &at);
  out += fmt::format("\x1b[{};{}H", at.row + 1, at.col + 1) + mode("25", parts.cursor_visible);
  return out;
}

}  // namespace paddock::screen
