// Typing and looking.
#include "support/on_terminal.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <poll.h>
#include <unistd.h>

#include "support/program.hpp"

namespace paddock::support {

OnTerminal::OnTerminal(std::vector<std::string> argv, std::vector<std::string> environment) {
  process::Spec spec;
  spec.program = argv.front();
  spec.argv = std::move(argv);
  spec.environment = std::move(environment);
  spec.transport = process::Transport::pty;
  child_ = std::move(process::start(spec).value());
}

OnTerminal::~OnTerminal() {
  if (reaped_) return;
  (void)process::send_signal(child_.pidfd.get(), SIGKILL);
  pollfd ended{child_.pidfd.get(), POLLIN, 0};
  (void)::poll(&ended, 1, -1);
  (void)process::reap(child_.pidfd.get());
}

void OnTerminal::type(std::string_view text) {
  if (::write(child_.pty.get(), text.data(), text.size()) == ssize_t(text.size())) return;
  throw std::runtime_error("the terminal does not take what is typed");
}

void OnTerminal::resize(std::uint16_t rows, std::uint16_t cols) {
  process::resize_terminal(child_.pty.get(), rows, cols).value();
}

void OnTerminal::signal(int signo) { process::send_signal(child_.pidfd.get(), signo).value(); }

termios OnTerminal::modes() const {
  termios modes{};
  (void)::tcgetattr(child_.pty.get(), &modes);
  return modes;
}

bool OnTerminal::sees(std::string_view text) {
  for (;;) {
    const std::size_t at = screen_.find(text, seen_);
    if (at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    if (!read_some()) return false;
  }
}

int OnTerminal::ends() {
  while (read_some()) {
  }
  pollfd ended{child_.pidfd.get(), POLLIN, 0};
  if (::poll(&ended, 1, int(std::chrono::milliseconds(kPatience).count())) <= 0) throw std::runtime_error("it goes on");
  const auto exit = process::reap(child_.pidfd.get());
  reaped_ = true;
  return exit->signal ? 128 + *exit->signal : exit->code.value_or(-1);
}

bool OnTerminal::read_some() {
  pollfd ready{child_.pty.get(), POLLIN, 0};
  if (::poll(&ready, 1, int(std::chrono::milliseconds(kPatience).count())) <= 0) return false;
  char chunk[4096];
  const ssize_t got = ::read(child_.pty.get(), chunk, sizeof chunk);
  if (got > 0) screen_.append(chunk, std::size_t(got));
  return got > 0 || (got < 0 && errno == EAGAIN);
}

}  // namespace paddock::support
