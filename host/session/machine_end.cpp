// How a session ends: what is left open is closed, then one outcome, then the last state.
#include "session/fields.hpp"
#include "session/machine.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;

void Machine::take(const input::Exited& exited) {
  exited_ = exited;
  ladder_.start(now_.mono_ns);
  ladder_.exited();
  end_typing(base::Errc::wrong_state, "the agent ended while this was typed");
  if (terminal_ && terminal_->dialog && terminal_->dialog->answering) {
    report(terminal_->dialog->answering->action, base::Errc::wrong_state, "the agent ended before its screen changed");
    terminal_->dialog.reset();
  }
  for (Untaken& each : untaken_) {
    each.report.state = "failed";
    each.report.code = base::name(base::Errc::wrong_state);
    each.report.detail = "the agent ended before it had read this";
    effects_.push_back(std::move(each.report));
  }
  untaken_.clear();
  const std::uint64_t kills = number_in(exited.resources, "oom_kills").value_or(0);
  if (const auto peak = number_in(exited.resources, "memory_peak_bytes")) memory_peak_ = peak;
  if (kills > oom_kills_) {
    oom_kills_ = kills;
    json::object data{{"kind", "oom_kill"}, {"count", kills}, {"resources", {{"oom_kills", kills}}}};
    if (setup_.limits.memory_max) data["limit"] = setup_.limits.memory_max->bytes();
    if (memory_peak_) data["peak"] = *memory_peak_;
    if (exited.signal) data["process"] = setup_.program;
    emit(Kind::resource, std::move(data), {Channel::process, 0, 0});
  }
  if (const auto hits = number_in(exited.resources, "pids_max_hits").value_or(0); hits > 0) {
    json::object data{{"kind", "pids_limit"}, {"count", hits}};
    if (setup_.limits.pids_max) data["limit"] = *setup_.limits.pids_max;
    emit(Kind::resource, std::move(data), {Channel::process, 0, 0});
  }
  if (raw_) return end({});
  AdapterCall last;
  last.kind = AdapterCall::Kind::exited;
  last.code = exited.signal ? -1 : exited.code.value_or(-1);
  last.signal = exited.signal.value_or(0);
  Cause cause = cause_;
  EndFacts facts;
  facts.code = exited.code;
  facts.signal = exited.signal;
  facts.out_of_memory_seen = oom_kills_ > 0;
  if (cause == Cause::none && died_of_memory(facts)) cause = Cause::out_of_memory;
  last.cause = std::uint32_t(cause);
  call(std::move(last));
}

/// `outcome` is what the adapter made of it, or empty.
void Machine::end(const json::object& outcome) {
  if (!stoppers_.empty()) event_action_ = stoppers_.front();
  EndFacts facts;
  facts.cause = cause_;
  facts.cause_detail = cause_detail_;
  facts.code = exited_->code;
  facts.signal = exited_->signal;
  facts.out_of_memory_seen = oom_kills_ > 0;
  facts.memory_peak = memory_peak_;
  if (setup_.limits.memory_max) facts.memory_limit = setup_.limits.memory_max->bytes();
  facts.process = setup_.program;
  facts.outcome_result = text_or_empty(outcome, "result");
  const Exit exit = judge_end(facts);

  const event::Source process{Channel::process, 0, 0};
  const auto open = book_.all();
  for (const ApprovalBook::Open& each : open) {
    resolve(each.ref, {{"decision", "cancelled"}, {"by", "host"}, {"reason", "the agent ended"}}, process);
  }
  json::object data = outcome;
  if (facts.outcome_result.empty()) data = {{"result", "unknown"}, {"retryable", false}};
  data["reason"] = name(exit.reason);
  emit(Kind::outcome, std::move(data), process);

  state_ = State::exited;
  json::object last{{"state", name(State::exited)}, {"version", ++version_}};
  json::object& told = last["exit"].emplace_object();
  if (exit.code) told["code"] = *exit.code;
  if (exit.signal) told["signal"] = *exit.signal;
  told["reason"] = name(exit.reason);
  told["detail"] = exit.detail;
  last["resources"] = exited_->resources;
  emit(Kind::state, std::move(last), process);
  for (const base::ActionId& action : stoppers_) {
    effects_.push_back(effect::Report{action, "applied", {}, {}, {last_number_ - 1, last_number_}});
  }
  stoppers_.clear();
  finished_ = true;
  effects_.push_back(effect::Finished{});
}

}  // namespace paddock::session
