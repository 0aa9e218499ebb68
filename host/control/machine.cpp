// The real machine: libcgroup's tree, runner processes, link sockets.
#include "control/machine.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/time.hpp"
#include "cgroup/tree.hpp"
#include "control/environment.hpp"
#include "control/tool.hpp"
#include "link/socket.hpp"
#include "process/process.hpp"

namespace paddock::control {
namespace asio = boost::asio;
using base::Errc;
using base::fail;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kEmptyTime{10};  // SIGKILL was sent: only a hung disk takes longer
constexpr int kRounds = 1000;                   // of killing what appears, as cgroup::Group::kill()

// A runner lives long and does little: memory it freed should go back instead of waiting in a cache.
constexpr const char* kLeanHeap = "GLIBC_TUNABLES=glibc.malloc.tcache_count=0";

class GroupGauge final : public Gauge {
 public:
  explicit GroupGauge(cgroup::Group group) : group_(std::move(group)) {}
  cgroup::Usage usage() override { return group_.usage(); }
  cgroup::Pressures pressure() override { return group_.pressure(); }
  std::vector<pid_t> processes() override {
    auto processes = group_.processes();
    return processes ? *processes : std::vector<pid_t>();
  }

 private:
  cgroup::Group group_;
};

/// Waits until a descriptor is readable, or until the deadline.
asio::awaitable<void> wait_readable(base::UniqueFd fd, base::MonoTime deadline) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline);
  asio::posix::stream_descriptor readable(executor, fd.release());
  co_await (readable.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow) || timer.async_wait(kNoThrow));
}

/// Waits until something may have changed in the group: the kernel's notice, or, on v1 alone, the end of
/// every process in it.
asio::awaitable<base::Result<>> wait_for_change(cgroup::Group& group, base::MonoTime deadline) {
  auto notice = group.wait_fd();
  if (notice && *notice >= 0) {
    co_await wait_readable(base::UniqueFd(::fcntl(*notice, F_DUPFD_CLOEXEC, 3)), deadline);
    co_return base::Result<>();
  }
  auto ends = group.ends();
  if (!ends) co_return ends.error();
  for (base::UniqueFd& end : *ends) co_await wait_readable(std::move(end), deadline);
  co_return base::Result<>();
}

asio::awaitable<base::Result<>> empty_group(cgroup::Group group, std::string name) {
  const auto deadline = base::mono_now() + kEmptyTime;
  for (int round = 0; round < kRounds && base::mono_now() < deadline; ++round) {
    auto populated = group.populated();
    if (!populated) co_return populated.error();
    if (!*populated) co_return base::Result<>();
    if (auto killed = group.kill(); !killed) co_return killed;  // again, too: one may just have been forked
    auto waited = co_await wait_for_change(group, deadline);
    if (!waited) co_return waited;
  }
  co_return fail(Errc::busy, fmt::format("processes of '{}' do not end; its group is left", name));
}

class LocalMachine final : public Machine {
 public:
  LocalMachine(std::filesystem::path runner, cgroup::Tree tree) : runner_(std::move(runner)), tree_(std::move(tree)) {
    for (const auto& [name, value] : own_environment()) environment_.push_back(fmt::format("{}={}", name, value));
  }

  cgroup::Features features() const override { return tree_.features(); }
  base::Result<> set_ceiling(const cgroup::Limits& limits) override { return tree_.set_ceiling(limits); }
  base::Result<cgroup::GroupPaths> create_group(const std::string& session, const cgroup::Limits& limits) override {
    return tree_.create(session, limits);
  }
  base::Result<> set_limits(const cgroup::GroupPaths& paths, const cgroup::Limits& limits) override {
    return tree_.set(paths, limits);
  }
  base::Result<> remove_base() override { return tree_.remove_base(); }
  std::vector<std::string> groups() const override { return tree_.leftovers(); }
  cgroup::GroupPaths find_group(const std::string& session) const override { return tree_.find(session); }

  base::Result<std::unique_ptr<Gauge>> open_gauge(const cgroup::GroupPaths& paths) override {
    if (paths.empty()) return fail(Errc::unsupported, "there is no group to measure");
    auto group = cgroup::Group::open(paths);
    if (!group) return group.error();
    return std::unique_ptr<Gauge>(std::make_unique<GroupGauge>(std::move(*group)));
  }

  base::Result<> kill_group(const cgroup::GroupPaths& paths) override {
    if (paths.empty()) return fail(Errc::unsupported, "there is no group to kill");
    auto group = cgroup::Group::open(paths);
    if (!group) return group.error().code == Errc::not_found ? base::Result<>() : base::Result<>(group.error());
    return group->kill();
  }

  asio::awaitable<base::Result<>> clear_group(cgroup::GroupPaths paths) override {
    if (paths.empty()) co_return base::Result<>();
    auto group = cgroup::Group::open(paths);
    if (group) {
      auto emptied = co_await empty_group(std::move(*group), paths.session);
      if (!emptied) co_return emptied;
    }
    co_return tree_.remove(paths);
  }

  base::Result<StartedRunner> start_runner(const std::filesystem::path& session_dir,
                                           const std::filesystem::path& adapter_file) override {
    auto ends = link::pair();
    if (!ends) return ends.error();
    const std::filesystem::path file = session_dir / "runner.log";
    const base::UniqueFd log(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!log) return base::fail_errno(fmt::format("cannot open '{}'", file.string()), errno);
    process::Spec spec;
    spec.program = runner_.string();
    spec.argv = {spec.program, session_dir.string(), adapter_file.string()};
    spec.environment = environment_;
    spec.environment.emplace_back(kLeanHeap);
    spec.workdir = session_dir.string();
    spec.transport = process::Transport::given;
    spec.stdio = {ends->second.get(), log.get(), log.get()};
    auto child = process::start(spec);
    if (!child) return child.error();
    return StartedRunner{std::move(ends->first), std::move(child->pidfd)};
  }

  void kill_runner(int pidfd) override { (void)process::send_signal(pidfd, SIGKILL); }  // gone is as good

  base::Result<base::UniqueFd> connect_runner(const std::filesystem::path& session_dir) override {
    return link::connect(session_dir);
  }

  asio::awaitable<ToolOutput> run_tool(std::vector<std::string> arguments, std::chrono::milliseconds limit) override {
    process::Spec spec;
    spec.program = runner_.string();
    spec.argv = std::move(arguments);
    spec.argv.insert(spec.argv.begin(), spec.program);
    spec.environment = environment_;
    co_return co_await control::run_tool(std::move(spec), limit);
  }

 private:
  std::filesystem::path runner_;
  cgroup::Tree tree_;
  std::vector<std::string> environment_;
};

}  // namespace

base::Result<std::unique_ptr<Machine>> Machine::open(std::filesystem::path runner_program, std::string cgroup_base) {
  auto tree = cgroup::Tree::open(std::move(cgroup_base));
  if (!tree) return tree.error();
  return std::unique_ptr<Machine>(std::make_unique<LocalMachine>(std::move(runner_program), std::move(*tree)));
}

asio::awaitable<void> reap_when_ended(base::UniqueFd pidfd) {
  asio::posix::stream_descriptor ended(co_await asio::this_coro::executor, pidfd.release());
  co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
  (void)process::reap(ended.native_handle());  // how a runner ended does not matter: its link told already
}

}  // namespace paddock::control
