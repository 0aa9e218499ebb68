// Stands in for paddockd in tests of `up` and `down`: takes the lock, listens, says READY=1, and ends on
// SIGTERM. FAKE_DAEMON chooses another behaviour: "dies", "mute" (never ready), "deaf" (does not answer),
// "stubborn" (ignores SIGTERM).
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

std::string flag(int argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
  }
  return {};
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

void say_ready() {
  const sockaddr_un address = address_of(variable("NOTIFY_SOCKET"));
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  constexpr char kText[] = "STATUS=well\nREADY=1\n";
  (void)!::sendto(fd, kText, sizeof kText - 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(fd);
}

void take_lock(const std::string& state_dir) {
  const int fd = ::open((state_dir + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) std::exit(1);
  const std::string pid = std::to_string(::getpid()) + "\n";
  (void)!::write(fd, pid.data(), pid.size());
}

void answer(int listener) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  char request[4096];
  const ssize_t got = ::read(fd, request, sizeof request);
  constexpr char kAnswer[] =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
      R"({"stream_id":"str_1"})";
  if (got > 0) (void)!::write(fd, kAnswer, sizeof kAnswer - 1);
  ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string behaviour = variable("FAKE_DAEMON");
  const std::string state_dir = flag(argc, argv, "--state-dir");
  std::ofstream("/dev/stderr") << "fake daemon: " << behaviour << "\n";
  if (behaviour == "dies") return 3;
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  take_lock(state_dir);
  const std::string socket = flag(argc, argv, "--socket");
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(socket);
  (void)::unlink(socket.c_str());
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 4;
  if (behaviour != "deaf") (void)::listen(listener, 8);
  if (behaviour != "mute") say_ready();
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  for (;;) {
    pollfd fds[2] = {{signals, POLLIN, 0}, {behaviour == "deaf" ? -1 : listener, POLLIN, 0}};
    (void)::poll(fds, 2, -1);
    signalfd_siginfo info{};
    if ((fds[0].revents & POLLIN) != 0) {
      (void)!::read(signals, &info, sizeof info);
      if (behaviour != "stubborn") return 0;
    }
    if ((fds[1].revents & POLLIN) != 0) answer(listener);
  }
}
