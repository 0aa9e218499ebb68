// What the app-server tells without being asked.
#include <string>

#include "codex/adapter.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

// The text of the last message a turn/completed carries.
std::string_view answer_in(const json::object& turn) {
  std::string_view answer;
  if (const json::array* items = array_of(turn, "items")) {
    for (const json::value& value : *items) {
      const json::object* item = value.if_object();
      if (item != nullptr && text_of(*item, "type") == "agentMessage") answer = text_of(*item, "text");
    }
  }
  return answer;
}

std::string with_details(const json::object& params, std::string_view key) {
  std::string text(text_of(params, key));
  if (const std::string_view details = text_of(params, "details"); !details.empty()) text.append(" ").append(details);
  return text;
}

}  // namespace

std::string_view Adapter::thread_of(const json::object& params) const {
  const std::string_view id = text_of(params, "threadId");
  return threads_.is_root(id) ? std::string_view(threads_.root()) : id;
}

void Adapter::on_status(const Out& out, const json::object& params) {
  const json::object* status = object_of(params, "status");
  if (status == nullptr || !threads_.is_root(text_of(params, "threadId"))) return;
  status_ = text_of(*status, "type");
  // A turn ends with its own notification; only then is the session idle.
  show_state(out);
}

void Adapter::on_thread_started(const Out& out, const json::object& params) {
  const json::object* thread = object_of(params, "thread");
  if (thread == nullptr || !text_of(*thread, "parentThreadId").empty()) return;
  // Comes after the answer to thread/start, and says less.
  if (!is_open_ && threads_.is_root(text_of(*thread, "id"))) open_thread(out, *thread, *thread);
}

void Adapter::on_settings(const Out& out, const json::object& params) {
  const json::object* settings = object_of(params, "threadSettings");
  if (settings == nullptr || !is_open_ || !out.parent.empty()) return;
  const std::string_view model = text_of(*settings, "model");
  json::object body = out.body();
  body["agent_session_id"] = threads_.root();
  if (!model.empty()) {
    settings_.model_is(model);
    body["model"] = model;
  }
  if (const std::string_view cwd = text_of(*settings, "cwd"); !cwd.empty()) body["cwd"] = cwd;
  const std::string_view approval = text_of(*settings, "approvalPolicy");
  if (!approval.empty()) body["permission_mode"] = approval;
  out.event(Kind::session, std::move(body));
}

void Adapter::on_rerouted(const Out& out, const json::object& params) {
  const std::string_view model = text_of(params, "toModel");
  if (out.parent.empty() && !model.empty()) settings_.model_is(model);
  out.notice("model_rerouted",
             "the model is now '" + std::string(model) + "': " + std::string(text_of(params, "reason")));
}

void Adapter::on_turn_started(const Out& out, const json::object& params) {
  const json::object* turn = object_of(params, "turn");
  const std::string_view thread = thread_of(params);
  threads_.began(thread);
  if (!out.parent.empty()) return;
  begin_turn(out, turn != nullptr ? text_of(*turn, "id") : std::string_view{});
  show_state(out);
}

void Adapter::on_turn_completed(const Out& out, const json::object& params) {
  static const json::object kNone;
  const json::object* found = object_of(params, "turn");
  const json::object& turn = found != nullptr ? *found : kNone;
  const std::string_view thread = thread_of(params);
  if (!out.parent.empty()) {
    asks_.withdraw(out, thread);
    items_.end_turn(out, thread);
    Out to = out;
    to.parent = {};
    items_.finish_spawn(to, out.parent, answer_in(turn));
    return show_state(out);
  }
  const std::string_view id = text_of(turn, "id");
  if (!turn_.is_active && (id.empty() || id == turn_.last_id)) return;
  begin_turn(out, id);
  if (const std::string_view answer = answer_in(turn); !answer.empty()) turn_.answer = answer;
  const std::string_view status = text_of(turn, "status");
  if (const json::object* error = object_of(turn, "error"); error != nullptr && !turn_.was_blamed) {
    blame(out, fault_of(*error, false));
  }
  end_turn(out,
           status == "failed"        ? "failed"
           : status == "interrupted" ? "cancelled"
                                     : "finished",
           number_of(turn, "durationMs"));
  show_state(out);
  maybe_finish(out.sink);
}

void Adapter::on_subagent(const Out& out, std::string_view parent_thread, const json::object& item) {
  const std::string_view thread = text_of(item, "agentThreadId");
  const std::string_view kind = text_of(item, "kind");
  if (kind == "started" && !thread.empty()) {
    threads_.spawned(thread, text_of(item, "id"));
    items_.spawned(out, parent_thread, item);
  } else if (kind != "completed") {
    out.notice("subagent", "the sub-agent '" + std::string(text_of(item, "agentPath")) + "': " + std::string(kind));
  }
}

void Adapter::on_item_started(const Out& out, const json::object& params) {
  const json::object* item = object_of(params, "item");
  if (item == nullptr) return;
  if (text_of(*item, "type") == "subAgentActivity") return on_subagent(out, thread_of(params), *item);
  items_.started(out, thread_of(params), *item);
}

void Adapter::on_item_completed(const Out& out, const json::object& params) {
  const json::object* item = object_of(params, "item");
  if (item == nullptr) return out.unknown("item", "without content");
  items_.completed(out, thread_of(params), *item);
  if (!out.parent.empty() || text_of(*item, "type") != "agentMessage") return;
  if (const std::string_view text = text_of(*item, "text"); !text.empty()) turn_.answer = text;
  const json::array* questions = array_of(*item, "questions");
  if (questions != nullptr && !questions->empty()) asks_.open_later(out, thread_of(params), *item);
}

void Adapter::on_message_delta(const Out& out, const json::object& params) {
  items_.piece(out, thread_of(params), Kind::message, text_of(params, "itemId"), text_of(params, "delta"));
}

void Adapter::on_reasoning_delta(const Out& out, const json::object& params) {
  items_.piece(out, thread_of(params), Kind::reasoning, text_of(params, "itemId"), text_of(params, "delta"));
}

void Adapter::on_reasoning_part(const Out& out, const json::object& params) {
  if (number_of(params, "summaryIndex").value_or(0) <= 0) return;
  items_.piece(out, thread_of(params), Kind::reasoning, text_of(params, "itemId"), "\n\n");
}

void Adapter::on_output_delta(const Out& out, const json::object& params) {
  items_.piece(out, thread_of(params), Kind::tool_result, text_of(params, "itemId"), text_of(params, "delta"));
}

void Adapter::on_plan(const Out& out, const json::object& params) {
  json::object body = out.body();
  json::array& entries = body["entries"].emplace_array();
  if (const json::array* plan = array_of(params, "plan")) {
    for (const json::value& value : *plan) {
      const json::object* step = value.if_object();
      if (step == nullptr) continue;
      const std::string_view status = text_of(*step, "status");
      json::object& entry = entries.emplace_back(json::object_kind).get_object();
      entry["text"] = text_of(*step, "step");
      entry["status"] = status == "inProgress" || status == "in_progress" ? "in_progress"
                        : status == "completed"                           ? "completed"
                                                                          : "pending";
    }
  }
  out.event(Kind::plan_update, std::move(body));
}

void Adapter::on_usage(const Out& out, const json::object& params) {
  const json::object* usage = object_of(params, "tokenUsage");
  if (usage == nullptr) return;
  const std::string_view thread = thread_of(params);
  usage_.update(thread, out.parent.empty(), threads_.has_begun(thread), *usage);
  Out to = out;
  to.parent = {};
  to.event(Kind::usage, usage_.body(settings_.model(), turn_.count, out.memory));
}

void Adapter::on_rate_limits(const Out& out, const json::object& params) {
  const json::object* limits = object_of(params, "rateLimits");
  if (limits != nullptr && limits_.update(*limits)) out.event(Kind::notice, limits_.body(out.memory));
}

void Adapter::on_error(const Out& out, const json::object& params) {
  const json::object* error = object_of(params, "error");
  if (error == nullptr) return out.unknown("error", "without content");
  const bool is_retrying = flag_of(params, "willRetry");
  // What was being said is not finished, the next attempt says it anew.
  if (is_retrying) items_.abandon_texts(out, thread_of(params));
  blame(out, fault_of(*error, is_retrying));
}

void Adapter::on_resolved(const Out& out, const json::object& params) {
  if (const json::value* id = params.if_contains("requestId")) asks_.resolved(out, *id);
  show_state(out);
}

void Adapter::on_progress(const Out& out, const json::object& params) {
  out.notice("progress", text_of(params, "message"), text_of(params, "itemId"));
}

void Adapter::on_warning(const Out& out, const json::object& params) {
  out.notice("warning", with_details(params, params.contains("message") ? "message" : "summary"));
}

void Adapter::on_guardian(const Out& out, const json::object& params) {
  out.notice("guardian", text_of(params, "message"));
}

void Adapter::on_deprecation(const Out& out, const json::object& params) {
  out.notice("deprecation", with_details(params, "summary"));
}

void Adapter::on_auth_recovery(const Out& out, const json::object& params) {
  out.notice("auth_recovery", text_of(params, "message"));
}

void Adapter::on_review(const Out& out, const json::object& params) {
  const json::object* review = object_of(params, "review");
  if (review == nullptr) return;
  json::object body = out.body();
  body["code"] = "auto_review";
  body["text"] = text_of(*review, "rationale");
  body["decision"] = text_of(*review, "status");
  out.event(Kind::notice, std::move(body), text_of(params, "targetItemId"));
}

void Adapter::on_mcp_startup(const Out& out, const json::object& params) {
  if (text_of(params, "status") != "failed") return;
  out.notice("mcp_server_failed",
             "the MCP server '" + std::string(text_of(params, "name")) + "': " + std::string(text_of(params, "error")));
}

void Adapter::on_hook(const Out& out, const json::object& params) {
  const json::object* run = object_of(params, "run");
  const std::string_view status = run != nullptr ? text_of(*run, "status") : std::string_view{};
  if (status.empty() || status == "completed") return;
  out.notice("hook", "the hook " + std::string(text_of(*run, "eventName")) + " " + std::string(status) + ": " +
                         std::string(text_of(*run, "statusMessage")));
}

}  // namespace paddock::codex
