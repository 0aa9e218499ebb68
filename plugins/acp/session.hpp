// One session with an agent that speaks the Agent Client Protocol: JSON-RPC 2.0, one message per line.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "acp/asks.hpp"
#include "acp/calls.hpp"
#include "acp/faults.hpp"
#include "acp/modes.hpp"
#include "acp/out.hpp"
#include "acp/peer.hpp"
#include "acp/quirks.hpp"
#include "acp/settings.hpp"
#include "acp/texts.hpp"
#include "acp/usage.hpp"
#include "acp/verdict.hpp"
#include "paddock/json_lines.hpp"
#include "paddock/session.hpp"

namespace paddock::acp {

/// The protocol's machine, without a program: the adapters say which one to start, and its quirks.
class Session : public sdk::JsonLinesSession {
 public:
  /// Most prompts that wait for their turn.
  static constexpr std::size_t max_queued = 16;

  /// Throws Refusal when an option makes no sense.
  Session(const sdk::Launch& launch, Quirks quirks);

  void started(sdk::Now now, sdk::Sink& sink) override;
  void on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) override;
  void on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) override;
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override;
  void tick(sdk::Now now, sdk::Sink& sink) override;
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override;

 private:
  /// What the session waits for, one thing at a time.
  enum class Watch { none, hello, history, cancel, end };

  struct Turn {
    bool is_active = false;
    bool is_cancelled = false;  // by us
    bool is_command = false;    // a slash command, which may need no model
    std::int64_t count = 0;
    std::optional<Fault> fault{};  // of this turn
  };

  // The handshake (handshake.cpp).
  void on_hello(const Out& out, const json::object& result);
  void open(const Out& out);
  void on_open(const Out& out, const json::object& result);
  void set_up(const Out& out);
  void wish_for(const Out& out, Peer::Purpose purpose, const Modes::Wish& wish);
  void ready(const Out& out);
  void give_up(const Out& out, Fault&& fault);
  void announce(const Out& out);

  // Messages (session.cpp).
  void answered(const Out& out, const json::value& id, const json::object& line);
  void succeeded(const Out& out, const Peer::Pending& pending, const json::object& result);
  void refused(const Out& out, Peer::Purpose purpose, const json::object& error);
  void asked(const Out& out, std::string_view method, const json::value& id, const json::object& params);
  void notified(const Out& out, std::string_view method, const json::object& params);

  // Turns and states (turns.cpp).
  void next_prompt(const Out& out);
  void on_prompt_end(const Out& out, const json::object& result);
  void end_turn(const Out& out, std::string_view outcome);
  void blame(const Out& out, Fault&& fault);
  void withdraw_all(const Out& out, std::string_view by);
  bool approve_alone(const Out& out, const json::value& id, const json::object& params);
  void show_state(const Out& out);
  void show_usage(const Out& out);
  void watch(const Out& out, Watch what, std::uint64_t seconds);
  void maybe_finish(const Out& out);
  void close(const Out& out);

  // Updates (updates.cpp).
  void on_update(const Out& out, const json::object& update);
  bool on_words(const Out& out, std::string_view kind, const json::object& update);
  void say(const Out& out, std::string_view text, std::string_view id);
  bool is_aside(const Out& out, std::string_view text);
  void on_commands(const Out& out, const json::object& update);
  void on_plan(const Out& out, const json::object& update);
  void on_compaction(const Out& out, const json::object& update);
  void on_mode(const Out& out, std::string_view mode);
  void on_todos(const Out& out, const json::object& params);

  // Commands (commands.cpp).
  sdk::Status prompt(const Out& out, std::string_view text);
  sdk::Status answer(const Out& out, const sdk::Command& command);
  sdk::Status interrupt(const Out& out);
  sdk::Status set(const Out& out, const json::object& wish);
  sdk::Status finish(const Out& out);

  Quirks quirks_;
  Settings settings_;
  Peer peer_;
  Texts texts_;
  Calls calls_;
  Asks asks_;
  Modes modes_;
  Usage usage_;
  Verdict verdict_;
  Turn turn_;
  Watch watch_ = Watch::none;
  std::deque<std::string> queued_;
  json::object capabilities_;
  std::string session_;  // the agent's own id
  std::string version_, agent_, commands_;
  std::string shown_state_, shown_session_, shown_usage_;
  std::int64_t replayed_ = 0;
  bool has_set_mode_ = false, has_set_model_ = false;
  bool is_replaying_ = false;  // what comes is history
  bool is_history_over_ = false;
  bool is_open_ = false;  // prompts are taken
  bool needs_login_ = false;
  bool is_finishing_ = false;  // ends as soon as nothing runs
  bool is_closed_ = false;     // the agent's input was ended
};

}  // namespace paddock::acp
