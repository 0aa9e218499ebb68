// A session as JSON: for the API, and whole for the store.
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "session/fields.hpp"
#include "session/record.hpp"
#include "session/resources_json.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

template <class Number>
void put(json::object& out, std::string_view key, const std::optional<Number>& number) {
  if (number) out[key] = *number;
}

void put_text(json::object& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out[key] = text;
}

json::object usage_json(const Usage& usage) {
  json::object out;
  put(out, "input_tokens", usage.input_tokens);
  put(out, "output_tokens", usage.output_tokens);
  put(out, "cache_read_tokens", usage.cache_read_tokens);
  put(out, "cache_write_tokens", usage.cache_write_tokens);
  put(out, "reasoning_tokens", usage.reasoning_tokens);
  put(out, "cost_micros", usage.cost_micros);
  out["turns"] = usage.turns;
  return out;
}

Usage usage_of(Fields& fields) {
  Usage usage;
  usage.input_tokens = fields.maybe_number("input_tokens");
  usage.output_tokens = fields.maybe_number("output_tokens");
  usage.cache_read_tokens = fields.maybe_number("cache_read_tokens");
  usage.cache_write_tokens = fields.maybe_number("cache_write_tokens");
  usage.reasoning_tokens = fields.maybe_number("reasoning_tokens");
  usage.cost_micros = fields.maybe_signed("cost_micros");
  usage.turns = fields.number("turns");
  return usage;
}

json::object exit_json(const Exit& exit) {
  json::object out;
  put(out, "code", exit.code);
  put(out, "signal", exit.signal);
  out["reason"] = name(exit.reason);
  put_text(out, "detail", exit.detail);
  return out;
}

std::optional<int> int_of(Fields& fields, std::string_view key) {
  const auto number = fields.maybe_signed(key);
  if (!number) return std::nullopt;
  return int(*number);
}

Exit exit_of(Fields& fields) {
  Exit exit;
  exit.code = int_of(fields, "code");
  exit.signal = int_of(fields, "signal");
  exit.reason = fields.named("reason", &exit_reason_of, ExitReason::lost);
  exit.detail = fields.text("detail");
  return exit;
}

/// As the API shows it: the event's own fields with `ref`, `type` and `asked_at`.
json::object pending_json(const Approval& approval) {
  json::object out = approval.data;
  out["ref"] = approval.ref;
  out["type"] = approval.question ? "question" : "approval";
  out["number"] = approval.number;
  out["asked_at"] = base::format_time(approval.asked_at);
  return out;
}

json::object approval_json(const Approval& approval) {
  json::object out;
  out["ref"] = approval.ref;
  out["question"] = approval.question;
  out["number"] = approval.number;
  out["asked_at"] = base::format_time(approval.asked_at);
  out["data"] = approval.data;
  return out;
}

Approval approval_of(Fields& fields) {
  Approval approval;
  approval.ref = fields.text("ref");
  approval.question = fields.flag("question");
  approval.number = fields.number("number");
  approval.asked_at = fields.time("asked_at");
  approval.data = fields.object("data");
  return approval;
}

json::object labels_json(const std::map<std::string, std::string>& labels) {
  json::object out;
  for (const auto& [key, value] : labels) out[key] = value;
  return out;
}

/// What the API's form and the stored form have in common.
json::object common(const Record& record) {
  json::object out;
  out["id"] = record.id.str();
  put_text(out, "name", record.name);
  out["adapter"] = record.adapter;
  put_text(out, "adapter_version", record.adapter_version);
  out["mode"] = name(record.mode);
  out["state"] = name(record.state);
  if (record.blocked_on != BlockedOn::none) out["blocked_on"] = name(record.blocked_on);
  out["state_version"] = record.state_version;
  out["state_since"] = base::format_time(record.state_since);
  out["state_source"] = name(record.state_source);
  put_text(out, "runtime_id", record.runtime.str());
  out["restarts"] = record.restarts;
  put(out, "pid", record.pid);
  put_text(out, "workspace", record.workspace);
  put_text(out, "workdir", record.workdir);
  put_text(out, "policy", record.policy);
  out["limits"] = resources_to_json(record.limits);
  if (!record.unenforced.empty()) out["unenforced"] = json::value_from(record.unenforced);
  out["resources"] = record.resources;
  out["usage"] = usage_json(record.usage);
  put_text(out, "model", record.model);
  put_text(out, "agent_session_id", record.agent_session_id);
  out["opaque"] = record.opaque;
  out["keep_open"] = record.keep_open;
  out["yolo"] = record.yolo;
  put_text(out, "result", record.result);
  if (record.exit) out["exit"] = exit_json(*record.exit);
  out["created_at"] = base::format_time(record.created_at);
  out["updated_at"] = base::format_time(record.updated_at);
  if (record.ended_at) out["ended_at"] = base::format_time(*record.ended_at);
  out["labels"] = labels_json(record.labels);
  return out;
}

void read_identity(Fields& fields, Record& record) {
  record.id = fields.id<base::SessionId>("id");
  record.name = fields.text("name");
  record.adapter = fields.text("adapter");
  record.adapter_version = fields.text("adapter_version");
  record.mode = fields.named("mode", &mode_of, Mode::headless);
  record.runtime = fields.id<base::RuntimeId>("runtime_id");
  record.restarts = std::uint32_t(fields.number("restarts"));
  record.pid = int_of(fields, "pid");
  record.workspace = fields.text("workspace");
  record.workdir = fields.text("workdir");
  record.policy = fields.text("policy");
  record.unenforced = fields.texts("unenforced");
  record.labels = fields.text_map("labels");
  record.cgroup = fields.object("cgroup");
  record.keep_open = fields.flag("keep_open");
  record.yolo = fields.flag("yolo");
  record.prompts_any_time = fields.flag("prompts_any_time");
}

void read_progress(Fields& fields, Record& record) {
  record.state = fields.named("state", &state_of, State::unknown);
  record.blocked_on = fields.named("blocked_on", &blocked_on_of, BlockedOn::none);
  record.state_version = fields.number("state_version");
  record.state_since = fields.time("state_since");
  record.state_source = fields.named("state_source", &state_source_of, StateSource::process);
  record.resources = fields.object("resources");
  record.model = fields.text("model");
  record.agent_session_id = fields.text("agent_session_id");
  record.opaque = fields.flag("opaque");
  record.result = fields.text("result");
  record.created_at = fields.time("created_at");
  record.updated_at = fields.time("updated_at");
  record.ended_at = fields.maybe_time("ended_at");
  record.last_number = fields.number("last_number");
}

base::Result<> read_approvals(Fields& fields, Record& record) {
  const json::value* list = fields.find("approvals");
  if (list == nullptr) return {};
  if (!list->is_array()) fields.note("approvals");
  if (!list->is_array()) return fields.check();
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) fields.note("approvals");
    if (!item.is_object()) return fields.check();
    Fields inner(item.get_object(), "approval");
    record.approvals.push_back(approval_of(inner));
    if (auto ok = inner.check(); !ok) return ok;
  }
  return {};
}

base::Result<> read_parts(Fields& fields, Record& record) {
  auto limits = resources_from_json(fields.object("limits"));
  if (!limits) return limits.error();
  record.limits = *limits;
  const json::object usage = fields.object("usage");
  Fields usage_fields(usage, "usage");
  record.usage = usage_of(usage_fields);
  if (auto ok = usage_fields.check(); !ok) return ok;
  if (fields.find("exit") != nullptr) {
    const json::object exit = fields.object("exit");
    Fields exit_fields(exit, "exit");
    record.exit = exit_of(exit_fields);
    if (auto ok = exit_fields.check(); !ok) return ok;
  }
  return read_approvals(fields, record);
}

}  // namespace

json::object to_json(const Record& record) {
  json::object out = common(record);
  json::array pending;
  for (const Approval& approval : record.approvals) pending.push_back(pending_json(approval));
  out["pending_approvals"] = std::move(pending);
  return out;
}

json::object to_stored(const Record& record) {
  json::object out = common(record);
  json::array approvals;
  for (const Approval& approval : record.approvals) approvals.push_back(approval_json(approval));
  out["approvals"] = std::move(approvals);
  out["cgroup"] = record.cgroup;
  if (record.prompts_any_time) out["prompts_any_time"] = true;
  out["last_number"] = record.last_number;
  return out;
}

base::Result<Record> record_from_json(const json::object& object) {
  Fields fields(object, "session");
  Record record;
  read_identity(fields, record);
  read_progress(fields, record);
  if (auto ok = read_parts(fields, record); !ok) return ok.error();
  if (record.id.empty()) fields.note("id");
  if (auto ok = fields.check(); !ok) return ok.error();
  return record;
}

}  // namespace paddock::session
