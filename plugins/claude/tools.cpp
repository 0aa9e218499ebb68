// See tools.hpp.
#include "tools.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostRunning = 256;
constexpr std::size_t kMostDenied = 64;
constexpr std::size_t kLargestTitle = 300;
constexpr std::size_t kLargestResult = std::size_t{200} << 10U;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kClasses{{
    {"Bash", "shell"},        {"BashOutput", "shell"},    {"KillShell", "shell"},
    {"KillBash", "shell"},    {"PowerShell", "shell"},    {"Monitor", "shell"},
    {"Edit", "edit"},         {"MultiEdit", "edit"},      {"Write", "edit"},
    {"NotebookEdit", "edit"}, {"Read", "read"},           {"NotebookRead", "read"},
    {"Glob", "read"},         {"Grep", "read"},           {"LS", "read"},
    {"LSP", "read"},          {"ReadMcpResource", "mcp"}, {"ListMcpResources", "mcp"},
    {"WebFetch", "web"},      {"WebSearch", "web"},
}};

// What the CLI answers for the user when a turn is interrupted while a tool runs or asks.
constexpr std::string_view kRejected = "The user doesn't want to proceed with this tool use.";

std::optional<int> exit_code(std::string_view text) {
  constexpr std::string_view prefix = "Exit code ";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc{} || (end != text.data() + text.size() && *end != '\n')) return std::nullopt;
  return code;
}

}  // namespace

std::string_view tool_class(std::string_view tool) {
  if (tool.starts_with("mcp__")) return "mcp";
  const auto* found =
      std::find_if(kClasses.begin(), kClasses.end(), [&](const auto& pair) { return pair.first == tool; });
  return found == kClasses.end() ? std::string_view{"other"} : found->second;
}

std::string_view tool_title(std::string_view tool, const json::object& input) {
  constexpr std::array<std::string_view, 10> telling{"subject", "description", "file_path", "notebook_path", "pattern",
                                                     "url",     "query",       "path",      "skill",         "title"};
  if (tool.starts_with("mcp__")) return {};
  for (const std::string_view key : telling) {
    if (const std::string_view found = text(input, key); !found.empty()) return clip(found, kLargestTitle);
  }
  return {};
}

void describe_call(json::object& body, std::string_view tool, const json::object& input) {
  body["tool"] = clip(tool, 256);
  body["tool_class"] = tool_class(tool);
  if (const std::string_view title = tool_title(tool, input); !title.empty()) body["title"] = title;
  if (tool_class(tool) == "shell") {
    if (const std::string_view command = text(input, "command"); !command.empty()) body["command"] = command;
  }
  body["input"] = input;
}

void Tools::call(Out& out, const json::object& block, std::string_view parent) {
  static const json::object none;
  const std::string_view id = text(block, "id");
  const std::string_view tool = text(block, "name");
  const json::object* input = child(block, "input");
  json::object body = out.body();
  describe_call(body, tool, input == nullptr ? none : *input);
  if (!parent.empty()) body["parent"] = parent;
  out.event(sdk::Kind::tool_call, std::move(body), id);
  if (id.empty() || find(id) != nullptr) return;
  if (running_.size() >= kMostRunning) running_.erase(running_.begin());
  const auto denied = std::find(denied_.begin(), denied_.end(), id);
  running_.push_back(
      {std::string(clip(id, 256)), std::string(clip(tool, 256)), parent.empty(), denied != denied_.end()});
  if (denied != denied_.end()) denied_.erase(denied);
}

void Tools::result(Out& out, const json::object& block, std::string_view parent) {
  const std::string_view id = text(block, "tool_use_id");
  const json::value* content = block.if_contains("content");
  const std::string words = content == nullptr ? std::string() : content_text(*content, kLargestResult);
  Running* const running = find(id);
  const bool denied = running != nullptr && running->denied;
  json::object body = out.body();
  if (running != nullptr && !running->tool.empty()) body["tool"] = running->tool;
  std::string_view outcome = "ok";
  if (is_true(block, "is_error")) {
    outcome = denied ? "denied" : words.starts_with(kRejected) ? "cancelled" : "error";
  }
  body["outcome"] = outcome;
  body["text"] = words;
  if (words.size() + 4 > kLargestResult) body["truncated"] = true;
  if (const auto code = exit_code(words); code && outcome == "error") body["exit_code"] = *code;
  if (!parent.empty()) body["parent"] = parent;
  out.event(sdk::Kind::tool_result, std::move(body), id);
  if (running != nullptr) running_.erase(running_.begin() + (running - running_.data()));
}

void Tools::deny(std::string_view call) {
  if (call.empty()) return;
  if (Running* const running = find(call)) {
    running->denied = true;
    return;
  }
  if (denied_.size() >= kMostDenied) denied_.erase(denied_.begin());
  denied_.emplace_back(clip(call, 256));
}

void Tools::end_turn(Out& out) {
  for (const Running& running : running_) {
    if (running.of_main) cancel(out, running);
  }
  std::erase_if(running_, [](const Running& running) { return running.of_main; });
}

void Tools::end_all(Out& out) {
  for (const Running& running : running_) cancel(out, running);
  running_.clear();
}

Tools::Running* Tools::find(std::string_view id) {
  const std::string_view wanted = clip(id, 256);
  const auto found =
      std::find_if(running_.begin(), running_.end(), [&](const Running& running) { return running.id == wanted; });
  return found == running_.end() ? nullptr : &*found;
}

void Tools::cancel(Out& out, const Running& running) {
  json::object body = out.body({{"outcome", "cancelled"}});
  if (!running.tool.empty()) body["tool"] = running.tool;
  out.event(sdk::Kind::tool_result, std::move(body), running.id);
}

}  // namespace paddock::claude
