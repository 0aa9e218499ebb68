// A real paddockd for a test: own state, own socket, own cgroup base, started, killed and started again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "support/client.hpp"
#include "support/program.hpp"
#include "support/scratch.hpp"

namespace paddock::support {

/// One host. The end of the object stops all its sessions and the daemon and fails the test when a
/// process of theirs is left.
class TestHost {
 public:
  struct Options {
    std::vector<std::string> arguments;                         ///< more flags for paddockd
    std::vector<std::string> environment;                       ///< more of its environment, K=V
    std::vector<std::pair<std::string, std::string>> policies;  ///< file name and text; adds a default that allows all
    bool start = true;
  };
  TestHost() : TestHost(Options()) {}
  explicit TestHost(Options options);
  ~TestHost();

  /// Starts the daemon and waits until it says it is ready.
  void start();
  /// SIGKILL, and waits for its end. Runners and agents go on.
  void kill();
  /// SIGTERM, and waits for its end; returns what it wrote.
  Finished stop();

  Client api() const { return Client(socket_); }
  const ScratchFolder& folder() const { return folder_; }
  std::filesystem::path socket() const { return socket_; }
  std::filesystem::path state_dir() const { return folder_ / "state"; }
  pid_t pid() const { return daemon_->pid(); }
  std::vector<std::string> environment() const { return environment_; }

  /// Runs the command line against this host.
  Finished paddock(std::vector<std::string> arguments, std::string input = {}) const;
  /// Starts it without waiting.
  std::unique_ptr<Program> start_paddock(std::vector<std::string> arguments) const;

  /// POST /v1/sessions; throws when it was refused. The session's id.
  std::string run(const boost::json::object& request) const;
  /// Waits for one of the states (comma-separated) and returns the session; throws when it takes too long.
  boost::json::object wait(const std::string& session, const std::string& states) const;
  boost::json::object session(const std::string& session) const;
  /// All events of a session, oldest first.
  std::vector<boost::json::object> events(const std::string& session) const;
  /// The first open approval's ref; waits until there is one.
  std::string approval(const std::string& session) const;
  boost::json::object act(const std::string& session, const boost::json::object& action) const;

 private:
  ScratchFolder folder_;
  Options options_;
  std::filesystem::path socket_;
  std::vector<std::string> environment_;
  std::unique_ptr<Program> daemon_;
};

/// Programs of the build under test.
std::string built_program(std::string_view name);

/// The events of one kind.
std::vector<boost::json::object> of_kind(const std::vector<boost::json::object>& events, std::string_view kind);

}  // namespace paddock::support
