// Drives a session's machine in a test: a clock, a scripted adapter, and everything it did, by kind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "session/fields.hpp"
#include "session/machine.hpp"

namespace paddock::session {

// PDK_EV_* as the adapter says them.
namespace said {
inline constexpr std::uint32_t turn = 2, state = 3, message = 4, approval_request = 8, approval_resolved = 9,
                               question = 10, outcome = 16, unknown = 17;
}

class MachineRig {
 public:
  static Setup setup() {
    Setup out;
    out.session = base::SessionId::make();
    out.runtime = base::RuntimeId::make();
    out.adapter_id = "test";
    out.adapter_version = "1";
    out.program = "agent";
    out.keep_open = true;
    return out;
  }

  explicit MachineRig(Setup setup = MachineRig::setup()) : machine(std::move(setup)) {}

  /// Answers a call; the default says nothing. Returning nothing means that the adapter fails there.
  std::function<std::optional<AdapterReply>(const AdapterCall&)> adapter = [](const AdapterCall&) {
    return AdapterReply{};
  };

  void give(const Input& input) {
    Stamp stamp{base::WallTime(std::chrono::milliseconds(1000 + std::int64_t(now_ns / 1'000'000))), now_ns};
    carry(machine.step(stamp, input));
  }
  void start() { give(input::Started{4711}); }
  void output(std::string_view bytes) { give(input::Output{event::Channel::out, bytes}); }
  void exit(std::optional<int> code, std::optional<int> signal = std::nullopt, boost::json::object resources = {}) {
    give(input::Exited{code, signal, std::move(resources)});
  }
  base::ActionId command(std::string type, std::string ref = {}, boost::json::object body = {},
                         std::string cause = {}) {
    auto action = base::ActionId::make();
    give(input::Command{action, std::move(type), std::move(ref), std::move(body), std::move(cause)});
    return action;
  }
  /// Lets time pass up to `after` from now, with a Tick whenever the machine wants one.
  void pass(std::chrono::milliseconds after) {
    const std::uint64_t until = now_ns + std::uint64_t(std::chrono::nanoseconds(after).count());
    while (machine.wake_at_ns() && *machine.wake_at_ns() <= until) {
      now_ns = std::max(now_ns, *machine.wake_at_ns());
      give(input::Tick{});
    }
    now_ns = until;
  }

  /// "working", "blocked/approval", ... of every state event.
  std::vector<std::string> states() const {
    std::vector<std::string> out;
    for (const event::Event& event : events) {
      if (event.kind != event::Kind::state) continue;
      std::string text(text_or_empty(event.data, "state"));
      const auto on = text_or_empty(event.data, "blocked_on");
      out.push_back(on.empty() ? text : text + "/" + std::string(on));
    }
    return out;
  }
  std::vector<const event::Event*> of(event::Kind kind) const {
    std::vector<const event::Event*> out;
    for (const event::Event& event : events) {
      if (event.kind == kind) out.push_back(&event);
    }
    return out;
  }
  const effect::Report* report(const base::ActionId& action) const {
    for (const effect::Report& each : reports) {
      if (each.action == action) return &each;
    }
    return nullptr;
  }
  std::string reason() const { return std::string(events.back().data.at("exit").at("reason").as_string()); }

  Machine machine;
  std::uint64_t now_ns = 0;
  std::vector<event::Event> events;
  std::vector<AdapterCall::Kind> calls;
  std::vector<AdapterCall> commands;  ///< the calls that were commands
  std::vector<effect::Report> reports;
  std::vector<int> signals;
  std::vector<std::pair<int, int>> sizes;
  std::string sent;
  int kills = 0;
  bool input_closed = false, finished = false;

 private:
  void carry(const Effects& effects) {
    std::optional<AdapterCall> call;
    for (const Effect& each : effects) {
      if (const auto* emit = std::get_if<effect::Emit>(&each)) events.push_back(emit->event);
      if (const auto* wanted = std::get_if<effect::Call>(&each)) call = wanted->call;
      if (const auto* write = std::get_if<effect::WriteInput>(&each)) sent += write->bytes;
      if (const auto* size = std::get_if<effect::Resize>(&each)) sizes.emplace_back(size->rows, size->cols);
      if (const auto* signal = std::get_if<effect::Signal>(&each)) signals.push_back(signal->signo);
      if (const auto* report = std::get_if<effect::Report>(&each)) reports.push_back(*report);
      kills += std::holds_alternative<effect::KillGroup>(each) ? 1 : 0;
      input_closed = input_closed || std::holds_alternative<effect::CloseInput>(each);
      finished = finished || std::holds_alternative<effect::Finished>(each);
    }
    if (!call) return;
    calls.push_back(call->kind);
    if (call->kind == AdapterCall::Kind::command) commands.push_back(*call);
    const auto reply = adapter(*call);
    carry(reply ? machine.reply(*reply) : machine.adapter_failed("crash", "its process ended"));
  }
};

inline AdapterEvent say(std::uint32_t kind, std::string body, std::string ref = {}) {
  AdapterEvent event;
  event.kind = kind;
  event.channel = event::Channel::out;
  event.ref = std::move(ref);
  event.body = std::move(body);
  return event;
}

/// An adapter that reads each output as lines "KIND REF BODY" and says exactly that.
std::optional<AdapterReply> obedient(const AdapterCall& call);

}  // namespace paddock::session
