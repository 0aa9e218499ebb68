// Opens pseudo-terminals.
#include "process/terminal.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "process/process.hpp"

namespace paddock::process {

base::Result<Terminal> open_terminal(std::uint16_t rows, std::uint16_t cols) {
  Terminal terminal;
  terminal.master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!terminal.master) return base::fail_errno("cannot open a terminal", errno);
  if (::unlockpt(terminal.master.get()) != 0) return base::fail_errno("cannot unlock a terminal", errno);

  // By descriptor, not by name: /dev/pts of another mount namespace would name another terminal.
  terminal.slave.reset(::ioctl(terminal.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.slave) return base::fail_errno("cannot open the far end of a terminal", errno);

  const winsize size = {.ws_row = rows, .ws_col = cols, .ws_xpixel = 0, .ws_ypixel = 0};
  termios modes = {};
  if (::ioctl(terminal.master.get(), TIOCSWINSZ, &size) != 0 || ::tcgetattr(terminal.slave.get(), &modes) != 0) {
    return base::fail_errno("cannot set up a terminal", errno);
  }
  modes.c_iflag |= IUTF8;
  if (::tcsetattr(terminal.slave.get(), TCSANOW, &modes) != 0) {
    return base::fail_errno("cannot set up a terminal", errno);
  }
  return terminal;
}

base::Result<> resize_terminal(int master, std::uint16_t rows, std::uint16_t cols) {
  const winsize size = {.ws_row = rows, .ws_col = cols, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(master, TIOCSWINSZ, &size) == 0) return {};
  return base::fail_errno("cannot resize a terminal", errno);
}

}  // namespace paddock::process
