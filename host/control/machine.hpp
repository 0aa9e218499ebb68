// What the host asks of the operating system: groups, runners and tools. The one seam that tests
// replace with a small machine of their own.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "cgroup/group.hpp"
#include "cgroup/limits.hpp"

namespace paddock::control {

/// A runner that was just started: its process and our end of its first link connection.
struct StartedRunner {
  base::UniqueFd link;   ///< non-blocking stream socket
  base::UniqueFd pidfd;  ///< readable when it has ended; then it must be reaped
};

/// What a tool run by run_tool() wrote and how it ended.
struct ToolOutput {
  std::string out;
  bool complete = false;  ///< it ended by itself with status 0 and nothing was cut off
  std::string problem;    ///< else one sentence why
};

/// Reads the figures of one session's groups through held descriptors.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual cgroup::Usage usage() = 0;
  virtual cgroup::Pressures pressure() = 0;
  virtual std::vector<pid_t> processes() = 0;
};

/// Use on one strand.
class Machine {
 public:
  /// The real one. `runner_program` is the absolute path of paddock-runner. Fails with `invalid_request`
  /// for a bad name of the base group.
  static base::Result<std::unique_ptr<Machine>> open(std::filesystem::path runner_program, std::string cgroup_base);

  virtual ~Machine() = default;

  virtual cgroup::Features features() const = 0;
  /// Limits for all sessions together.
  virtual base::Result<> set_ceiling(const cgroup::Limits& limits) = 0;
  /// As cgroup::Tree::create().
  virtual base::Result<cgroup::GroupPaths> create_group(const std::string& session, const cgroup::Limits& limits) = 0;
  virtual base::Result<> set_limits(const cgroup::GroupPaths& paths, const cgroup::Limits& limits) = 0;
  virtual base::Result<std::unique_ptr<Gauge>> open_gauge(const cgroup::GroupPaths& paths) = 0;
  /// Sends SIGKILL to everything in the group and returns at once.
  virtual base::Result<> kill_group(const cgroup::GroupPaths& paths) = 0;
  /// Kills what is in the group, waits until it is empty (at most 10 s) and removes it. A group that is
  /// gone already is success; `busy` when something in it does not die.
  virtual boost::asio::awaitable<base::Result<>> clear_group(cgroup::GroupPaths paths) = 0;
  /// Removes the base itself. Fails with `busy` while a session's group is left.
  virtual base::Result<> remove_base() = 0;
  /// Names of groups below the base, and where one of them is.
  virtual std::vector<std::string> groups() const = 0;
  virtual cgroup::GroupPaths find_group(const std::string& session) const = 0;

  /// Starts a runner for the session folder: its log goes to `<session_dir>/runner.log`. It begins to load
  /// the adapter at once.
  virtual base::Result<StartedRunner> start_runner(const std::filesystem::path& session_dir,
                                                   const std::filesystem::path& adapter_file) = 0;
  /// Ends a runner that does not answer.
  virtual void kill_runner(int pidfd) = 0;
  /// Connects to the runner that listens in the session folder. Fails with `unavailable` when nobody does.
  virtual base::Result<base::UniqueFd> connect_runner(const std::filesystem::path& session_dir) = 0;
  /// Runs `paddock-runner` with these arguments, at most `limit` long, and collects what it prints.
  virtual boost::asio::awaitable<ToolOutput> run_tool(std::vector<std::string> arguments,
                                                      std::chrono::milliseconds limit) = 0;
};

/// Waits until the process behind `pidfd` has ended and takes its end, for as long as that takes.
boost::asio::awaitable<void> reap_when_ended(base::UniqueFd pidfd);

}  // namespace paddock::control
