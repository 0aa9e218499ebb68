// A program that knows it is on a terminal: says its size and every new one, asks the terminal questions, turns its
// echo off. Reads one word a line: size, ask, quiet, end.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace {

volatile sig_atomic_t resized = 0;

void say_size() {
  winsize size{};
  ::ioctl(0, TIOCGWINSZ, &size);
  std::printf("size %d %d\n", int(size.ws_row), int(size.ws_col));
}

void set_mode(tcflag_t flags, bool on) {
  termios modes{};
  ::tcgetattr(0, &modes);
  modes.c_lflag = on ? modes.c_lflag | flags : modes.c_lflag & ~flags;
  ::tcsetattr(0, TCSANOW, &modes);
}

void ask() {
  set_mode(ICANON | ECHO, false);
  std::printf("\033[6n");
  char answer[64];
  const ssize_t got = ::read(0, answer, sizeof answer - 1);
  set_mode(ICANON | ECHO, true);
  answer[got > 0 ? got : 0] = '\0';
  std::printf("answer %s\n", answer[0] == '\033' ? answer + 1 : answer);
}

}  // namespace

int main() {
  struct sigaction on_resize {};
  on_resize.sa_handler = [](int) { resized = 1; };
  ::sigaction(SIGWINCH, &on_resize, nullptr);
  std::setbuf(stdout, nullptr);
  std::printf("%s %s\n", ::isatty(0) != 0 && ::isatty(1) != 0 && ::isatty(2) != 0 ? "tty" : "no tty", ::getenv("TERM"));
  say_size();
  char line[256];
  for (;;) {
    const ssize_t got = ::read(0, line, sizeof line - 1);
    if (got < 0 && errno == EINTR) {
      if (resized != 0) say_size();
      resized = 0;
      continue;
    }
    if (got <= 0) break;
    line[got] = '\0';
    if (std::strncmp(line, "size", 4) == 0) say_size();
    if (std::strncmp(line, "ask", 3) == 0) ask();
    if (std::strncmp(line, "quiet", 5) == 0) set_mode(ECHO, false);
    if (std::strncmp(line, "end", 3) == 0) return 3;
  }
  std::printf("bye\n");
  return 0;
}
