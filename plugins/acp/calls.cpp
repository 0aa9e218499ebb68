// The life of a call. Agents differ in what they announce, so every message may be the first one.
#include "acp/calls.hpp"

#include <algorithm>
#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostText = std::size_t{200} << 10U;  // of a result
constexpr std::size_t kMostKept = std::size_t{64} << 10U;   // of a call that still runs
constexpr std::size_t kMostTitle = 4096;

std::string_view tool_of_kind(std::string_view kind) { return kind == "execute" ? "shell" : kind; }

// "run_shell_command__run_shell_command_1795235922537_0" is a call of run_shell_command.
std::string_view tool_in(std::string_view id) {
  const std::size_t end = id.find("__");
  if (end == std::string_view::npos || end == 0) return {};
  const std::string_view name = id.substr(0, end);
  return id.substr(end + 2).starts_with(name) ? name : std::string_view{};
}

std::string_view unquoted(std::string_view title) {
  const bool is_quoted = title.size() > 2 && title.front() == '`' && title.back() == '`';
  return is_quoted ? title.substr(1, title.size() - 2) : title;
}

}  // namespace

std::string_view Call::tool_class() const {
  if (kind == "execute") return "shell";
  if (kind == "edit" || kind == "delete" || kind == "move") return "edit";
  if (kind == "read" || kind == "search") return "read";
  return kind == "fetch" ? "web" : kind == "mcp" ? "mcp" : "other";
}

void Calls::update(const Out& out, const json::object& update) {
  const std::string_view id = text_of(update, "toolCallId");
  const bool is_known = knows(id);
  Call* call = take(out, update);
  if (call == nullptr) return;
  if (!is_known) announce(out, id, *call);
  const std::string_view status = text_of(update, "status");
  const std::string text = written_by(update);
  if (status != "completed" && status != "failed") return wrote(out, id, text);
  const bool is_denied = call->was_denied || says_denied(update);
  finish(out, id, is_denied ? "denied" : status == "failed" ? "error" : "ok", text, exit_code_of(update));
}

const Call* Calls::asked(const Out& out, const json::object& tool_call) {
  const std::string_view id = text_of(tool_call, "toolCallId");
  const bool is_known = knows(id);
  Call* call = take(out, tool_call);
  if (call != nullptr && !is_known) announce(out, id, *call);
  return call;
}

Call* Calls::take(const Out& out, const json::object& update) {
  const std::string_view id = text_of(update, "toolCallId");
  if (id.empty() || (calls_.size() >= max_calls && !knows(id))) {
    out.unknown("tool_call", id.empty() ? "without an id" : "too many calls in one turn");
    return nullptr;
  }
  Call& call = calls_.try_emplace(std::string(id)).first->second;
  read(call, id, update);
  return &call;
}

void Calls::read(Call& call, std::string_view id, const json::object& update) const {
  if (const std::string_view title = text_of(update, "title"); !title.empty()) {
    call.title = plain(sdk::cut_utf8(title, kMostTitle));
  }
  if (const std::string_view kind = text_of(update, "kind"); !kind.empty()) call.kind = kind.substr(0, 64);
  if (const std::string_view name = text_of(update, "name"); !name.empty()) call.tool = name.substr(0, 256);
  if (call.tool.empty() && names_tool_) call.tool = tool_in(id);
  if (const json::object* input = object_of(update, "rawInput")) {
    if (std::string command = command_in(*input); !command.empty()) call.command = std::move(command);
    // The first is what the model asked for, a permission's is what the agent made of it.
    if (call.input.empty() && !is_large(*input)) call.input = json::object(*input, json::storage_ptr{});
  }
  if (titles_ && call.kind == "execute" && call.command.empty()) call.command = unquoted(call.title);
  if (auto edits = edits_in(update); !edits.empty()) call.edits = std::move(edits);
}

void Calls::announce(const Out& out, std::string_view id, const Call& call) const {
  json::object body = out.body();
  describe(call, body);
  out.event(Kind::tool_call, std::move(body), id);
}

void Calls::deny(std::string_view id) {
  const auto found = calls_.find(id);
  if (found != calls_.end()) found->second.was_denied = true;
}

void Calls::begin(const Out& out, std::string_view id, Call call) {
  if (id.empty() || knows(id)) return;
  if (calls_.size() >= max_calls) return out.unknown("tool_call", "too many calls in one turn");
  announce(out, id, calls_.emplace(std::string(id), std::move(call)).first->second);
}

void Calls::wrote(const Out& out, std::string_view id, std::string_view text) {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second.is_over || text.empty()) return;
  Call& call = found->second;
  // Only what continues the last state can be told as a piece.
  const std::string_view kept = sdk::cut_utf8(text, kMostKept);
  if (kept.size() > call.text.size() && kept.starts_with(call.text)) {
    json::object body = out.body();
    body["text"] = kept.substr(call.text.size());
    out.event(Kind::tool_result, std::move(body), id, PDK_EVF_PARTIAL);
  }
  call.text = kept;
}

void Calls::finish(const Out& out, std::string_view id, std::string_view outcome, std::string_view text,
                   std::optional<std::int64_t> exit_code) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return out.unknown("tool_result", "of a call that was never made");
  if (!found->second.is_over) tell_result(out, id, found->second, outcome, text, exit_code);
}

void Calls::tell_result(const Out& out, std::string_view id, Call& call, std::string_view outcome,
                        std::string_view text, std::optional<std::int64_t> exit_code) const {
  call.is_over = true;
  json::object body = out.body();
  body["tool"] = tool_name(call);
  body["outcome"] = outcome;
  const std::string_view whole = text.empty() ? std::string_view(call.text) : text;
  if (!whole.empty()) body["text"] = sdk::cut_utf8(whole, kMostText);
  if (whole.size() > kMostText) body["truncated"] = true;
  if (exit_code) body["exit_code"] = *exit_code;
  out.event(Kind::tool_result, std::move(body), id, call.text.empty() ? 0U : PDK_EVF_REPLACES_PARTIAL);
  if (outcome == "ok") tell_edits(out, id, call);
  // Only the name is still needed.
  call = Call{.tool = std::move(call.tool), .is_over = true};
}

void Calls::tell_edits(const Out& out, std::string_view id, const Call& call) const {
  for (const Call::Edit& edit : call.edits) {
    json::object body = out.body();
    body["path"] = edit.path;
    body["change"] = edit.change;
    if (!edit.diff.empty()) body["diff"] = edit.diff;
    out.event(Kind::file_change, std::move(body), id);
  }
}

void Calls::end_turn(const Out& out) {
  for (auto& [id, call] : calls_) {
    // Gemini says nothing of a call that was refused, Copilot nothing of one that was interrupted.
    if (!call.is_over) tell_result(out, id, call, call.was_denied ? "denied" : "cancelled", {}, std::nullopt);
  }
  calls_.clear();
}

std::string_view tool_name(const Call& call) {
  if (!call.tool.empty()) return call.tool;
  return call.kind.empty() ? std::string_view("other") : tool_of_kind(call.kind);
}

void describe(const Call& call, json::object& body) {
  body["tool"] = tool_name(call);
  body["tool_class"] = call.tool_class();
  if (!call.title.empty()) body["title"] = call.title;
  if (!call.command.empty()) body["command"] = call.command;
  body["input"] = json::object(call.input, body.storage());
}

}  // namespace paddock::acp
