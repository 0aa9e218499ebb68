// A small agent for tests that keeps its own truth: it writes numbered lines and then, in a file nobody
// else touches, how many it wrote.
//
//   talker TRUTH_FILE LINES LINES_PER_SECOND    (0: as fast as they are taken)
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <poll.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const long lines = std::strtol(argv[2], nullptr, 10);
  const long rate = std::strtol(argv[3], nullptr, 10);
  std::size_t bytes = 0;
  for (long i = 0; i < lines; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t put = ::write(STDOUT_FILENO, line.data() + at, line.size() - at);
      if (put < 0) return 1;  // the reader went away: the truth file stays missing, and the test sees it
      at += std::size_t(put);
    }
    bytes += line.size();
    // Ten lines at a time: timers of less than a millisecond are not kept anyway.
    if (rate > 0 && i % 10 == 9) (void)::poll(nullptr, 0, int(10'000 / rate));
  }
  std::FILE* truth = std::fopen(argv[1], "w");
  if (truth == nullptr) return 1;
  (void)std::fprintf(truth, "%ld %zu\n", lines, bytes);
  return std::fclose(truth) == 0 ? 0 : 1;
}
