// Finding sessions again: after a restart of the daemon, after a broken link, after the death of a runner.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "control/actions.hpp"
#include "control/ground.hpp"
#include "control/ledger.hpp"
#include "control/live.hpp"
#include "control/reactions.hpp"

namespace paddock::control {

/// Use on the ground's strand; outlives every coroutine it starts.
class Recovery {
 public:
  Recovery(Ground& ground, Ledger& ledger, Actions& actions, Reactions& reactions)
      : ground_(ground), ledger_(ledger), actions_(actions), reactions_(reactions) {}

  /// Reads all sessions, reconnects to the runners of the living ones and ends those whose runner is gone.
  /// Fails only when the store cannot be read.
  boost::asio::awaitable<base::Result<>> start();
  bool done() const noexcept { return done_; }

  /// The host ends: removes the groups of sessions that have ended, and the base when nothing lives in it.
  boost::asio::awaitable<void> leave();

  /// The connection of a session has ended: finds out why and does what follows. For Live::attach().
  void lost(const std::shared_ptr<Live>& live);

  static constexpr std::chrono::seconds ready_time{10};

 private:
  boost::asio::awaitable<void> follow_up(std::shared_ptr<Live> live);
  boost::asio::awaitable<bool> connect(std::shared_ptr<Live> live);
  boost::asio::awaitable<void> adopt(std::shared_ptr<Live> live, std::shared_ptr<Signal> done);
  boost::asio::awaitable<void> bury(std::shared_ptr<Live> live);
  boost::asio::awaitable<void> replay(std::shared_ptr<Live> live);
  boost::asio::awaitable<void> finish(std::shared_ptr<Live> live);
  boost::asio::awaitable<void> clear_leftovers();
  bool still_listens(const base::SessionId& id) const;

  Ground& ground_;
  Ledger& ledger_;
  Actions& actions_;
  Reactions& reactions_;
  bool done_ = false;
};

/// The events in the JSON lines of `paddock-runner --replay`; a cut last line is left out. Fails with
/// `corrupt` at a line that is no event.
base::Result<std::vector<event::Event>> events_from_lines(std::string_view text);

}  // namespace paddock::control
