// One living session as the daemon holds it: the link to its runner, events on their way to disk, and
// commands that wait for their result.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/unique_fd.hpp"
#include "control/ground.hpp"
#include "control/intake.hpp"
#include "control/ledger.hpp"
#include "control/one_shot.hpp"
#include "link/connection.hpp"
#include "link/message.hpp"

namespace paddock::control {

/// What became of a command.
struct CommandResult {
  store::Action::State state = store::Action::State::failed;
  std::string code, detail;           ///< of a failure; `code` is an Errc's name
  std::vector<std::uint64_t> events;  ///< seq of the events it caused
};

/// Holds a session while a runner has it. Shared by pointer; lives in Ground::lives. Events are committed in
/// the order they come, with at most `limits::unacked_events` on their way to disk: then it stops
/// reading, and the runner holds back the agent.
class Live final : public std::enable_shared_from_this<Live> {
 public:
  /// `record`: as it is on disk.
  Live(Ground& ground, Ledger& ledger, session::Record record);

  const base::SessionId& id() const noexcept { return id_; }
  const session::Record& staged() const noexcept { return intake_.staged(); }

  /// Commits a change of the record that no event tells (limits, policy): applied to the staged record
  /// now, visible when stored.
  boost::asio::awaitable<base::Result<>> change(std::function<void(session::Record&)> change);

  /// Commits events the host makes about this session in the runner's stead, see last_words().
  boost::asio::awaitable<base::Result<>> take_over(std::vector<event::Event> events);

  /// Takes a new connection to the runner and reads from it until it ends; then `lost` is called, unless the
  /// runner was never ready on it or it was replaced or dropped.
  void attach(base::UniqueFd socket, std::function<void(std::shared_ptr<Live>)> lost);
  /// Ends the connection without calling `lost`; commands that wait fail with `unavailable`.
  void drop();
  /// As drop(), after what is queued was sent.
  void leave() noexcept;
  bool connected() const noexcept { return link_ && link_->is_open(); }

  /// Queues a message; lost when there is no connection.
  void send(const link::ToRunner& message);

  /// The runner's answer to `launch`.
  boost::asio::awaitable<base::Result<>> started(base::MonoTime deadline);
  /// The runner's first word on a connection; nothing when it did not come.
  boost::asio::awaitable<std::optional<link::Ready>> ready(base::MonoTime deadline);

  /// Sends the command and waits for its result; a result that says "applied" comes when the events it
  /// caused are on disk.
  boost::asio::awaitable<CommandResult> perform(link::Command command, base::MonoTime deadline);
  /// What is on its screen; nothing when the runner does not answer or is gone.
  boost::asio::awaitable<std::optional<link::Screen>> look(link::Look look, base::MonoTime deadline);
  /// The runner said `closed`: it has left for good.
  bool closed() const noexcept { return closed_; }
  /// Its last event is on disk and says `exited`.
  bool ended() const noexcept { return ended_; }
  /// A commit failed since the connection was made: it must be made again.
  bool out_of_step() const noexcept { return out_of_step_; }

  /// Waits until no event of this session is on its way to disk.
  static boost::asio::awaitable<void> settle(std::shared_ptr<Live> self);

  /// Ends all waiting commands: after the end `stop` and `kill` are applied, others failed.
  void finish_commands();

  void set_gauge(std::unique_ptr<Gauge> gauge) { gauge_ = std::move(gauge); }
  Gauge* gauge() const noexcept { return gauge_.get(); }

 private:
  struct Pending {
    std::string type;
    std::vector<std::uint64_t> events;
    std::optional<CommandResult> result;  ///< said by the runner, waits for the disk
    std::uint64_t needs_number = 0;
    std::shared_ptr<OneShot<CommandResult>> done;
  };

  static boost::asio::awaitable<void> read(std::shared_ptr<Live> self, std::shared_ptr<link::Connection> link);
  /// Waits until fewer than `count` events are on their way to disk.
  static boost::asio::awaitable<void> less_in_flight(std::shared_ptr<Live> self, std::size_t count);
  void handle(link::FromRunner message);
  void take_events(std::vector<event::Event> events);
  void take_result(const link::Result& message);
  void take_screen(link::Screen screen);
  void end_looks();
  static boost::asio::awaitable<void> not_committing(std::shared_ptr<Live> self);
  void commit_waiting();
  void on_stored(std::uint64_t last, const base::Result<Ledger::Stored>& stored, std::size_t count);
  void note_stored(std::uint64_t last, const Ledger::Stored& stored);
  void resolve();
  /// Back to what is on disk.
  void rewind();
  void out_of_step(const base::Error& error);

  Ground& ground_;
  Ledger& ledger_;
  base::SessionId id_;
  Intake intake_;
  std::uint64_t stored_number_ = 0;
  std::size_t in_flight_ = 0;  ///< events taken and not stored
  /// Taken while a commit was on its way: one commit at a time keeps the order when one fails.
  std::vector<event::Event> waiting_;
  bool committing_ = false;
  std::shared_ptr<Signal> room_;
  std::shared_ptr<link::Connection> link_;
  std::function<void(std::shared_ptr<Live>)> lost_;
  std::shared_ptr<OneShot<base::Result<>>> started_;
  std::shared_ptr<OneShot<std::optional<link::Ready>>> ready_;  ///< nothing: it ended before
  std::map<base::ActionId, Pending> pending_;
  using Looked = OneShot<std::optional<link::Screen>>;
  std::map<std::uint64_t, std::shared_ptr<Looked>> looks_;  ///< by number
  std::uint64_t last_look_ = 0;
  std::unique_ptr<Gauge> gauge_;
  bool closed_ = false;
  bool ended_ = false;
  bool out_of_step_ = false;
};

}  // namespace paddock::control
