// Where log lines go. A log that nobody reads must never stop the program: a line that cannot be taken at
// once is dropped and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace paddock::base::log {

class LogOutput {
 public:
  /// A pipe that is not full takes so much in one piece without waiting (PIPE_BUF).
  static constexpr std::size_t max_line = 4096;

  /// The line that says how many were lost.
  using LostLine = std::function<std::string(std::uint64_t lost)>;

  /// Writes to `fd`, which stays the caller's. Its mode is not touched: others may share it.
  explicit LogOutput(int fd) noexcept : fd_(fd) {}

  /// Writes `line` whole (its newline included, at most `max_line` bytes) or, where the reader is behind,
  /// not at all. The first line after a loss is preceded by `lost_line`. Thread-safe; never waits.
  void put(std::string_view line, const LostLine& lost_line);

 private:
  [[nodiscard]] bool write_now(std::string_view line) const noexcept;

  int fd_;
  std::mutex mutex_;
  std::uint64_t lost_ = 0;
};

}  // namespace paddock::base::log
