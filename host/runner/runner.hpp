// One session while it runs: binds the machine to journal, adapter, agent, groups and link.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "link/connection.hpp"
#include "link/message.hpp"
#include "runner/agent_input.hpp"
#include "runner/condition.hpp"
#include "runner/outbox.hpp"
#include "runner/start.hpp"
#include "session/machine.hpp"

namespace paddock::runner {

/// Lives on one thread. Every input goes first into the journal, then through one queue to the machine;
/// the queue, the unacknowledged events and the journal's size hold the agent back when they are full.
///
/// run() returns when the daemon has acknowledged the last event, or limits::runner_orphaned after it.
class Runner final {
 public:
  /// `first_link` is the inherited socket.
  Runner(Session session, base::UniqueFd first_link);
  ~Runner();

  void run();

 private:
  using Stream = boost::asio::posix::stream_descriptor;

  // runner.cpp: inputs through the machine
  bool take(session::Input input, std::string bytes = {});
  void note_adapter_failure(const session::Stamp& stamp, std::uint64_t call, std::string_view code,
                            std::string_view detail);
  bool journal(link::journal::Type type, event::Channel channel, const session::Stamp& stamp, std::string_view payload);
  boost::asio::awaitable<void> pump();
  boost::asio::awaitable<void> process(Arrived& arrived);
  std::optional<session::AdapterCall> carry_out(session::Effects effects);
  void set_timer();
  boost::asio::awaitable<void> watch_adapter();

  // runner_agent.cpp: the agent's processes
  void start_agent_io();
  boost::asio::awaitable<void> read_channel(event::Channel channel, Stream& from);
  bool read_some(event::Channel channel, Stream& from);
  void record_output(event::Channel channel, std::string_view bytes);
  bool may_read() const;
  void resize_terminal(const session::effect::Resize& size);
  boost::asio::awaitable<void> watch_agent();
  boost::asio::awaitable<void> watch_children();
  boost::asio::awaitable<void> watch_memory();
  boost::asio::awaitable<void> finish_agent();
  boost::asio::awaitable<void> empty_group();
  boost::asio::awaitable<void> ended(base::UniqueFd pidfd, base::MonoTime deadline);
  void look_at_memory();
  void reap_strays();

  // runner_link.cpp: daemons
  void adopt(std::shared_ptr<link::Connection> connection);
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> greet(std::shared_ptr<link::Connection> connection);
  boost::asio::awaitable<void> listen_to(std::shared_ptr<link::Connection> connection);
  boost::asio::awaitable<void> catch_up(std::shared_ptr<link::Connection> connection, std::uint64_t after);
  void handle(const link::ToRunner& message);
  void command(const link::Command& command);
  void answer_looks();
  void show(const link::Look& look);
  void ready(link::Connection& connection);
  void flush();
  void leave_when_done();
  boost::asio::awaitable<void> leave();
  bool connected() const { return link_ && link_->is_open(); }

  boost::asio::io_context io_;
  Session session_;
  session::Machine machine_;
  std::shared_ptr<link::Connection> link_;
  boost::asio::local::stream_protocol::acceptor acceptor_;

  std::deque<Arrived> inbox_;
  std::size_t inbox_bytes_ = 0;
  std::uint64_t begun_ = 0, done_ = 0;  ///< inputs given to the machine, and those it is through with
  std::uint64_t done_at_ = 0;           ///< where the record of the last one ends
  std::deque<std::pair<std::uint64_t, link::Look>> looks_;  ///< to be answered when so many are done
  Condition arrived_, room_, drained_;
  bool tick_queued_ = false;
  std::optional<std::uint64_t> tick_at_ns_;  ///< what tick_timer_ is set to
  bool journal_full_ = false;
  Outbox outbox_;
  std::uint64_t sent_ = 0;  ///< newest event sent on link_
  bool catching_up_ = false;

  std::optional<AgentInput> input_;
  std::deque<Stream> channels_;
  std::size_t open_channels_ = 0;
  std::optional<process::Exit> exit_;
  bool draining_over_ = false;
  std::optional<std::pair<event::Channel, std::string>> unwritten_;  ///< output the journal did not take yet
  std::uint64_t oom_kills_ = 0;
  Stream agent_end_, adapter_end_, memory_;
  pid_t replay_pid_ = -1;
  boost::asio::signal_set children_;
  boost::asio::steady_timer tick_timer_, drain_timer_, orphan_timer_, retry_timer_, retry_accept_;
  bool finished_ = false;  ///< the last event was made
  bool leaving_ = false;
  bool lean_ = false;  ///< gave back what only the start needed
};

}  // namespace paddock::runner
