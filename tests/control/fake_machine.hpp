// A machine in memory: groups are names, runners are coroutines that speak the real link protocol over
// real socket pairs and keep their journal as a list of events.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "control/machine.hpp"
#include "link/connection.hpp"
#include "link/message.hpp"

namespace paddock::control::testing {

/// What a fake runner does with a launch.
enum class OnLaunch { start, run_to_end, refuse, ignore, die };

/// A scripted runner. It outlives the host under test, like a real one.
class FakeRunner final : public std::enable_shared_from_this<FakeRunner> {
 public:
  FakeRunner(boost::asio::io_context& io, std::string session_dir) : io_(io), session_dir_(std::move(session_dir)) {}

  /// Serves one connection until it ends.
  void serve(base::UniqueFd socket);

  /// Makes an event of this session, journals it and sends it when connected.
  void emit(event::Kind kind, boost::json::object data, std::string ref = {},
            std::optional<base::ActionId> action = std::nullopt);
  /// A `state` event with the next version.
  void state(std::string_view state, std::string_view blocked_on = {});
  /// The last two events: outcome and state exited.
  void exit(std::string_view reason, int code = 0);
  /// Sends journalled events again from `number` on, as a runner does that missed the acks.
  void send_again(std::uint64_t number);
  /// Ends like after SIGKILL: no connection, nobody listens.
  void die();
  /// Closes the connection only; it listens on.
  void hang_up();
  /// Its daemon is gone without a word.
  void forget_daemon() { link_.reset(); }

  OnLaunch on_launch = OnLaunch::start;
  /// Answers a command; nothing: no answer at all.
  std::function<std::optional<link::Result>(const link::Command&)> on_command;

  std::optional<session::Launch> launch;
  std::vector<link::Command> commands;
  std::vector<link::Limits> limits;
  std::vector<event::Event> journal;
  std::vector<std::uint64_t> hellos;
  std::uint64_t acked = 0;
  bool alive = true;
  bool said_bye = false;
  bool closed = false;
  const std::string& session_dir() const noexcept { return session_dir_; }

 private:
  static boost::asio::awaitable<void> talk(std::shared_ptr<FakeRunner> self, std::shared_ptr<link::Connection> link);
  void take(link::ToRunner message);
  void take_launch(const link::Launch& message);
  void send(const link::FromRunner& message);

  boost::asio::io_context& io_;
  std::string session_dir_;
  std::shared_ptr<link::Connection> link_;
  std::uint64_t version_ = 0;
};

/// What outlives a host: groups, runners and what tools print.
struct World {
  explicit World(boost::asio::io_context& context) : io(context) {}

  boost::asio::io_context& io;
  cgroup::Features features;
  std::map<std::string, cgroup::Limits> groups;
  std::vector<std::string> killed;                             ///< groups
  std::map<std::string, std::shared_ptr<FakeRunner>> runners;  ///< by session folder
  std::map<std::string, std::string> describes;                ///< library to what --describe prints
  std::map<std::string, std::string> probes;                   ///< library to what --probe prints
  OnLaunch on_launch = OnLaunch::start;                        ///< of runners to come
  bool has_base = true;                                        ///< the group above them
  bool fail_group = false;
  bool fail_runner = false;
  int runners_killed = 0;

  /// The only runner there is.
  FakeRunner& runner() { return *runners.begin()->second; }
  FakeRunner& runner_of(const std::string& session_id);
};

/// See Machine.
class FakeMachine final : public Machine {
 public:
  explicit FakeMachine(World& world) : world_(world) {}

  cgroup::Features features() const override { return world_.features; }
  base::Result<> set_ceiling(const cgroup::Limits&) override { return {}; }
  base::Result<cgroup::GroupPaths> create_group(const std::string& session, const cgroup::Limits& limits) override;
  base::Result<> set_limits(const cgroup::GroupPaths& paths, const cgroup::Limits& limits) override;
  base::Result<std::unique_ptr<Gauge>> open_gauge(const cgroup::GroupPaths& paths) override;
  base::Result<> kill_group(const cgroup::GroupPaths& paths) override;
  boost::asio::awaitable<base::Result<>> clear_group(cgroup::GroupPaths paths) override;
  base::Result<> remove_base() override;
  std::vector<std::string> groups() const override;
  cgroup::GroupPaths find_group(const std::string& session) const override;
  base::Result<StartedRunner> start_runner(const std::filesystem::path& session_dir,
                                           const std::filesystem::path& adapter_file) override;
  void kill_runner(int) override { ++world_.runners_killed; }
  base::Result<base::UniqueFd> connect_runner(const std::filesystem::path& session_dir) override;
  boost::asio::awaitable<ToolOutput> run_tool(std::vector<std::string> arguments,
                                              std::chrono::milliseconds limit) override;

 private:
  World& world_;
};

}  // namespace paddock::control::testing
