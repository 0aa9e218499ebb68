// Running programs from tests without a shell, a sleep or a leak.
#include "support/program.hpp"

#include <csignal>
#include <stdexcept>

#include <poll.h>
#include <unistd.h>

namespace paddock::support {
namespace {

using Clock = std::chrono::steady_clock;

/// A peer that leaves early is an answer of zero bytes, not the end of the test program. What is started
/// from here gets all signals at their defaults again.
[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

process::Child start(std::vector<std::string> argv, std::vector<std::string> environment, std::string workdir) {
  process::Spec spec;
  auto program = process::resolve_program(argv.at(0), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
  if (!program) throw std::runtime_error(program.error().detail);
  spec.program = *program;
  spec.argv = std::move(argv);
  spec.environment = std::move(environment);
  spec.workdir = std::move(workdir);
  auto child = process::start(spec);
  if (!child) throw std::runtime_error(child.error().detail);
  return std::move(*child);
}

/// Reads what is there; closes the descriptor at its end.
void drain(base::UniqueFd& fd, std::string& into) {
  char chunk[65536];
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk, sizeof chunk);
    if (got > 0) into.append(chunk, std::size_t(got));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      fd.reset();
      return;
    }
  }
}

}  // namespace

Program::Program(std::vector<std::string> argv, std::vector<std::string> environment, std::string workdir)
    : child_(start(std::move(argv), std::move(environment), std::move(workdir))) {}

Program::~Program() {
  if (code_) return;
  (void)process::send_signal(child_.pidfd.get(), SIGKILL);
  pollfd ended{child_.pidfd.get(), POLLIN, 0};
  (void)::poll(&ended, 1, -1);
  (void)process::reap(child_.pidfd.get());
}

void Program::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(child_.in.get(), bytes.data(), bytes.size());
    if (put > 0) bytes.remove_prefix(std::size_t(put));
    if (put < 0 && errno == EAGAIN) {
      pollfd room{child_.in.get(), POLLOUT, 0};
      (void)::poll(&room, 1, -1);
    } else if (put < 0 && errno != EINTR) {
      return;  // it does not read any more; what it did is judged by the test
    }
  }
}

void Program::close_input() { child_.in.reset(); }

bool Program::read_some(Clock::time_point deadline, bool until_exit) {
  pollfd fds[3] = {{child_.out.get(), POLLIN, 0}, {child_.err.get(), POLLIN, 0}, {child_.pidfd.get(), POLLIN, 0}};
  if (!until_exit) fds[2].fd = -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0 || ::poll(fds, 3, int(left)) == 0) return false;
  if (fds[0].revents != 0) drain(child_.out, out_);
  if (fds[1].revents != 0) drain(child_.err, err_);
  return true;
}

std::optional<std::string> Program::line(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    const std::size_t end = out_.find('\n', taken_);
    if (end != std::string::npos) {
      std::string text = out_.substr(taken_, end - taken_);
      taken_ = end + 1;
      return text;
    }
    if (!child_.out || !read_some(deadline, false)) return std::nullopt;
  }
}

void Program::signal(int signo) { (void)process::send_signal(child_.pidfd.get(), signo); }

Finished Program::wait(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!code_) {
    if (!read_some(deadline, true)) throw std::runtime_error("the program did not end in time");
    if (auto exit = process::reap(child_.pidfd.get()))
      code_ = exit->code ? *exit->code : 128 + exit->signal.value_or(0);
  }
  if (child_.out) drain(child_.out, out_);
  if (child_.err) drain(child_.err, err_);
  return {*code_, out_.substr(taken_), err_};
}

Finished Program::run(std::vector<std::string> argv, std::vector<std::string> environment, std::string input,
                      std::string workdir) {
  Program program(std::move(argv), std::move(environment), std::move(workdir));
  program.write(input);
  program.close_input();
  return program.wait();
}

std::vector<std::string> clean_environment(const std::string& home) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=" + home, "LANG=C.UTF-8", "TERM=dumb"};
}

}  // namespace paddock::support
