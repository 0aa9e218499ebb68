// An adapter process under test, and the parent's side of its socket.
#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapter/serve.hpp"
#include "adapter/wire.hpp"

namespace paddock::adapter {

/// The built library of tests/adapter/broken/<name>.
inline std::string broken(const std::string& name) { return PADDOCK_BUILD_DIR "/tests/broken/" + name + ".so"; }

/// What a request was answered with.
struct Answered {
  std::optional<pdk_status> status;  ///< nothing: the process died or lied
  std::string text;
  std::vector<std::string> events;  ///< bodies
  std::size_t written = 0;          ///< bytes
  std::string error;                ///< of the reader
};

/// Forks a child that serves a library.
class Served {
 public:
  explicit Served(const std::string& library) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("socketpair");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      ::_exit(serve(ends[1], library));
    }
    ::close(ends[1]);
    fd_ = ends[0];
    reader_.begin();
    hello = wait();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    if (pid_ > 0) {
      kill();
      end();
    }
    ::close(fd_);
  }

  Answered ask(const wire::Request& request) {
    reader_.begin();
    send(wire::encode(request));
    return wait();
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// True when the process has nothing to say for that long.
  bool silent_for(std::chrono::milliseconds time) const {
    pollfd poll{fd_, POLLIN, 0};
    return ::poll(&poll, 1, static_cast<int>(time.count())) == 0;
  }

  void kill() const { ::kill(pid_, SIGKILL); }
  void close_socket() { ::shutdown(fd_, SHUT_RDWR); }

  /// Waits for the process; its wait status.
  int end() {
    int status = -1;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  Answered hello;

 private:
  Answered wait() {
    Answered answered;
    const auto note = [&](const wire::Response& response) {
      if (const auto* event = std::get_if<wire::Event>(&response)) answered.events.emplace_back(event->body);
      if (const auto* write = std::get_if<wire::Write>(&response)) answered.written += write->bytes.size();
      if (const auto* done = std::get_if<wire::Done>(&response)) {
        answered.status = done->status;
        answered.text = std::string(done->text);
      }
    };
    while (reader_.waiting()) {
      pollfd poll{fd_, POLLIN, 0};
      if (::poll(&poll, 1, 30'000) != 1) {
        answered.error = "no answer in 30 s";
        break;
      }
      char chunk[65536];
      const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
      if (got <= 0) break;
      if (auto read = reader_.feed({chunk, static_cast<std::size_t>(got)}, note); !read) {
        answered.error = read.error().detail;
        answered.status.reset();
        break;
      }
    }
    return answered;
  }

  pid_t pid_ = -1;
  int fd_ = -1;
  wire::ResponseReader reader_;
};

}  // namespace paddock::adapter
