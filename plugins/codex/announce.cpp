// One reader for each request that a person can answer.
#include "codex/announce.hpp"

#include <string>
#include <utility>

#include "codex/calls.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

// More questions in one request than any agent asks.
constexpr std::size_t kMostFields = 32;

void put(json::object& body, std::string_view key, std::string_view text) {
  if (!text.empty()) body[key] = text;
}

void put_object(json::object& body, std::string_view key, const json::object& from, std::string_view field) {
  if (const json::object* found = object_of(from, field)) body[key] = *found;
}

void name_tool(json::object& body, std::string_view tool, std::string_view tool_class) {
  body["tool"] = tool;
  body["tool_class"] = tool_class;
}

Announcement command(const json::object& params, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::command}, .body = json::object(std::move(memory))};
  name_tool(made.body, "shell", "shell");
  describe_command(text_of(params, "command"), text_of(params, "cwd"), made.body);
  json::object& input = made.body["input"].get_object();
  put_object(input, "network", params, "networkApprovalContext");
  put_object(input, "permissions", params, "additionalPermissions");
  put(made.body, "call", text_of(params, "itemId"));
  put(made.body, "reason", text_of(params, "reason"));
  return made;
}

Announcement patch(const json::object& params, const Items& items, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::patch}, .body = json::object(std::move(memory))};
  const json::object* known = items.patch_of(text_of(params, "itemId"));
  if (known != nullptr) made.body = json::object(*known, made.body.storage());
  name_tool(made.body, "apply_patch", "edit");
  if (!made.body.contains("input")) made.body["input"].emplace_object();
  put(made.body["input"].get_object(), "grant_root", text_of(params, "grantRoot"));
  put(made.body, "call", text_of(params, "itemId"));
  put(made.body, "reason", text_of(params, "reason"));
  return made;
}

Announcement permissions(const json::object& params, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::permissions}, .body = json::object(std::move(memory))};
  name_tool(made.body, "permissions", "other");
  put_object(made.body, "input", params, "permissions");
  if (!made.body.contains("input")) made.body["input"].emplace_object();
  if (const json::object* wanted = object_of(params, "permissions")) {
    made.ask.permissions = json::object(*wanted, json::storage_ptr{});
  }
  put(made.body, "call", text_of(params, "itemId"));
  put(made.body, "reason", text_of(params, "reason"));
  return made;
}

bool offers_session(const json::object& meta) {
  const json::array* persist = array_of(meta, "persist");
  if (persist == nullptr) return text_of(meta, "persist") == "session";
  for (const json::value& way : *persist) {
    if (text_of(way) == "session") return true;
  }
  return false;
}

Announcement mcp_tool(const json::object& params, const json::object& meta, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::mcp_tool}, .body = json::object(std::move(memory))};
  made.ask.can_persist = offers_session(meta);
  name_tool(made.body, mcp_name(text_of(params, "serverName"), text_of(meta, "tool_name")), "mcp");
  put(made.body, "title", text_of(meta, "tool_description"));
  put_object(made.body, "input", meta, "tool_params");
  if (!made.body.contains("input")) made.body["input"].emplace_object();
  put(made.body, "reason", text_of(params, "message"));
  return made;
}

void add_choices(json::object& question, const json::array* options) {
  json::array& choices = question["choices"].emplace_array();
  if (options == nullptr) return;
  for (const json::value& option : *options) {
    const json::object* object = option.if_object();
    const std::string_view label = object == nullptr           ? text_of(option)
                                   : object->contains("label") ? text_of(*object, "label")
                                                               : text_of(*object, "const");
    if (!label.empty()) choices.emplace_back(label);
  }
}

// A form of an MCP server: one question for each field of its schema.
Announcement form(const json::object& params, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::form}, .body = json::object(std::move(memory))};
  made.body["text"] = text_of(params, "message");
  put(made.body, "server", text_of(params, "serverName"));
  const json::object* schema = object_of(params, "requestedSchema");
  const json::object* fields = schema != nullptr ? object_of(*schema, "properties") : nullptr;
  if (fields == nullptr || fields->empty()) return made;
  json::array& questions = made.body["questions"].emplace_array();
  for (const auto& [name, value] : *fields) {
    const json::object* field = value.if_object();
    if (field == nullptr || made.ask.fields.size() >= kMostFields) continue;
    json::object& question = questions.emplace_back(json::object_kind).get_object();
    const std::string_view title = text_of(*field, "title");
    question["text"] = title.empty() ? std::string_view(name) : title;
    put(question, "description", text_of(*field, "description"));
    const json::array* options = array_of(*field, "enum");
    add_choices(question, options != nullptr ? options : array_of(*field, "oneOf"));
    made.ask.fields.push_back({std::string(name), std::string(text_of(*field, "type"))});
  }
  return made;
}

Announcement link(const json::object& params, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::link}, .body = json::object(std::move(memory))};
  made.body["text"] = text_of(params, "message");
  put(made.body, "server", text_of(params, "serverName"));
  put(made.body, "url", text_of(params, "url"));
  return made;
}

std::string_view first_of(const json::object& object, std::string_view key, std::string_view other) {
  const std::string_view text = text_of(object, key);
  return text.empty() ? text_of(object, other) : text;
}

// Questions as Codex writes them, in requests ({id, question, options: [{label}]}) and in messages
// ({title, options: [text]}).
void read_questions(const json::array* from, Announcement& made) {
  json::array& questions = made.body["questions"].emplace_array();
  std::string all;
  for (std::size_t i = 0; from != nullptr && i < from->size() && i < kMostFields; ++i) {
    const json::object* question = (*from)[i].if_object();
    if (question == nullptr) continue;
    const std::string_view text = first_of(*question, "question", "title");
    json::object& entry = questions.emplace_back(json::object_kind).get_object();
    entry["text"] = text;
    put(entry, "header", text_of(*question, "header"));
    add_choices(entry, array_of(*question, "options"));
    if (flag_of(*question, "isOther")) entry["other"] = true;
    if (flag_of(*question, "isSecret")) entry["secret"] = true;
    made.ask.fields.push_back({std::string(first_of(*question, "id", "title")), {}});
    if (!all.empty()) all += '\n';
    all += text;
  }
  if (!made.body.contains("text")) made.body["text"] = all;
}

}  // namespace

std::optional<Announcement> announcement_of(std::string_view method, const json::object& params, const Items& items,
                                            json::storage_ptr memory) {
  if (method == "item/commandExecution/requestApproval") return command(params, std::move(memory));
  if (method == "item/fileChange/requestApproval") return patch(params, items, std::move(memory));
  if (method == "item/permissions/requestApproval") return permissions(params, std::move(memory));
  if (method == "item/tool/requestUserInput") {
    Announcement made{.ask = {.form = Ask::Form::questions}, .body = json::object(std::move(memory))};
    made.ask.is_blocking = flag_of(params, "isBlocking", true);
    put(made.body, "call", text_of(params, "itemId"));
    read_questions(array_of(params, "questions"), made);
    return made;
  }
  if (method == "mcpServer/elicitation/request") {
    const json::object* meta = object_of(params, "_meta");
    const bool is_tool = meta != nullptr && text_of(*meta, "codex_approval_kind") == "mcp_tool_call";
    if (is_tool) return mcp_tool(params, *meta, std::move(memory));
    return text_of(params, "mode") == "url" ? link(params, std::move(memory)) : form(params, std::move(memory));
  }
  return std::nullopt;
}

Announcement later_of(const json::object& message, json::storage_ptr memory) {
  Announcement made{.ask = {.form = Ask::Form::later}, .body = json::object(std::move(memory))};
  made.ask.is_blocking = false;
  made.body["text"] = text_of(message, "text");
  made.body["waits"] = false;
  read_questions(array_of(message, "questions"), made);
  return made;
}

}  // namespace paddock::codex
