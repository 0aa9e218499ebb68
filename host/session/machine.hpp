// The life of one session as a machine: inputs in, effects out; no I/O, no clock, nothing random. Fed the
// same inputs it always makes the same events, which is what lets a journal be replayed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "policy/policy.hpp"
#include "screen/rules.hpp"
#include "session/adapter_call.hpp"
#include "session/approval_book.hpp"
#include "session/effect.hpp"
#include "session/input.hpp"
#include "session/record.hpp"
#include "session/stop_ladder.hpp"
#include "session/typist.hpp"
#include "session/verdict.hpp"

namespace paddock::session {

class Terminal;
struct TerminalSetup;

/// What a machine is made of; all of it stands in the journal's first record.
struct Setup {
  base::SessionId session;
  base::RuntimeId runtime;
  std::string adapter_id, adapter_version;
  std::string program;  ///< name of the agent's program, for messages
  policy::Timeouts timeouts;
  policy::Resources limits;
  bool keep_open = false;
  std::vector<Rung> stop;                         ///< the plan's
  std::shared_ptr<const TerminalSetup> terminal;  ///< of an interactive session, else null
};

/// Give it inputs in journal order with step(). When the last effect is a Call, answer that with reply()
/// or adapter_failed() before the next input. Events carry the stamp of the input that caused them.
///
/// State needs evidence: the adapter's word beats process facts, an open approval keeps a session
/// blocked, a failed adapter makes the state unknown. A state is told only when it changes.
///
/// Raw mode (the adapter failed, or named bytes that the agent never wrote): the agent goes on, open approvals are
/// denied, no adapter is called; stopping works, a prompt's text goes to the agent as a line, an interrupt is SIGINT.
class Machine final {
 public:
  explicit Machine(Setup setup);
  ~Machine();
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Takes one input. Not while waiting().
  Effects step(const Stamp& now, const Input& input);

  /// The answer to the last Call.
  Effects reply(const AdapterReply& reply);

  /// The last Call was not answered and never will be, nor will any other.
  Effects adapter_failed(std::string_view code, std::string_view detail);

  bool waiting() const noexcept { return waiting_; }
  /// Number of Calls made so far; the first has number 1.
  std::uint64_t calls() const noexcept { return calls_; }
  /// When a Tick is due, on the stamps' clock.
  std::optional<std::uint64_t> wake_at_ns() const noexcept;
  /// True while a report waits for the agent to read its input: InputTaken is of use.
  bool awaits_input_taken() const noexcept { return !untaken_.empty(); }

  State state() const noexcept { return state_; }
  bool raw() const noexcept { return raw_; }
  /// Null without one. It lives on when the adapter has failed.
  const Terminal* terminal() const noexcept { return terminal_.get(); }
  bool finished() const noexcept { return finished_; }
  std::uint64_t last_number() const noexcept { return last_number_; }

 private:
  struct Said {
    State state = State::starting;
    BlockedOn blocked_on = BlockedOn::none;
  };
  struct Untaken {
    effect::Report report;
    std::uint64_t total = 0;  ///< taken when the agent has read that much
    std::uint64_t deadline_ns = 0;
  };
  struct PendingCall {
    AdapterCall call;
    std::optional<base::ActionId> action;
    std::optional<std::string> resolves;  ///< approval that this answer closes
    boost::json::object answer;
  };

  // machine.cpp: inputs
  void take(const input::Started& started);
  void take(const input::Output& output);
  void take(const input::Eof& eof);
  void take(const input::Tick&);
  void take(const input::InputTaken& taken);
  void take(const input::InputLost& lost);
  void take(const input::AdapterFailed& failed);
  void take(const input::Fact& fact);
  Effects finish_step();
  void call(AdapterCall call);
  std::string lie_in(const AdapterEvent& said) const;
  void go_raw(std::string_view code, std::string_view detail);

  // machine_command.cpp: what people want
  void take(const input::Command& command);
  void command_stop(const input::Command& command, Cause cause);
  void command_agent(const input::Command& command, std::uint32_t kind);
  void command_raw(const input::Command& command, std::uint32_t kind);
  void report(const std::optional<base::ActionId>& action, base::Errc code, std::string detail);
  void report_status(const AdapterReply& reply);
  void applied(const std::optional<base::ActionId>& action, bool wrote);
  void write_input(std::string bytes);
  void expire_untaken();

  // machine_terminal.cpp: size and keys
  bool command_terminal(const input::Command& command);
  void command_resize(const input::Command& command);
  void command_type(const input::Command& command);
  void type_prompt(const input::Command& command);
  void look_at_screen(bool output);
  void take_step(const Typist::Step& step);
  void end_typing(base::Errc code, std::string detail);
  void close_input();

  // machine_screen.cpp: what the screen says
  void read_screen();
  void take_reading(const screen::Reading& reading);
  void open_dialog(const screen::Reading& reading);
  void close_dialog();
  void answer_dialog(const input::Command& command, boost::json::object answer);
  std::optional<std::uint64_t> screen_wake_ns() const noexcept;

  // machine_reply.cpp: what the adapter says
  void take_event(const AdapterEvent& said);
  void take_state(const event::Event& event);
  void take_approval(event::Event event);
  void take_resolution(event::Event event);
  void take_turn(event::Event event);
  void resolve(std::string_view ref, boost::json::object data, const event::Source& source);

  // machine_state.cpp: state, time and stopping
  void say(State state, BlockedOn blocked_on);
  void refresh_state(const event::Source& source, const boost::json::object& extra = {});
  void stop(Cause cause, std::string detail);
  void climb();
  void check_timeouts();
  std::optional<std::uint64_t> next_timeout() const noexcept;
  event::Event& emit(event::Kind kind, boost::json::object data, const event::Source& source, std::string ref = {});

  // machine_end.cpp: the last events
  void take(const input::Exited& exited);
  void end(const boost::json::object& outcome);

  Setup setup_;
  Stamp now_;
  Effects effects_;
  std::deque<PendingCall> pending_;
  std::optional<PendingCall> present_;            ///< the call that is waited for
  std::vector<std::uint64_t> caused_;             ///< numbers of the events made for the present call's action
  std::map<event::Channel, std::uint64_t> read_;  ///< bytes of each channel so far
  std::uint64_t calls_ = 0;
  std::uint64_t last_number_ = 0;
  bool waiting_ = false;
  bool raw_ = false;
  bool started_ = false;
  bool finished_ = false;

  State state_ = State::starting;
  BlockedOn blocked_on_ = BlockedOn::none;
  std::uint64_t version_ = 0;
  Said said_;
  ApprovalBook book_;
  std::optional<base::ActionId> event_action_;   ///< of events made now
  std::optional<base::ActionId> prompt_action_;  ///< the next turn's beginning belongs to it
  std::optional<base::ActionId> cancel_action_;  ///< the next turn's end belongs to it

  std::uint64_t written_ = 0;  ///< bytes given to the agent's input
  bool input_closed_ = false;
  std::unique_ptr<Terminal> terminal_;
  std::deque<Untaken> untaken_;

  std::optional<std::uint64_t> adapter_wake_ns_;
  std::uint64_t started_ns_ = 0;
  std::uint64_t idle_since_ns_ = 0;
  StopLadder ladder_;
  bool finish_asked_ = false;
  std::optional<std::uint64_t> finish_deadline_ns_;

  Cause cause_ = Cause::none;
  std::string cause_detail_;
  std::vector<base::ActionId> stoppers_;  ///< stop and kill actions, reported at the end
  std::uint64_t oom_kills_ = 0;
  std::optional<std::uint64_t> memory_peak_;
  bool told_journal_full_ = false;
  std::optional<input::Exited> exited_;
  boost::json::object outcome_;
};

}  // namespace paddock::session
