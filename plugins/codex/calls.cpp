// One small describer for each type of item that is a call.
#include "codex/calls.hpp"

#include "codex/fields.hpp"
#include "codex/shell.hpp"
#include "paddock/text.hpp"

namespace paddock::codex {

namespace {

// Longest diff that goes with a call or an approval; the FILE_CHANGE afterwards has it whole.
constexpr std::size_t kMostDiffBytes = 64U << 10U;
constexpr std::size_t kMostResultBytes = 128U << 10U;

std::string_view change_of(const json::object& change) {
  const json::object* kind = object_of(change, "kind");
  const std::string_view type = kind != nullptr ? text_of(*kind, "type") : text_of(change, "kind");
  if (type == "add") return "create";
  return type == "delete" ? "delete" : "modify";
}

template <class Use>
void for_each_change(const json::object& item, Use&& use) {
  const json::array* changes = array_of(item, "changes");
  if (changes == nullptr) return;
  for (const json::value& value : *changes) {
    if (const json::object* change = value.if_object()) use(*change, text_of(*change, "path"));
  }
}

void describe_patch(const json::object& item, json::object& body) {
  json::array changes = changes_of(item, body.storage());
  std::string title;
  for_each_change(item, [&](const json::object&, std::string_view path) {
    if (title.size() > 200) return;
    if (!title.empty()) title += ", ";
    title += path.substr(path.rfind('/') + 1);
  });
  if (!title.empty()) body["title"] = title;
  body["input"].emplace_object()["changes"] = std::move(changes);
}

// The fields that say what a call of a rarer type is about.
void describe_by_fields(const json::object& item, json::object& body) {
  json::object& input = body["input"].emplace_object();
  for (std::string_view key : {"query", "path", "prompt", "model", "receiverThreadIds", "durationMs", "agentPath",
                               "agentThreadId", "revisedPrompt"}) {
    const json::value* found = item.if_contains(key);
    if (found != nullptr && !found->is_null()) input[key] = *found;
  }
}

std::string mcp_text(const json::object& result) {
  std::string text;
  if (const json::array* content = array_of(result, "content")) {
    for (const json::value& value : *content) {
      const json::object* part = value.if_object();
      const std::string_view piece = part != nullptr ? text_of(*part, "text") : std::string_view{};
      if (piece.empty() || text.size() > kMostResultBytes) continue;
      if (!text.empty()) text += '\n';
      text += piece;
    }
  }
  return text;
}

std::string_view outcome_of(const json::object& item, bool is_orphan) {
  const std::string_view status = text_of(item, "status");
  if (status == "declined") return "denied";
  const json::object* error = object_of(item, "error");
  if (error != nullptr && text_of(*error, "message").find("user rejected") != std::string_view::npos) return "denied";
  const bool has_failed = status == "failed" || number_of(item, "exitCode").value_or(0) != 0 || error != nullptr;
  if (has_failed) return is_orphan ? "cancelled" : "error";
  // Completed without an end: its process or its turn went away.
  return status == "inProgress" ? "cancelled" : "ok";
}

void describe_output(const json::object& item, json::object& body) {
  const json::object* error = object_of(item, "error");
  const json::object* result = object_of(item, "result");
  const json::array* contents = array_of(item, "contentItems");
  if (const std::string_view output = text_of(item, "aggregatedOutput"); !output.empty()) {
    body["text"] = output;
  } else if (error != nullptr) {
    body["text"] = text_of(*error, "message");
  } else if (result != nullptr) {
    body["text"] = mcp_text(*result);
  } else if (contents != nullptr && !contents->empty() && contents->front().is_object()) {
    body["text"] = text_of(contents->front().get_object(), "text");
  }
}

}  // namespace

std::string mcp_name(std::string_view server, std::string_view tool) {
  return std::string("mcp__").append(server).append("__").append(tool);
}

std::optional<Tool> tool_of(const json::object& item) {
  const std::string_view type = text_of(item, "type");
  if (type == "commandExecution") return Tool{"shell", "shell"};
  if (type == "fileChange") return Tool{"apply_patch", "edit"};
  if (type == "mcpToolCall") return Tool{mcp_name(text_of(item, "server"), text_of(item, "tool")), "mcp"};
  if (type == "webSearch") return Tool{"web_search", "web"};
  if (type == "imageView") return Tool{"view_image", "read"};
  if (type == "imageGeneration") return Tool{"image_generation", "other"};
  if (type == "sleep") return Tool{"sleep", "other"};
  if (type == "dynamicToolCall" || type == "collabAgentToolCall") {
    const std::string_view name = text_of(item, "tool");
    return Tool{std::string(name.empty() ? type : name), "other"};
  }
  return std::nullopt;
}

void describe_command(std::string_view command, std::string_view cwd, json::object& body) {
  body["command"] = script_of(command);
  json::object& input = body["input"].emplace_object();
  input["command"] = command;
  if (!cwd.empty()) input["cwd"] = cwd;
}

void describe_call(const json::object& item, json::object& body) {
  const std::string_view type = text_of(item, "type");
  if (type == "commandExecution") {
    describe_command(text_of(item, "command"), text_of(item, "cwd"), body);
  } else if (type == "fileChange") {
    describe_patch(item, body);
  } else if (const json::value* arguments = item.if_contains("arguments")) {
    if (arguments->is_object()) {
      body["input"] = *arguments;
    } else {
      body["input"].emplace_object()["arguments"] = *arguments;
    }
  } else {
    describe_by_fields(item, body);
  }
}

void describe_result(const json::object& item, bool is_orphan, json::object& body) {
  body["outcome"] = outcome_of(item, is_orphan);
  describe_output(item, body);
  if (const auto code = number_of(item, "exitCode")) body["exit_code"] = *code;
  if (const auto duration = number_of(item, "durationMs")) body["duration_ms"] = *duration;
}

json::array changes_of(const json::object& item, const json::storage_ptr& memory) {
  json::array changes(memory);
  for_each_change(item, [&](const json::object& change, std::string_view path) {
    json::object& entry = changes.emplace_back(json::object_kind).get_object();
    entry["path"] = path;
    entry["change"] = change_of(change);
    entry["diff"] = sdk::cut_utf8(text_of(change, "diff"), kMostDiffBytes);
  });
  return changes;
}

void emit_file_changes(const Out& out, const json::object& item, std::string_view ref) {
  if (text_of(item, "status") != "completed") return;
  for_each_change(item, [&](const json::object& change, std::string_view path) {
    json::object body = out.body();
    body["path"] = path;
    body["change"] = change_of(change);
    if (const std::string_view diff = text_of(change, "diff"); !diff.empty()) body["diff"] = diff;
    const json::object* kind = object_of(change, "kind");
    const std::string_view moved = kind != nullptr ? text_of(*kind, "move_path") : std::string_view{};
    if (!moved.empty()) body["moved_to"] = moved;
    out.event(Kind::file_change, std::move(body), ref);
  });
}

}  // namespace paddock::codex
