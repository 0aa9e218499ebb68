// Items as events. Every final event of an item that had pieces says so, also when its end never came.
#include "codex/items.hpp"

#include <optional>
#include <utility>

#include "codex/calls.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

// The texts of an array of strings, or of objects with a `text`, with blank lines between them.
std::string joined(const json::array* parts) {
  std::string text;
  if (parts == nullptr) return text;
  for (const json::value& part : *parts) {
    const json::object* object = part.if_object();
    const std::string_view piece = object != nullptr ? text_of(*object, "text") : text_of(part);
    if (piece.empty()) continue;
    if (!text.empty()) text += "\n\n";
    text += piece;
  }
  return text;
}

std::string reasoning_text(const json::object& item) {
  std::string summary = joined(array_of(item, "summary"));
  return summary.empty() ? joined(array_of(item, "content")) : summary;
}

}  // namespace

void Items::started(const Out& out, std::string_view thread, const json::object& item) {
  if (const auto tool = tool_of(item)) call(out, thread, item, tool->name, tool->tool_class);
  // Texts begin with their first piece.
}

void Items::completed(const Out& out, std::string_view thread, const json::object& item) {
  const std::string_view type = text_of(item, "type");
  const std::string_view id = text_of(item, "id");
  json::object body = out.body();
  if (type == "agentMessage" || type == "plan") {
    body["role"] = "assistant";
    body["text"] = text_of(item, "text");
    const std::string_view phase = type == "plan" ? "plan" : text_of(item, "phase");
    if (!phase.empty()) body["phase"] = phase;
    text(out, Kind::message, id, std::move(body));
  } else if (type == "reasoning") {
    body["text"] = reasoning_text(item);
    text(out, Kind::reasoning, id, std::move(body));
  } else if (type == "userMessage") {
    body["role"] = "user";
    body["text"] = joined(array_of(item, "content"));
    text(out, Kind::message, id, std::move(body));
  } else if (tool_of(item)) {
    result(out, thread, item);
  } else if (type == "contextCompaction") {
    out.notice("compacted", "the context was compacted", id);
  } else if (type == "enteredReviewMode" || type == "exitedReviewMode") {
    out.notice("review", text_of(item, "review"), id);
  } else if (type != "hookPrompt" && type != "functionCallOutput" && type != "subAgentActivity") {
    out.unknown("item", type);
  }
}

void Items::piece(const Out& out, std::string_view thread, Kind kind, std::string_view id, std::string_view delta) {
  if (id.empty() || delta.empty()) return;
  Open& item = open(kind, id, out, thread);
  item.had_pieces = true;
  if (item.text.size() + delta.size() <= max_text_bytes) item.text += delta;
  json::object body = out.body();
  if (item.kind == Kind::message) body["role"] = "assistant";
  body["text"] = delta;
  out.event(item.kind, std::move(body), id, PDK_EVF_PARTIAL);
}

void Items::spawned(const Out& out, std::string_view thread, const json::object& item) {
  call(out, thread, item, "spawn_agent", "other");
  const auto found = open_.find(text_of(item, "id"));
  if (found != open_.end()) found->second.outlives_turn = true;
}

void Items::finish_spawn(const Out& out, std::string_view spawn_call, std::string_view text) {
  const auto found = open_.find(spawn_call);
  if (found == open_.end()) return;
  json::object body = out.body();
  body["tool"] = found->second.tool;
  body["outcome"] = "ok";
  if (!text.empty()) body["text"] = text;
  out.event(Kind::tool_result, std::move(body), spawn_call);
  open_.erase(found);
}

void Items::abandon_texts(const Out& out, std::string_view thread) {
  for (auto item = open_.begin(); item != open_.end();) {
    const bool is_text = item->second.kind != Kind::tool_result;
    if (is_text && item->second.thread == thread) {
      close(out, item);
      item = open_.erase(item);
    } else {
      ++item;
    }
  }
}

void Items::end_turn(const Out& out, std::string_view thread) {
  for (auto item = open_.begin(); item != open_.end();) {
    Open& open = item->second;
    if (open.thread != thread) {
      ++item;
    } else if (open.outlives_turn || !open.process.empty()) {
      open.is_orphan = true;
      ++item;
    } else {
      close(out, item);
      item = open_.erase(item);
    }
  }
}

void Items::end_all(const Out& out) {
  for (auto item = open_.begin(); item != open_.end(); item = open_.erase(item)) close(out, item);
}

std::vector<std::string> Items::processes(std::string_view thread) const {
  std::vector<std::string> found;
  for (const auto& [id, item] : open_) {
    if (item.thread == thread && !item.process.empty()) found.push_back(item.process);
  }
  return found;
}

const json::object* Items::patch_of(std::string_view call) const {
  const auto found = open_.find(call);
  return found != open_.end() && !found->second.patch.empty() ? &found->second.patch : nullptr;
}

Items::Open& Items::open(Kind kind, std::string_view id, const Out& out, std::string_view thread) {
  const auto found = open_.find(id);
  if (found != open_.end()) return found->second;
  if (open_.size() >= max_open) {
    close(out, open_.begin());
    open_.erase(open_.begin());
  }
  Open& item = open_[std::string(id)];
  item.kind = kind;
  item.thread = thread;
  item.parent = out.parent;
  return item;
}

void Items::call(const Out& out, std::string_view thread, const json::object& item, std::string_view tool,
                 std::string_view tool_class) {
  const std::string_view id = text_of(item, "id");
  if (id.empty()) return;
  Open& open = this->open(Kind::tool_result, id, out, thread);
  if (std::exchange(open.was_announced, true)) return;
  json::object body = out.body();
  body["tool"] = tool;
  body["tool_class"] = tool_class;
  describe_call(item, body);
  open.kind = Kind::tool_result;
  open.tool = tool;
  open.process = text_of(item, "processId");
  if (tool_class == "edit") open.patch = json::object(body, json::storage_ptr{});
  out.event(Kind::tool_call, std::move(body), id);
}

void Items::result(const Out& out, std::string_view thread, const json::object& item) {
  started(out, thread, item);
  const auto found = open_.find(text_of(item, "id"));
  if (found == open_.end()) return;
  emit_file_changes(out, item, found->first);
  json::object body = out.body();
  body["tool"] = found->second.tool;
  describe_result(item, found->second.is_orphan, body);
  const std::uint32_t flags = found->second.had_pieces ? PDK_EVF_REPLACES_PARTIAL : 0U;
  out.event(Kind::tool_result, std::move(body), found->first, flags);
  open_.erase(found);
}

void Items::text(const Out& out, Kind kind, std::string_view id, json::object&& body) {
  const auto found = open_.find(id);
  const bool is_open = found != open_.end() && found->second.kind == kind;
  const bool had_pieces = is_open && found->second.had_pieces;
  // Models think without telling what: no text and no pieces is nothing to show.
  if (!had_pieces && text_of(body, "text").empty()) return;
  out.event(kind, std::move(body), id, had_pieces ? PDK_EVF_REPLACES_PARTIAL : 0U);
  if (is_open) open_.erase(found);
}

void Items::close(const Out& out, Map::const_iterator item) const {
  const Open& open = item->second;
  json::object body = out.body();
  if (open.kind == Kind::tool_result) {
    body["tool"] = open.tool;
    body["outcome"] = "cancelled";
  } else {
    if (open.kind == Kind::message) body["role"] = "assistant";
    body["incomplete"] = true;
  }
  if (!open.text.empty()) body["text"] = open.text;
  Out to = out;
  to.parent = open.parent;
  to.event(open.kind, std::move(body), item->first, open.had_pieces ? PDK_EVF_REPLACES_PARTIAL : 0U);
}

}  // namespace paddock::codex
