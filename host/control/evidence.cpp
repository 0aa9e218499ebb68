// Evidence from events and kernel figures, in words.
#include "control/evidence.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

namespace paddock::control {
namespace json = boost::json;
using event::Kind;

namespace {

constexpr std::size_t kPieces = 16;      // a person reads this
constexpr std::size_t kOpenCalls = 256;  // an agent that never ends its calls

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string state_of(const json::object& data) {
  std::string state = text_of(data, "state");
  if (const auto on = text_of(data, "blocked_on"); !on.empty()) state += fmt::format(" ({})", on);
  return state;
}

void put(json::object& into, std::string_view key, const std::optional<std::uint64_t>& value) {
  if (value) into[key] = *value;
}

json::object kernel_json(const Evidence::Kernel& kernel) {
  json::object out;
  out["runner_connected"] = kernel.runner_connected;
  if (kernel.usage.cpu_total) out["cpu_seconds"] = double(kernel.usage.cpu_total->count()) / 1e6;
  if (kernel.usage.memory) out["memory_bytes"] = kernel.usage.memory->bytes();
  if (kernel.usage.memory_limit) out["memory_limit_bytes"] = kernel.usage.memory_limit->bytes();
  put(out, "pids", kernel.usage.pids);
  put(out, "oom_kills", kernel.usage.oom_kills);
  put(out, "pids_limit_hits", kernel.usage.pids_max_hits);
  put(out, "throttled_periods", kernel.usage.cpu_throttled_periods);
  json::array processes;
  for (const int pid : kernel.processes) processes.push_back(pid);
  out["processes"] = std::move(processes);
  return out;
}

std::string verdict_of(const session::Record& record, bool connected, base::WallTime now) {
  std::string verdict =
      fmt::format("{} since {} by {}", session::name(record.state),
                  base::format_duration(std::max(now - record.state_since, std::chrono::milliseconds(0))),
                  session::name(record.state_source));
  if (record.exit) verdict += fmt::format(": {}, {}", session::name(record.exit->reason), record.exit->detail);
  if (record.blocked_on != session::BlockedOn::none) {
    verdict += fmt::format(", waits for: {}", session::name(record.blocked_on));
  }
  if (record.opaque) verdict += "; its adapter failed, so bytes are recorded but not understood";
  if (!connected && !record.exit) verdict += "; its runner is not connected, so this may be out of date";
  return verdict;
}

}  // namespace

void Evidence::note(const event::Event& event, std::string argues_for, std::string detail) {
  if (pieces_.size() >= kPieces) pieces_.pop_front();
  pieces_.push_back(
      {event.seq, event.time, event.kind, event.source, event.ref, std::move(argues_for), std::move(detail)});
}

void Evidence::look(const event::Event& event) {
  if (event.partial) return;
  switch (event.kind) {
    case Kind::state: {
      std::string detail = text_of(event.data, "reason");
      if (detail.empty()) detail = text_of(event.data, "detail");
      return note(event, state_of(event.data), std::move(detail));
    }
    case Kind::turn: {
      const bool begins = text_of(event.data, "phase") == "begin";
      return note(event, begins ? "working" : "idle", begins ? "a turn began" : "a turn ended");
    }
    case Kind::tool_call:
      if (open_calls_.size() < kOpenCalls) open_calls_[event.ref] = text_of(event.data, "tool");
      return note(event, "working", fmt::format("tool call '{}'", text_of(event.data, "tool")));
    case Kind::tool_result: open_calls_.erase(event.ref); return note(event, "working", "tool result");
    case Kind::approval_request: return note(event, "blocked (approval)", text_of(event.data, "tool"));
    case Kind::question: return note(event, "blocked (question)", text_of(event.data, "text"));
    case Kind::approval_resolved: return note(event, "working", "approval " + text_of(event.data, "decision"));
    case Kind::error: return note(event, "", text_of(event.data, "text"));
    case Kind::outcome: open_calls_.clear(); return note(event, "exited", text_of(event.data, "result"));
    default: return;
  }
}

json::object Evidence::explain(const session::Record& record, const std::optional<Kernel>& kernel,
                               base::WallTime now) const {
  json::object out;
  out["session"] = record.id.str();
  out["state"] = session::name(record.state);
  out["state_version"] = record.state_version;
  if (record.blocked_on != session::BlockedOn::none) out["blocked_on"] = session::name(record.blocked_on);
  out["state_source"] = session::name(record.state_source);
  out["verdict"] = verdict_of(record, kernel && kernel->runner_connected, now);
  json::array evidence;
  for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
    json::object entry{{"seq", piece->seq}, {"kind", event::name(piece->kind)}};
    entry["time"] = base::format_time(piece->time);
    entry["age_ms"] = (now - piece->time).count();
    entry["source"] = event::name(piece->source.channel);
    if (piece->source.end != 0) entry["bytes"] = json::array{piece->source.begin, piece->source.end};
    if (!piece->ref.empty()) entry["ref"] = piece->ref;
    if (!piece->argues_for.empty()) entry["argues_for"] = piece->argues_for;
    if (!piece->detail.empty()) entry["detail"] = piece->detail;
    evidence.push_back(std::move(entry));
  }
  out["evidence"] = std::move(evidence);
  if (kernel) out["kernel"] = kernel_json(*kernel);
  json::object& open = out["open"].emplace_object();
  json::array& approvals = open["approvals"].emplace_array();
  for (const session::Approval& approval : record.approvals) approvals.push_back(json::string(approval.ref));
  json::array& calls = open["tool_calls"].emplace_array();
  for (const auto& [ref, tool] : open_calls_) calls.push_back(json::object{{"ref", ref}, {"tool", tool}});
  return out;
}

}  // namespace paddock::control
