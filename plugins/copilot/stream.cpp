// See stream.hpp.
#include "copilot/stream.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::copilot {

namespace json = acp::json;
using acp::flag_of;
using acp::number_of;
using acp::object_of;
using acp::Out;
using acp::text_of;
using acp::Texts;

namespace {

// Known, and nothing that anybody waits for.
constexpr std::array<std::string_view, 18> kSilent{"agent.interrupted",
                                                   "assistant.idle",
                                                   "assistant.message_start",
                                                   "assistant.tool_call_delta",
                                                   "assistant.turn_end",
                                                   "model.call_final_result",
                                                   "model.call_finished",
                                                   "model.call_start",
                                                   "session.autopilot_stopped",
                                                   "session.background_tasks_changed",
                                                   "session.custom_agents_updated",
                                                   "session.mcp_servers_loaded",
                                                   "session.mode_notice_delivered",
                                                   "session.skills_loaded",
                                                   "subagent.completed",
                                                   "subagent.configured",
                                                   "subagent.selected",
                                                   "subagent.started"};

bool is_silent(std::string_view type) { return std::find(kSilent.begin(), kSilent.end(), type) != kSilent.end(); }

}  // namespace

void Stream::on_record(const Out& out, const json::object& record) {
  static const json::object kNone;
  const std::string_view type = text_of(record, "type");
  const json::object* found = object_of(record, "data");
  const json::object& data = found != nullptr ? *found : kNone;
  if (type == "result") return on_result(out, record);
  if (type == "user.message" || type == "assistant.turn_start") return begin(out);
  if (is_silent(type)) return;
  if (type.starts_with("tool.")) return on_tool(out, type, data);
  if (type.starts_with("assistant.")) {
    // A sub-agent's words are no part of the answer.
    return record.contains("agentId") ? void() : on_words(out, type, data);
  }
  on_session(out, type, data);
}

void Stream::on_words(const Out& out, std::string_view type, const json::object& data) {
  const std::string_view id = text_of(data, "messageId");
  if (type == "assistant.message_delta") {
    texts_.piece(out, Texts::Voice::assistant, text_of(data, "deltaContent"), id);
  } else if (type == "assistant.message") {
    // The answer is the last message, not all of them.
    if (text_of(data, "content").empty()) return texts_.end(out);
    (void)texts_.take_answer();
    texts_.whole(out, Texts::Voice::assistant, text_of(data, "content"), id);
  } else if (type == "assistant.reasoning_delta") {
    texts_.piece(out, Texts::Voice::thought, text_of(data, "deltaContent"), text_of(data, "reasoningId"));
  } else if (type == "assistant.reasoning") {
    texts_.whole(out, Texts::Voice::thought, text_of(data, "content"), text_of(data, "reasoningId"));
  } else if (type == "assistant.turn_retry") {
    texts_.forget(out);
    out.notice("retry", acp::plain(text_of(data, "reason")));
  } else {
    out.unknown("record", type);
  }
}

void Stream::on_tool(const Out& out, std::string_view type, const json::object& data) {
  const std::string_view id = text_of(data, "toolCallId");
  if (type == "tool.execution_start") {
    texts_.end(out);
    acp::Call call;
    call.tool = text_of(data, "toolName").substr(0, 256);
    call.kind = acp::kind_of_tool(call.tool);
    call.title = acp::plain(text_of(data, "toolTitle").substr(0, 4096));
    if (const json::object* input = object_of(data, "arguments")) {
      call.command = acp::command_in(*input);
      if (!acp::is_large(*input)) call.input = json::object(*input, json::storage_ptr{});
    }
    return calls_.begin(out, id, std::move(call));
  }
  // What a command writes meanwhile stands in its result, too.
  if (type != "tool.execution_complete") return;
  const json::object* error = object_of(data, "error");
  const json::object* result = object_of(data, "result");
  const json::object* shell = object_of(data, "shellExecution");
  const std::string_view code = error != nullptr ? text_of(*error, "code") : std::string_view{};
  const std::string_view outcome = flag_of(data, "success")                 ? "ok"
                                   : code == "denied" || code == "rejected" ? "denied"
                                                                            : "error";
  const std::string_view text = result != nullptr  ? text_of(*result, "content")
                                : error != nullptr ? text_of(*error, "message")
                                                   : std::string_view{};
  calls_.finish(out, id, outcome, text, shell != nullptr ? number_of(*shell, "exitCode") : std::nullopt);
}

void Stream::on_session(const Out& out, std::string_view type, const json::object& data) {
  if (type == "session.tools_updated") return identify(out, {}, text_of(data, "model"));
  if (type == "session.info") {
    const std::string_view what = text_of(data, "infoType");
    return out.notice(what.empty() ? "info" : what.substr(0, 64), acp::plain(text_of(data, "message")));
  }
  if (type == "model.call_failure") {
    return out.notice("model_call_failure", acp::plain(text_of(data, "errorMessage")));
  }
  if (type == "abort") {
    was_aborted_ = true;
    return out.notice("abort", acp::plain(text_of(data, "reason")));
  }
  if (type != "session.error") return out.unknown("record", type.empty() ? "without a type" : type);
  fault_ = acp::fault_of(text_of(data, "message"), "unknown");
  if (const auto status = number_of(data, "statusCode")) fault_->status = status;
  const std::string_view kind = text_of(data, "errorType");
  if (kind == "authentication") fault_->kind = "auth";
  if (kind == "rate_limit" && fault_->kind != "quota") fault_->kind = "rate_limit";
}

void Stream::on_result(const Out& out, const json::object& record) {
  identify(out, text_of(record, "sessionId"), {});
  // An interrupted run may still say that all was well.
  if (was_aborted_) return end(out, "cancelled");
  if (number_of(record, "exitCode").value_or(0) == 0) return end(out, "finished");
  blame(out, fault_ ? std::move(*fault_) : acp::Fault{.text = "the run failed"});
  end(out, "failed");
}

}  // namespace paddock::copilot
