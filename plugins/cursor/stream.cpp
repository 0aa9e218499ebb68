// See stream.hpp. Written after the documentation and what others report; tolerant where those differ.
#include "cursor/stream.hpp"

#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::cursor {

namespace json = acp::json;
using acp::array_of;
using acp::flag_of;
using acp::number_of;
using acp::object_of;
using acp::Out;
using acp::text_of;
using acp::Texts;

namespace {

/// The tool's name and what is known of it: `{"shellToolCall": {args, result}}`, whatever stands beside.
struct Tool {
  std::string_view name;
  const json::object* body = nullptr;
};

Tool tool_in(const json::object& call) {
  constexpr std::string_view kEnd = "ToolCall";
  for (const auto& [key, value] : call) {
    const std::string_view name = key;
    if (name.ends_with(kEnd) && name.size() > kEnd.size() && value.is_object()) {
      return {name.substr(0, name.size() - kEnd.size()), &value.get_object()};
    }
  }
  const json::object* function = object_of(call, "function");
  return function != nullptr ? Tool{text_of(*function, "name"), function} : Tool{};
}

std::string text_in(const json::object& message) {
  std::string text;
  const json::array* content = array_of(message, "content");
  if (content == nullptr) return text;
  for (const json::value& value : *content) {
    if (const json::object* block = value.if_object()) text += acp::text_in(*block);
  }
  return text;
}

// The one outcome key of a result says how it went.
std::string_view outcome_in(const json::object& result) {
  for (const std::string_view key : {"rejected", "permissionDenied", "readPermissionDenied", "writePermissionDenied"}) {
    if (result.contains(key)) return "denied";
  }
  for (const std::string_view key : {"success", "approved", "async", "stillRunning"}) {
    if (result.contains(key)) return "ok";
  }
  return result.empty() ? "ok" : "error";
}

const json::object* payload_of(const json::object& result) {
  for (const auto& [key, value] : result) {
    if (value.is_object()) return &value.get_object();
  }
  return nullptr;
}

std::string text_of_payload(const json::object& payload) {
  for (const std::string_view key : {"content", "output", "reason", "message", "error"}) {
    if (const std::string_view text = text_of(payload, key); !text.empty()) return std::string(text);
  }
  return std::string(text_of(payload, "stdout")).append(text_of(payload, "stderr"));
}

}  // namespace

void Stream::on_record(const Out& out, const json::object& record) {
  const std::string_view type = text_of(record, "type");
  const std::string_view subtype = text_of(record, "subtype");
  if (type == "system" && subtype == "init") {
    identify(out, text_of(record, "session_id"), text_of(record, "model"));
    return begin(out);
  }
  if (type == "user") return;
  if (type == "assistant") return on_words(out, record);
  if (type == "thinking") {
    if (subtype == "completed") return texts_.end(out);
    return texts_.piece(out, Texts::Voice::thought, text_of(record, "text"));
  }
  if (type == "tool_call") return on_tool(out, record);
  if (type == "result") return on_result(out, record);
  if (type == "system" || type == "retry" || type == "connection" || type == "interaction_query") {
    return out.notice(type, subtype.substr(0, 128));
  }
  out.unknown("record", type.empty() ? "without a type" : type);
}

void Stream::on_words(const Out& out, const json::object& record) {
  const json::object* message = object_of(record, "message");
  if (message == nullptr) return out.unknown("record", "words without a message");
  const std::string text = text_in(*message);
  // Pieces have a time and no model call; what repeats them has one, or neither.
  const bool is_piece = record.contains("timestamp_ms") && !record.contains("model_call_id");
  if (is_piece) {
    if (pieces_.size() < Texts::max_text) pieces_ += text;
    return texts_.piece(out, Texts::Voice::assistant, text);
  }
  if (std::exchange(pieces_, {}) == text && !text.empty()) return texts_.end(out);
  texts_.end(out);
  texts_.whole(out, Texts::Voice::assistant, text);
}

void Stream::on_tool(const Out& out, const json::object& record) {
  const json::object* wrapped = object_of(record, "tool_call");
  const Tool tool = wrapped != nullptr ? tool_in(*wrapped) : Tool{};
  if (tool.body == nullptr) return out.unknown("tool_call", "without a tool");
  const std::string_view id = text_of(record, "call_id");
  if (!calls_.knows(id)) {
    texts_.end(out);
    pieces_.clear();
    acp::Call call;
    call.tool = tool.name.substr(0, 256);
    call.kind = acp::kind_of_tool(call.tool);
    if (const json::object* input = object_of(*tool.body, "args")) {
      call.command = acp::command_in(*input);
      if (!acp::is_large(*input)) call.input = json::object(*input, json::storage_ptr{});
    }
    calls_.begin(out, id, std::move(call));
  }
  if (text_of(record, "subtype") != "completed") return;
  static const json::object kNone;
  const json::object* result = object_of(*tool.body, "result");
  if (result == nullptr) result = &kNone;
  const json::object* payload = payload_of(*result);
  calls_.finish(out, id, outcome_in(*result), payload != nullptr ? text_of_payload(*payload) : std::string(),
                payload != nullptr ? number_of(*payload, "exitCode") : std::nullopt);
}

void Stream::on_result(const Out& out, const json::object& record) {
  identify(out, text_of(record, "session_id"), {});
  if (const json::object* usage = object_of(record, "usage")) {
    const auto count = [&](std::string_view key) { return number_of(*usage, key).value_or(0); };
    usage_.add(count("inputTokens"), count("outputTokens"), count("cacheReadTokens"), count("cacheWriteTokens"), 0);
  }
  if (!flag_of(record, "is_error")) return end(out, "finished");
  const std::string_view words = text_of(record, "result");
  blame(out, acp::fault_of(words.empty() ? std::string_view("the run failed") : words, "unknown"));
  end(out, "failed");
}

}  // namespace paddock::cursor
