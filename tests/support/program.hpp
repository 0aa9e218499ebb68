// A real program run by a test: started, read line by line, ended by its pidfd.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "process/process.hpp"

namespace paddock::support {

/// Long enough that only a hang reaches it, on a busy machine with sanitizers too.
inline constexpr std::chrono::seconds kPatience{60};

/// How a program ended and what it wrote.
struct Finished {
  int code = -1;  ///< exit status, or 128 + signal
  std::string out, err;
};

/// A child of the test. Ended with SIGKILL when it is still there at the end.
class Program {
 public:
  /// Starts `argv` with exactly `environment`. Throws when it cannot.
  Program(std::vector<std::string> argv, std::vector<std::string> environment, std::string workdir = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const noexcept { return child_.pid; }
  void write(std::string_view bytes);
  void close_input();

  /// The next line of its output, without the newline; nothing when it ended or `patience` passed.
  std::optional<std::string> line(std::chrono::milliseconds patience = kPatience);

  void signal(int signo);
  /// Waits for its end. Throws when `patience` passed.
  Finished wait(std::chrono::milliseconds patience = kPatience);

  /// Runs a program to its end.
  static Finished run(std::vector<std::string> argv, std::vector<std::string> environment, std::string input = {},
                      std::string workdir = {});

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline, bool until_exit);

  process::Child child_;
  std::string out_, err_;
  std::size_t taken_ = 0;  // bytes of out_ that line() has returned
  std::optional<int> code_;
};

/// PATH and a HOME of the test's own: what a program may see by default.
std::vector<std::string> clean_environment(const std::string& home);

}  // namespace paddock::support
