// libvterm behind a value's interface.
#include "screen/screen.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "screen/parts.hpp"

namespace paddock::screen {
namespace limits = base::limits;

namespace {

// libvterm 0.1.4 overflows the stack when it is given megabytes at once.
constexpr std::size_t kWriteBytes = 4096;
// A program that asks without end and never reads must not grow anything.
constexpr std::size_t kAnswerBytes = 4096;
constexpr std::size_t kTitleBytes = 256;
constexpr std::uint32_t kSecondHalf = 0xFFFFFFFFU;  // what libvterm has in the cell after a wide character

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x20 || c == 0x7F) c = ' ';
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += {char(0xC0 | (c >> 6)), char(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {char(0xE0 | (c >> 12)), char(0x80 | ((c >> 6) & 0x3F)), char(0x80 | (c & 0x3F))};
  } else {
    out += {char(0xF0 | (c >> 18)), char(0x80 | ((c >> 12) & 0x3F)), char(0x80 | ((c >> 6) & 0x3F)),
            char(0x80 | (c & 0x3F))};
  }
}

void trim_right(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

std::string text_of(const VTermScreenCell* cells, int cols) {
  std::string line;
  for (int col = 0; col < cols; ++col) line += screen::text_of(cells[col]);
  trim_right(line);
  return line;
}

int side(int wanted) { return std::clamp(wanted, 1, int(limits::terminal_cells)); }

}  // namespace

std::string text_of(const VTermScreenCell& cell) {
  if (cell.chars[0] == kSecondHalf) return {};
  if (cell.chars[0] == 0) return " ";
  std::string out;
  for (std::size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; ++i) append_utf8(out, cell.chars[i]);
  return out;
}

// What libvterm calls; `user` is always the Parts.
struct Callbacks {
  static Screen::Parts& of(void* user) { return *static_cast<Screen::Parts*>(user); }

  static void output(const char* bytes, std::size_t count, void* user) {
    std::string& answer = of(user).answer;
    if (answer.size() + count <= kAnswerBytes) answer.append(bytes, count);
  }

  static int property(VTermProp property, VTermValue* value, void* user) {
    Screen::Parts& parts = of(user);
    switch (property) {
      case VTERM_PROP_CURSORVISIBLE: parts.cursor_visible = value->boolean != 0; return 1;
      case VTERM_PROP_ALTSCREEN: parts.alternate = value->boolean != 0; return 1;
      case VTERM_PROP_MOUSE: parts.mouse = value->number; return 1;
      case VTERM_PROP_TITLE:
        parts.title = base::to_utf8(std::string_view(value->string).substr(0, kTitleBytes));
        return 1;
      default: return 1;
    }
  }

  static int push_line(int cols, const VTermScreenCell* cells, void* user) {
    auto& lines = of(user).scrollback;
    lines.push_back(text_of(cells, cols));
    if (lines.size() > limits::scrollback_lines) lines.pop_front();
    return 1;
  }
};

Screen::Parts::Parts(int rows, int cols) : term(vterm_new(rows, cols)) {
  static const VTermScreenCallbacks callbacks = [] {
    VTermScreenCallbacks table{};
    table.settermprop = Callbacks::property;
    table.sb_pushline = Callbacks::push_line;
    return table;
  }();
  vterm_set_utf8(term, 1);
  vterm_output_set_callback(term, Callbacks::output, this);
  screen = vterm_obtain_screen(term);
  vterm_screen_set_callbacks(screen, &callbacks, this);
  vterm_screen_enable_altscreen(screen, 1);
  vterm_screen_reset(screen, 1);
}

Screen::Screen(int rows, int cols) : parts_(std::make_unique<Parts>(side(rows), side(cols))) {}
Screen::~Screen() = default;
Screen::Screen(Screen&&) noexcept = default;
Screen& Screen::operator=(Screen&&) noexcept = default;

std::string Screen::write(std::string_view bytes) {
  parts_->strings.write(bytes, [this](std::string_view whole) {
    for (; !whole.empty(); whole.remove_prefix(std::min(whole.size(), kWriteBytes))) {
      const std::string_view piece = whole.substr(0, kWriteBytes);
      vterm_input_write(parts_->term, piece.data(), piece.size());
    }
  });
  return std::exchange(parts_->answer, {});
}

void Screen::resize(int rows, int cols) { vterm_set_size(parts_->term, side(rows), side(cols)); }

int Screen::rows() const noexcept {
  int rows = 0;
  vterm_get_size(parts_->term, &rows, nullptr);
  return rows;
}

int Screen::cols() const noexcept {
  int cols = 0;
  vterm_get_size(parts_->term, nullptr, &cols);
  return cols;
}

Picture Screen::picture() const {
  Picture out;
  vterm_get_size(parts_->term, &out.rows, &out.cols);
  VTermPos at{};
  vterm_state_get_cursorpos(vterm_obtain_state(parts_->term), &at);
  out.cursor = {at.row, at.col, parts_->cursor_visible};
  out.title = parts_->title;
  out.alternate = parts_->alternate;
  out.lines.resize(std::size_t(out.rows));
  for (int row = 0; row < out.rows; ++row) {
    std::string& line = out.lines[std::size_t(row)];
    for (int col = 0; col < out.cols; ++col) {
      VTermScreenCell cell{};
      if (vterm_screen_get_cell(parts_->screen, {row, col}, &cell) != 0) line += text_of(cell);
    }
    trim_right(line);
  }
  return out;
}

std::vector<std::string> Screen::scrollback(std::size_t most) const {
  const auto& lines = parts_->scrollback;
  return {lines.end() - std::ptrdiff_t(std::min(most, lines.size())), lines.end()};
}

bool Screen::wants_paste_marks() const { return !parts_->sent_by(vterm_keyboard_start_paste).empty(); }

bool Screen::wants_application_keys() const {
  const auto up = [](VTerm* term) { vterm_keyboard_key(term, VTERM_KEY_UP, VTERM_MOD_NONE); };
  return parts_->sent_by(up) == "\x1bOA";
}

}  // namespace paddock::screen
