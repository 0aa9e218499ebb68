// Inputs of a session and the calls that follow from them.
#include "session/machine.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "session/fields.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;

namespace {

constexpr std::chrono::milliseconds kStopTotal{10'000};  // the contract's default of timeouts.stop

}  // namespace

Machine::Machine(Setup setup)
    : setup_(std::move(setup)), ladder_(setup_.stop, setup_.timeouts.stop.value_or(kStopTotal)) {
  if (setup_.terminal) terminal_ = std::make_unique<Terminal>(*setup_.terminal);
}

Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

Effects Machine::step(const Stamp& now, const Input& input) {
  if (waiting_ || finished_) return {};  // the caller's mistake; nothing may get out of order
  now_ = now;
  std::visit([this](const auto& each) { take(each); }, input);
  return finish_step();
}

/// Hands out what has gathered, up to the next call.
Effects Machine::finish_step() {
  event_action_.reset();
  caused_.clear();
  if (!pending_.empty() && !waiting_) {
    present_ = std::move(pending_.front());
    pending_.pop_front();
    waiting_ = true;
    ++calls_;
    effects_.push_back(effect::Call{present_->call});
  }
  return std::exchange(effects_, {});
}

void Machine::call(AdapterCall call) {
  if (raw_) return;
  call.now = now_;
  pending_.push_back({std::move(call), std::nullopt, std::nullopt, {}});
}

Effects Machine::reply(const AdapterReply& reply) {
  if (!waiting_) return {};
  constexpr std::int32_t kInternal = -4;  // PDK_E_INTERNAL
  if (reply.status == kInternal) {
    return adapter_failed("internal", reply.diag.empty() ? "it says that it is broken" : reply.diag);
  }
  for (const AdapterEvent& said : reply.events) {
    if (const auto lie = lie_in(said); !lie.empty()) return adapter_failed("contract", lie);
  }
  waiting_ = false;
  event_action_ = present_->action;
  for (const AdapterEvent& said : reply.events) take_event(said);
  if (reply.status == 0 && present_->resolves && book_.is_open(*present_->resolves)) {
    resolve(*present_->resolves, present_->answer, {Channel::host, 0, 0});
  }
  if (!reply.input.empty()) write_input(reply.input);
  if (reply.close_input) close_input();
  for (const int signo : reply.signals) effects_.push_back(effect::Signal{signo});
  if (reply.wake_at_ns) adapter_wake_ns_ = *reply.wake_at_ns == 0 ? std::nullopt : reply.wake_at_ns;
  if (present_->call.kind == AdapterCall::Kind::command) report_status(reply);
  if (present_->call.kind == AdapterCall::Kind::exited) end(outcome_);
  present_.reset();
  return finish_step();
}

/// An event proves itself with the bytes it was read from. One that names bytes which the agent never wrote
/// would be shown with a proof that does not exist; what else the adapter says is then worth as little.
std::string Machine::lie_in(const AdapterEvent& said) const {
  const bool is_stream = said.channel == Channel::out || said.channel == Channel::err || said.channel == Channel::pty;
  if (!is_stream) return {};
  const auto read = read_.find(said.channel);
  const std::uint64_t bytes = read == read_.end() ? 0 : read->second;
  if (said.begin <= said.end && said.end <= bytes) return {};
  return fmt::format("an event names the bytes {} to {} of '{}', of which {} were read", said.begin, said.end,
                     event::name(said.channel), bytes);
}

Effects Machine::adapter_failed(std::string_view code, std::string_view detail) {
  if (!waiting_) return {};
  waiting_ = false;
  go_raw(code, detail);
  return finish_step();
}

void Machine::take(const input::Started& started) {
  started_ = true;
  started_ns_ = now_.mono_ns;
  json::object data;
  data["state"] = name(State::starting);
  data["version"] = ++version_;
  data["pid"] = started.pid;
  data["adapter"] = setup_.adapter_id;
  data["adapter_version"] = setup_.adapter_version;
  emit(Kind::state, std::move(data), {Channel::process, 0, 0});
  if (raw_) {
    refresh_state({Channel::process, 0, 0});
    return;
  }
  AdapterCall next;
  next.kind = AdapterCall::Kind::started;
  call(std::move(next));
}

void Machine::take(const input::Output& output) {
  read_[output.channel] += output.bytes.size();
  if (terminal_ && output.channel == Channel::pty) {
    if (std::string answer = terminal_->show(output.bytes); !answer.empty()) write_input(std::move(answer));
    terminal_->drawn(now_.mono_ns);
    look_at_screen(true);
  }
  AdapterCall next;
  next.kind = AdapterCall::Kind::feed;
  next.channel = output.channel;
  next.bytes = output.bytes;
  call(std::move(next));
}

void Machine::take(const input::Eof& eof) {
  AdapterCall next;
  next.kind = AdapterCall::Kind::eof;
  next.channel = eof.channel;
  call(std::move(next));
}

void Machine::take(const input::Tick&) {
  expire_untaken();
  look_at_screen(false);
  read_screen();
  check_timeouts();
  climb();
  if (!adapter_wake_ns_ || now_.mono_ns < *adapter_wake_ns_) return;
  adapter_wake_ns_.reset();
  AdapterCall next;
  next.kind = AdapterCall::Kind::tick;
  call(std::move(next));
}

void Machine::take(const input::InputTaken& taken) {
  while (!untaken_.empty() && untaken_.front().total <= taken.total) {
    effects_.push_back(std::move(untaken_.front().report));
    untaken_.pop_front();
  }
}

void Machine::take(const input::InputLost& lost) {
  input_closed_ = true;
  end_typing(base::Errc::wrong_state, lost.why);
  for (Untaken& each : untaken_) {
    each.report.state = "failed";
    each.report.code = base::name(base::Errc::wrong_state);
    each.report.detail = lost.why;
    effects_.push_back(std::move(each.report));
  }
  untaken_.clear();
}

void Machine::take(const input::AdapterFailed& failed) { go_raw(failed.code, failed.detail); }

void Machine::take(const input::Fact& fact) {
  if (fact.kind == "limits") {
    setup_.limits.memory_max.reset();
    if (const auto most = number_in(fact.numbers, "memory_max_bytes")) setup_.limits.memory_max = base::ByteSize(*most);
    return;
  }
  if (fact.kind == "oom_kill") oom_kills_ = std::max(oom_kills_, number_in(fact.numbers, "count").value_or(1));
  if (const auto peak = number_in(fact.numbers, "peak")) memory_peak_ = peak;
  json::object data = fact.numbers;
  data["kind"] = fact.kind;
  if (fact.kind == "oom_kill") data["resources"] = {{"oom_kills", oom_kills_}};
  emit(Kind::resource, std::move(data), {Channel::process, 0, 0});
}

void Machine::go_raw(std::string_view code, std::string_view detail) {
  if (raw_) return;
  raw_ = true;
  const bool was_last = present_ && present_->call.kind == AdapterCall::Kind::exited;
  const auto fail_command = [this](const PendingCall& each) {
    if (each.call.kind != AdapterCall::Kind::command) return;
    report(each.action, base::Errc::adapter_failed, "the adapter failed while it was asked");
  };
  if (present_) fail_command(*present_);
  for (const PendingCall& each : pending_) fail_command(each);
  present_.reset();
  pending_.clear();
  adapter_wake_ns_.reset();

  json::object data;
  data["class"] = "unknown";
  data["code"] = "adapter_failed";
  data["failure"] = code;
  data["text"] = fmt::format("the adapter '{}' failed ({}): {}; the agent goes on, its output is recorded unread",
                             setup_.adapter_id, code, detail);
  const event::Source host{Channel::host, 0, 0};
  emit(Kind::error, std::move(data), host);
  const auto open = book_.all();
  for (const ApprovalBook::Open& each : open) {
    resolve(each.ref, {{"decision", "deny"}, {"by", "host"}, {"reason", "the adapter failed"}}, host);
  }
  if (terminal_) terminal_->dialog.reset();
  refresh_state(host);
  if (was_last) end({});
}

}  // namespace paddock::session
