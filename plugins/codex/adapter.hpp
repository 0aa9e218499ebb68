// Codex through its app-server: JSON-RPC, one message per line, over the agent's own pipes.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "codex/asks.hpp"
#include "codex/client.hpp"
#include "codex/faults.hpp"
#include "codex/items.hpp"
#include "codex/limits.hpp"
#include "codex/options.hpp"
#include "codex/out.hpp"
#include "codex/settings.hpp"
#include "codex/threads.hpp"
#include "codex/usage.hpp"
#include "codex/verdict.hpp"
#include "paddock/json_lines.hpp"
#include "paddock/session.hpp"

namespace paddock::codex {

/// One session with one `codex app-server`, which drives one thread of it.
class Adapter final : public sdk::JsonLinesSession {
 public:
  static constexpr sdk::Manifest manifest{.id = "codex",
                                          .name = "OpenAI Codex",
                                          .version = "1.0.0",
                                          .vendor = "Paddock",
                                          .license = "Apache-2.0",
                                          .summary = "Drives the Codex CLI through its app-server",
                                          .modes = R"([{"mode":"headless","transport":"pipes","resume":true,)"
                                                   R"("commands":["prompt","answer","interrupt","set","finish"]}])",
                                          .options = options_schema,
                                          .programs = R"(["codex"])",
                                          .tested = R"(["0.169.0"])"};

  /// Most prompts that wait for the thread to be opened.
  static constexpr std::size_t max_queued = 16;

  static json::object plan(const sdk::Launch& launch);
  static json::object probe_plan();
  static json::object probe_result(const json::object& findings);

  explicit Adapter(const sdk::Launch& launch);

  /// True when the table of notifications is in the order its search needs.
  static bool is_sorted();

  void started(sdk::Now now, sdk::Sink& sink) override;
  void on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) override;
  void on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) override;
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override;
  void tick(sdk::Now now, sdk::Sink& sink) override;
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override;

 private:
  /// The turn of our thread.
  struct Turn {
    std::string id, last_id;  // the running one, and the one before
    bool is_active = false;
    bool is_expected = false;  // the agent took a prompt; its turn has not begun yet
    bool is_interrupt_wanted = false;
    bool was_interrupted = false;  // by us
    bool was_blamed = false;       // its failure was told
    std::int64_t count = 0;
    std::string answer;  // the last message
  };

  /// A notification and who takes it; null when it is known and says nothing of interest.
  struct Handler {
    std::string_view method;
    void (Adapter::*take)(const Out&, const json::object& params);
  };
  static const std::array<Handler, 63> handlers;
  static const Handler* handler_of(std::string_view method);

  // Handshake and answers (adapter.cpp).
  void answered(const Out& out, const json::object& line);
  void succeeded(const Out& out, const Client::Pending& pending, const json::object& result);
  void refused(const Out& out, const Client::Pending& pending, std::string_view message);
  void asked(const Out& out, std::string_view method, const json::value& id, const json::object& params);
  void notified(const Out& out, std::string_view method, const json::object& params);
  void open_thread(const Out& out, const json::object& thread, const json::object& details);
  void give_up(const Out& out, Fault&& fault);

  // Turns (turns.cpp).
  void start_turn(sdk::Sink& sink, std::string_view text);
  void begin_turn(const Out& out, std::string_view id);
  void end_turn(const Out& out, std::string_view outcome, std::optional<std::int64_t> duration_ms);
  void stop_leftovers(sdk::Sink& sink);
  void interrupt_now(sdk::Sink& sink);
  void blame(const Out& out, Fault&& fault);
  void show_state(const Out& out);
  void maybe_finish(sdk::Sink& sink);
  void close(sdk::Sink& sink);
  bool is_busy() const { return turn_.is_active || turn_.is_expected || client_.awaits_prompt(); }

  // Commands (commands.cpp).
  sdk::Status prompt(const Out& out, std::string_view text);
  sdk::Status answer(const Out& out, const sdk::Command& command);
  sdk::Status interrupt(const Out& out);
  sdk::Status set(const Out& out, const json::object& wish);
  sdk::Status finish(const Out& out);

  // Notifications (notifications.cpp).
  std::string_view thread_of(const json::object& params) const;
  void on_status(const Out& out, const json::object& params);
  void on_thread_started(const Out& out, const json::object& params);
  void on_settings(const Out& out, const json::object& params);
  void on_rerouted(const Out& out, const json::object& params);
  void on_turn_started(const Out& out, const json::object& params);
  void on_turn_completed(const Out& out, const json::object& params);
  void on_subagent(const Out& out, std::string_view parent_thread, const json::object& item);
  void on_item_started(const Out& out, const json::object& params);
  void on_item_completed(const Out& out, const json::object& params);
  void on_message_delta(const Out& out, const json::object& params);
  void on_reasoning_delta(const Out& out, const json::object& params);
  void on_reasoning_part(const Out& out, const json::object& params);
  void on_output_delta(const Out& out, const json::object& params);
  void on_plan(const Out& out, const json::object& params);
  void on_usage(const Out& out, const json::object& params);
  void on_rate_limits(const Out& out, const json::object& params);
  void on_error(const Out& out, const json::object& params);
  void on_resolved(const Out& out, const json::object& params);
  void on_progress(const Out& out, const json::object& params);
  void on_warning(const Out& out, const json::object& params);
  void on_guardian(const Out& out, const json::object& params);
  void on_deprecation(const Out& out, const json::object& params);
  void on_auth_recovery(const Out& out, const json::object& params);
  void on_review(const Out& out, const json::object& params);
  void on_mcp_startup(const Out& out, const json::object& params);
  void on_hook(const Out& out, const json::object& params);

  Settings settings_;
  Client client_;
  Threads threads_;
  Items items_;
  Asks asks_;
  Usage usage_;
  RateLimits limits_;
  Verdict verdict_;
  Turn turn_;
  std::deque<std::string> queued_;  // prompts that wait for the thread
  std::string status_ = "idle";     // of our thread, in the agent's words
  std::string shown_state_;         // the last STATE, to say each only once
  bool is_open_ = false;            // our thread takes prompts
  bool is_finishing_ = false;       // ends as soon as nothing runs
  bool is_closed_ = false;          // the agent's input was ended
};

}  // namespace paddock::codex
