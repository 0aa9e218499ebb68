// A program that misbehaves in one way: what limits are for.
//
//   hog memory MIB       takes that much memory and touches it
//   hog forks N          starts children until it has N or the kernel refuses; says how many it got
//   hog cpu MILLISECONDS burns a processor for that much of its own processor time
//   hog stubborn         ignores SIGTERM, leaves a grandchild in a session of its own that does too
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <poll.h>
#include <unistd.h>

namespace {

int hog_memory(long mib) {
  std::vector<char*> blocks;
  for (long i = 0; i < mib; ++i) {
    char* block = static_cast<char*>(std::malloc(1U << 20U));
    if (block == nullptr) return 1;
    std::memset(block, int(i) | 1, 1U << 20U);
    blocks.push_back(block);
  }
  std::printf("took %zu MiB\n", blocks.size());
  return 0;
}

int hog_forks(long wanted) {
  long got = 0;
  for (; got < wanted; ++got) {
    const pid_t pid = ::fork();
    if (pid < 0) break;
    if (pid == 0) {
      (void)::poll(nullptr, 0, -1);
      _exit(0);
    }
  }
  std::printf("forked %ld: %s\n", got, got < wanted ? std::strerror(errno) : "all");
  return 0;
}

int hog_cpu(long millis) {
  volatile unsigned long spin = 0;
  while (std::clock() < millis * (CLOCKS_PER_SEC / 1000)) {
    for (int i = 0; i < 10'000; ++i) spin = spin + 1;
  }
  std::printf("burnt %ld ms\n", millis);
  return 0;
}

int be_stubborn() {
  std::signal(SIGTERM, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  if (::fork() == 0) {
    (void)::setsid();
    if (::fork() != 0) _exit(0);
  }
  std::printf("stubborn\n");
  std::fflush(stdout);
  for (;;) (void)::poll(nullptr, 0, -1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const long number = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 0;
  if (what == "memory") return hog_memory(number);
  if (what == "forks") return hog_forks(number);
  if (what == "cpu") return hog_cpu(number);
  if (what == "stubborn") return be_stubborn();
  return 2;
}
