// See stream.hpp.
#include "gemini/stream.hpp"

#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::gemini {

namespace json = acp::json;
using acp::Fault;
using acp::number_of;
using acp::object_of;
using acp::Out;
using acp::text_of;
using acp::Texts;

void Stream::on_record(const Out& out, const json::object& record) {
  const std::string_view type = text_of(record, "type");
  if (type == "init") {
    identify(out, text_of(record, "session_id"), text_of(record, "model"));
    return begin(out);
  }
  if (type == "message") {
    // The user's is the echo of the prompt. The assistant's come in pieces, never whole.
    if (text_of(record, "role") == "assistant") texts_.piece(out, Texts::Voice::assistant, text_of(record, "content"));
    return;
  }
  if (type == "tool_use") return on_tool_use(out, record);
  if (type == "tool_result") return on_tool_result(out, record);
  if (type == "error") {
    const std::string_view severity = text_of(record, "severity");
    return out.notice(severity.empty() ? "error" : severity.substr(0, 32), acp::plain(text_of(record, "message")));
  }
  if (type == "result") return on_result(out, record);
  out.unknown("record", type.empty() ? "without a type" : type);
}

void Stream::on_tool_use(const Out& out, const json::object& record) {
  texts_.end(out);
  acp::Call call;
  call.tool = text_of(record, "tool_name").substr(0, 256);
  call.kind = acp::kind_of_tool(call.tool);
  if (const json::object* input = object_of(record, "parameters"); input != nullptr) {
    call.command = acp::command_in(*input);
    if (!acp::is_large(*input)) call.input = json::object(*input, json::storage_ptr{});
  }
  calls_.begin(out, text_of(record, "tool_id"), std::move(call));
}

void Stream::on_tool_result(const Out& out, const json::object& record) {
  const json::object* error = object_of(record, "error");
  const bool is_denied = error != nullptr && text_of(*error, "type") == "policy_violation";
  const std::string_view outcome = is_denied ? "denied" : text_of(record, "status") == "success" ? "ok" : "error";
  std::string_view text = text_of(record, "output");
  if (text.empty() && error != nullptr) text = text_of(*error, "message");
  calls_.finish(out, text_of(record, "tool_id"), outcome, text);
}

void Stream::on_result(const Out& out, const json::object& record) {
  if (const json::object* stats = object_of(record, "stats")) {
    const auto count = [&](std::string_view key) { return number_of(*stats, key).value_or(0); };
    // Thoughts are only in the total.
    usage_.add(count("input"), count("output_tokens"), count("cached"), 0,
               count("total_tokens") - count("input_tokens") - count("output_tokens"));
  }
  if (text_of(record, "status") == "success") return end(out, "finished");
  const json::object* error = object_of(record, "error");
  const std::string_view words = error != nullptr ? text_of(*error, "message") : std::string_view{};
  blame(out, acp::fault_of(words.empty() ? std::string_view("the run failed") : words, "unknown"));
  end(out, "failed");
}

std::optional<std::string_view> Stream::class_of_exit(int code) const {
  if (code == 41) return "auth";
  if (code == 42 || code == 52 || code == 55) return "invalid_request";
  return std::nullopt;
}

}  // namespace paddock::gemini
