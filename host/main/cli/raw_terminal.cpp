// Raw mode, and the way back from it.
#include "main/cli/raw_terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace paddock::cli {
namespace {

// Leaves what an agent's program may have switched on: second screen, scroll region, hidden cursor, pasted text's
// marks, mouse, focus, other codes of keys (two ways), colours. Then a fresh line.
constexpr std::string_view kBack =
    "\x1b[?1049l\x1b[r\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?1l\x1b>\x1b[<u"
    "\x1b[>4m\x1b[0m\x1b[999;1H\r\n";

}  // namespace

TerminalSize size_of_terminal() {
  winsize size{};
  TerminalSize out;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return out;
  return {size.ws_row, size.ws_col};
}

Outcome<RawTerminal> RawTerminal::open() {
  termios before{};
  if (::isatty(STDOUT_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before) != 0) {
    return failure(ExitCode::usage, "usage", "attaching needs a terminal; 'paddock screen' shows without one");
  }
  termios raw = before;
  ::cfmakeraw(&raw);
  if (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0) {
    return failure(base::fail_errno("cannot set up this terminal", errno));
  }
  return RawTerminal(before);
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept
    : before_(other.before_), owner_(std::exchange(other.owner_, false)) {}

RawTerminal::~RawTerminal() {
  if (!owner_) return;
  (void)show(kBack);
  // Not TCSADRAIN: nobody may read what is left to write.
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

bool RawTerminal::show(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) {  // a shell that left it so
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      (void)::poll(&ready, 1, -1);
      continue;
    }
    if (put <= 0) return false;
    bytes.remove_prefix(std::size_t(put));
  }
  return true;
}

std::optional<DetachKey> DetachKey::of(std::string_view name) {
  constexpr std::string_view kCtrl = "Ctrl-";
  if (!name.starts_with(kCtrl) || name.size() != kCtrl.size() + 1) return std::nullopt;
  const char key = name.back() >= 'a' && name.back() <= 'z' ? char(name.back() - 'a' + 'A') : name.back();
  if (key < '@' || key > '_') return std::nullopt;
  return DetachKey(char(key - '@'));
}

DetachKey::Typed DetachKey::look(std::string_view typed) const {
  // Also as a terminal writes it that was asked to tell keys apart (the codes of kitty, and of xterm).
  const char plain = char(control_ + '@');
  const int code = plain >= 'A' && plain <= 'Z' ? plain - 'A' + 'a' : plain;
  const std::array<std::string, 3> ways{std::string(1, control_), fmt::format("\x1b[{};5u", code),
                                        fmt::format("\x1b[27;5;{}~", code)};
  std::size_t first = std::string_view::npos;
  for (const std::string& way : ways) first = std::min(first, typed.find(way));
  if (first == std::string_view::npos) return {typed, false};
  return {typed.substr(0, first), true};
}

}  // namespace paddock::cli
