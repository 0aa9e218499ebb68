// Bounds of processes and pipes.
#include "bounds.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace paddock::bench {
namespace {

using base::UniqueFd;

struct Pipe {
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read.reset(fds[0]);
    write.reset(fds[1]);
  }
  UniqueFd read, write;
};

/// Runs `work` in a child, which ends with it.
template <class Work>
pid_t child(Work work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  return pid;
}

void reap(pid_t pid) { (void)::waitpid(pid, nullptr, 0); }

}  // namespace

Samples bare_spawn(int rounds) {
  Samples samples;
  char program[] = "/bin/cat";
  char* argv[] = {program, nullptr};
  for (int i = 0; i < rounds; ++i) {
    Pipe input;
    pid_t pid = 0;
    samples.add(timed([&] {
      // NOLINTNEXTLINE: vfork is what is measured
      pid = ::vfork();
      if (pid == 0) {
        (void)::dup2(input.read.get(), 0);
        ::execv(program, argv);
        ::_exit(127);
      }
    }));
    input.write.reset();
    reap(pid);
  }
  return samples;
}

Samples bare_notice(int rounds) {
  Samples samples;
  for (int i = 0; i < rounds; ++i) {
    const pid_t pid = child([] { (void)::poll(nullptr, 0, -1); });
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended{pidfd.get(), POLLIN, 0};
    samples.add(timed([&] {
      (void)::kill(pid, SIGKILL);
      (void)::poll(&ended, 1, -1);
    }));
    reap(pid);
  }
  return samples;
}

Samples bare_pipe(int lines, int per_second) {
  Pipe pipe;
  const pid_t writer = child([&] {
    const auto begin = Clock::now();
    for (int i = 0; i < lines; ++i) {
      const auto due = begin + std::chrono::nanoseconds(std::int64_t(i) * 1'000'000'000 / per_second);
      while (Clock::now() < due) (void)::poll(nullptr, 0, 1);
      const auto now = Clock::now().time_since_epoch().count();
      (void)!::write(pipe.write.get(), &now, sizeof now);
    }
  });
  pipe.write.reset();
  Samples samples;
  for (Clock::rep sent = 0; ::read(pipe.read.get(), &sent, sizeof sent) == sizeof sent;) {
    samples.add(Clock::now() - Clock::time_point(Clock::duration(sent)));
  }
  reap(writer);
  return samples;
}

double bare_capture(std::size_t total, std::size_t write_bytes, const std::string& folder) {
  Pipe pipe;
  const pid_t writer = child([&] {
    std::string chunk(write_bytes, 'x');
    chunk.back() = '\n';
    for (std::size_t sent = 0; sent < total; sent += chunk.size()) {
      if (::write(pipe.write.get(), chunk.data(), chunk.size()) < 0) return;
    }
  });
  pipe.write.reset();
  const std::string path = folder + "/capture";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  std::string buffer(65536, '\0');
  std::size_t captured = 0;
  const Micros took = timed([&] {
    for (ssize_t got = 0; (got = ::read(pipe.read.get(), buffer.data(), buffer.size())) > 0;) {
      captured += std::size_t(::write(file.get(), buffer.data(), std::size_t(got)));
    }
  });
  reap(writer);
  (void)::unlink(path.c_str());
  return double(captured) / took.count();  // bytes per microsecond are MB per second
}

}  // namespace paddock::bench
