// The agent's processes: their output, their end, and that nothing of them is left.
#include <array>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "runner/runner.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
namespace json = boost::json;
namespace input = session::input;
namespace limits = base::limits;
namespace log = base::log;
using event::Channel;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// What may wait for the adapter: enough that recording and reading overlap, little enough to hold.
constexpr std::size_t kInboxBytes = 1U << 20U;
constexpr int kReadsAtOnce = 16;                       // before others get their turn
constexpr int kRounds = 1000;                          // of killing what appears, as cgroup::Group::kill()
constexpr auto kWriteAgain = std::chrono::seconds(1);  // after a full disk
constexpr auto kEmptyWithin = std::chrono::seconds(10);

json::object figures_of(const cgroup::Usage& usage, const process::Exit& exit) {
  json::object out;
  if (usage.memory_peak) out["memory_peak_bytes"] = usage.memory_peak->bytes();
  const auto cpu = usage.cpu_total.value_or(exit.cpu_user + exit.cpu_system);
  out["cpu_seconds"] = double(cpu.count()) / 1e6;
  if (usage.oom_kills) out["oom_kills"] = *usage.oom_kills;
  if (usage.pids_max_hits) out["pids_max_hits"] = *usage.pids_max_hits;
  if (usage.cpu_throttled) out["cpu_throttled_seconds"] = double(usage.cpu_throttled->count()) / 1e6;
  out["max_rss_bytes"] = exit.max_rss.bytes();
  return out;
}

}  // namespace

void Runner::start_agent_io() {
  process::Child& agent = session_.agent;
  const AgentInput::Told told{[this](std::uint64_t total) { take(input::InputTaken{total}); },
                              [this](std::string why) { take(input::InputLost{std::move(why)}); }};
  const auto start = [this](Channel channel, base::UniqueFd& fd) {
    channels_.emplace_back(io_, fd.release());
    channels_.back().non_blocking(true);
    ++open_channels_;
    asio::co_spawn(io_, read_channel(channel, channels_.back()), asio::detached);
  };
  if (agent.pty) {
    input_.emplace(io_.get_executor(), base::UniqueFd(::fcntl(agent.pty.get(), F_DUPFD_CLOEXEC, 3)),
                   AgentInput::Kind::terminal, told);
    start(Channel::pty, agent.pty);
  } else {
    input_.emplace(io_.get_executor(), std::move(agent.in), AgentInput::Kind::pipe, told);
    start(Channel::out, agent.out);
    start(Channel::err, agent.err);
  }
  asio::co_spawn(io_, input_->run(), asio::detached);
  asio::co_spawn(io_, watch_agent(), asio::detached);
  asio::co_spawn(io_, watch_children(), asio::detached);
  asio::co_spawn(io_, watch_memory(), asio::detached);
}

bool Runner::may_read() const {
  if (unwritten_) return false;
  if (draining_over_) return true;
  return inbox_bytes_ < kInboxBytes && !(connected() && outbox_.full()) &&
         session_.journal.size() < limits::journal_bytes;
}

asio::awaitable<void> Runner::read_channel(Channel channel, Stream& from) {
  while (!draining_over_ || unwritten_) {
    if (!may_read()) {
      co_await room_.wait();
      continue;
    }
    if (read_some(channel, from)) continue;
    if (!from.is_open()) break;
    (void)co_await from.async_wait(Stream::wait_read, kNoThrow);
  }
  boost::system::error_code ignored;
  from.close(ignored);
  take(input::Eof{channel});
  --open_channels_;
  drained_.notify();
}

/// Records what is there. False when it must be waited for more, or the channel has ended (closed then).
bool Runner::read_some(Channel channel, Stream& from) {
  auto& chunk = base::read_buffer();
  static_assert(base::read_buffer_bytes <= limits::read_chunk_bytes);
  for (int i = 0; i < kReadsAtOnce && may_read(); ++i) {
    const ssize_t got = ::read(from.native_handle(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {  // EIO is how a terminal says that its last user is gone
      boost::system::error_code ignored;
      from.close(ignored);
      return false;
    }
    record_output(channel, {chunk.data(), std::size_t(got)});
    if (got < ssize_t(chunk.size()) / 2) return false;  // most likely all there was
  }
  return false;
}

/// Journals output and hands it on. When the disk is full the bytes are kept and tried again; nothing
/// more is read until then.
void Runner::record_output(Channel channel, std::string_view bytes) {
  if (take(input::Output{channel, {}}, std::string(bytes))) return;
  if (draining_over_) return;
  unwritten_.emplace(channel, std::string(bytes));
  retry_timer_.expires_after(kWriteAgain);
  retry_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || !unwritten_) return;
    const auto again = std::move(*unwritten_);
    unwritten_.reset();
    record_output(again.first, again.second);
    room_.notify();
  });
}

/// A terminal whose program has ended has no size worth an error.
void Runner::resize_terminal(const session::effect::Resize& size) {
  if (channels_.empty() || !channels_.front().is_open()) return;
  (void)process::resize_terminal(channels_.front().native_handle(), size.rows, size.cols);
}

asio::awaitable<void> Runner::watch_agent() {
  agent_end_.assign(::dup(session_.agent.pidfd.get()));
  (void)co_await agent_end_.async_wait(Stream::wait_read, kNoThrow);
  auto exit = process::reap(session_.agent.pidfd.get());
  if (!exit) log::error("the agent's end cannot be taken", {{"problem", exit.error().detail}});
  exit_ = exit ? *exit : process::Exit{};
  reap_strays();
  input_->stop();
  co_await finish_agent();
}

/// Reads on until every channel has ended, or, when a stray process holds one, for a limited time; then
/// kills what is left of the group.
asio::awaitable<void> Runner::finish_agent() {
  drain_timer_.expires_after(limits::drain_after_exit);
  drain_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    draining_over_ = true;
    for (Stream& channel : channels_) {
      if (channel.is_open()) channel.cancel();
    }
    room_.notify();
  });
  while (open_channels_ > 0) co_await drained_.wait();
  drain_timer_.cancel();
  co_await empty_group();
  look_at_memory();
  const cgroup::Usage usage = session_.group.usage();
  take(input::Exited{exit_->code, exit_->signal, figures_of(usage, *exit_)});
  boost::system::error_code ignored;
  children_.cancel(ignored);
}

/// Kills what is left and waits for the end of each of them; a process that appeared meanwhile is the next
/// round's.
asio::awaitable<void> Runner::empty_group() {
  const auto deadline = base::mono_now() + kEmptyWithin;
  for (int round = 0; round < kRounds && base::mono_now() < deadline; ++round) {
    auto populated = session_.group.populated();
    if (populated && !*populated) co_return;
    if (!populated || !session_.group.kill()) break;
    auto ends = session_.group.ends();
    if (!ends) break;
    for (base::UniqueFd& end : *ends) co_await ended(std::move(end), deadline);
    reap_strays();
  }
  log::error("the session's processes do not end", {{"session", session_.launch.session.str()}});
}

/// Waits until the process of the pidfd has ended, or until the deadline.
asio::awaitable<void> Runner::ended(base::UniqueFd pidfd, base::MonoTime deadline) {
  using namespace asio::experimental::awaitable_operators;
  Stream process(io_, pidfd.release());
  drain_timer_.expires_at(deadline);
  co_await (process.async_wait(Stream::wait_read, kNoThrow) || drain_timer_.async_wait(kNoThrow));
}

/// Orphans of the agent are our children (subreaper): somebody must take their end.
asio::awaitable<void> Runner::watch_children() {
  boost::system::error_code ec;
  children_.add(SIGCHLD, ec);
  while (!ec) {
    auto [wait_ec, signo] = co_await children_.async_wait(kNoThrow);
    ec = wait_ec;
    reap_strays();
  }
}

void Runner::reap_strays() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    const bool ours = info.si_pid == session_.adapter->pid() || info.si_pid == replay_pid_ ||
                      (info.si_pid == session_.agent.pid && !exit_);
    if (ours) return;  // its own watcher takes it, and then looks here again
    (void)::waitpid(info.si_pid, nullptr, WNOHANG);
  }
}

void Runner::look_at_memory() {
  const cgroup::Usage usage = session_.group.usage();
  if (!usage.oom_kills || *usage.oom_kills <= oom_kills_) return;
  oom_kills_ = *usage.oom_kills;
  json::object numbers{{"count", oom_kills_}};
  if (usage.memory_limit) numbers["limit"] = usage.memory_limit->bytes();
  if (usage.memory_peak) numbers["peak"] = usage.memory_peak->bytes();
  if (exit_ && exit_->signal == SIGKILL) numbers["process"] = session_.setup.program;
  take(input::Fact{"oom_kill", std::move(numbers)});
}

asio::awaitable<void> Runner::watch_memory() {
  auto notice = session_.group.oom_fd();
  if (!notice || *notice < 0) co_return;
  memory_.assign(::fcntl(*notice, F_DUPFD_CLOEXEC, 3));
  while (!exit_) {
    auto [ec] = co_await memory_.async_wait(Stream::wait_read, kNoThrow);
    if (ec || exit_) co_return;
    look_at_memory();
  }
}

}  // namespace paddock::runner
