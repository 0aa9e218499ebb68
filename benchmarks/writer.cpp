// The agent of the benchmarks.
//
//   bench-writer stamps LINES PER_SECOND   lines "@<monotonic ns>", evenly spread
//   bench-writer lines LINES BYTES         lines of that length, as fast as they are taken
//   bench-writer bytes TOTAL WRITE         writes of WRITE bytes until TOTAL, each one line
#include <chrono>
#include <cstdlib>
#include <string>

#include <poll.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

bool put(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t wrote = ::write(STDOUT_FILENO, bytes.data() + at, bytes.size() - at);
    if (wrote < 0) return false;
    at += std::size_t(wrote);
  }
  return true;
}

int write_stamps(long lines, long per_second) {
  const auto begin = Clock::now();
  for (long i = 0; i < lines; ++i) {
    const auto due = begin + std::chrono::nanoseconds(i * (1'000'000'000 / per_second));
    while (Clock::now() < due) (void)::poll(nullptr, 0, 1);
    if (!put("@" + std::to_string(Clock::now().time_since_epoch().count()) + "\n")) return 1;
  }
  return 0;
}

int write_many(long total, long bytes, long at_once) {
  std::string line(std::size_t(bytes), 'x');
  line.back() = '\n';
  std::string chunk;
  for (long i = 0; i < at_once; ++i) chunk += line;
  for (long sent = 0; sent < total; sent += long(chunk.size())) {
    if (!put(chunk)) return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string what = argv[1];
  const long first = std::strtol(argv[2], nullptr, 10);
  const long second = std::strtol(argv[3], nullptr, 10);
  if (what == "stamps") return write_stamps(first, second);
  if (what == "lines") return write_many(first * second, second, 10);
  if (what == "bytes") return write_many(first, second, 1);
  return 2;
}
