// Starts the test's probe program and reads what it reports.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "process/process.hpp"

namespace paddock::process::test {

/// Generous: only a hang reaches it.
inline constexpr int kDeadlineMs = 60'000;

inline bool wait_readable(int fd) {
  pollfd wanted = {.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, kDeadlineMs) == 1;
}

/// Everything until the end of a non-blocking pipe or terminal.
inline std::string read_all(int fd) {
  std::string text;
  char chunk[4096];
  while (wait_readable(fd)) {
    const ssize_t got = ::read(fd, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;  // a terminal says EIO when its last user is gone
    text.append(chunk, std::size_t(got));
  }
  return text;
}

inline Spec probe(std::vector<std::string> arguments, Transport transport = Transport::pipes) {
  Spec spec;
  spec.program = PROCESS_PROBE;
  spec.argv = {"probe"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.transport = transport;
  return spec;
}

/// What a probe reported: key to values in order.
using Report = std::map<std::string, std::vector<std::string>>;

inline Report parse_report(const std::string& text) {
  Report report;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    const auto blank = line.find(' ');
    if (blank != std::string::npos) report[line.substr(0, blank)].push_back(line.substr(blank + 1));
    at = end + 1;
  }
  return report;
}

inline Exit wait_exit(const Child& child) {
  EXPECT_TRUE(wait_readable(child.pidfd.get()));
  auto exit = reap(child.pidfd.get());
  EXPECT_TRUE(exit) << exit.error().detail;
  return exit ? *exit : Exit();
}

/// Runs a probe to its end and returns its report.
inline Report report_of(const Spec& spec) {
  auto child = start(spec);
  EXPECT_TRUE(child) << child.error().detail;
  if (!child) return {};
  Report report = parse_report(read_all(child->pty ? child->pty.get() : child->out.get()));
  EXPECT_EQ(wait_exit(*child).code, 0);
  EXPECT_EQ(report["end"], std::vector<std::string>{"."});
  return report;
}

}  // namespace paddock::process::test
