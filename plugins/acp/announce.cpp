// Each kind of request in the words of the event vocabulary.
#include "acp/announce.hpp"

#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostOptions = 32;
constexpr std::size_t kMostFields = 32;
constexpr std::size_t kMostLabel = 1024;

std::string label(std::string_view text) { return plain(sdk::cut_utf8(text, kMostLabel)); }

void read_options(const json::object& params, Ask& ask, json::object& body) {
  json::array told(body.storage());
  const json::array* options = array_of(params, "options");
  for (std::size_t i = 0; options != nullptr && i < options->size() && i < kMostOptions; ++i) {
    const json::object* option = (*options)[i].if_object();
    if (option == nullptr) continue;
    const std::string_view id = text_of(*option, "optionId");
    const std::string_view kind = text_of(*option, "kind");
    if (id.empty() || id.size() > kMostLabel) continue;
    ask.options.push_back({std::string(id), std::string(kind.substr(0, 64))});
    told.push_back(json::object{{"id", id}, {"kind", kind.substr(0, 64)}, {"name", label(text_of(*option, "name"))}});
  }
  body["options"] = std::move(told);
}

Announcement permission(const Out& out, const json::object& params, Calls& calls) {
  Announcement made{{}, out.body()};
  static const json::object kNone;
  const json::object* tool_call = object_of(params, "toolCall");
  if (tool_call == nullptr) tool_call = &kNone;
  const std::string_view id = text_of(*tool_call, "toolCallId");
  const Call* call = calls.asked(out, *tool_call);
  describe(call != nullptr ? *call : Call{.title = label(text_of(*tool_call, "title"))}, made.body);
  if (!id.empty()) {
    made.ask.call = id;
    made.body["call"] = sdk::cut_utf8(id, sdk::Sink::max_ref_bytes);
  }
  if (const std::string reason = written_by(*tool_call); !reason.empty()) made.body["reason"] = label(reason);
  json::array changes(made.body.storage());
  for (const Call::Edit& edit : edits_in(*tool_call)) {
    changes.push_back(json::object{{"path", edit.path}, {"change", edit.change}, {"diff", edit.diff}});
  }
  if (!changes.empty()) made.body["changes"] = std::move(changes);
  read_options(params, made.ask, made.body);
  return made;
}

json::array texts_of(const json::array& values, json::storage_ptr memory) {
  json::array texts(std::move(memory));
  for (const json::value& value : values) {
    const json::object* labelled = value.if_object();
    const std::string_view text = labelled != nullptr ? text_of(*labelled, "title") : text_of(value);
    if (!text.empty() && texts.size() < kMostOptions) texts.emplace_back(label(text));
  }
  return texts;
}

// One field of a form: {type, title, description, enum | oneOf | items{enum}}.
json::object field_of(std::string_view name, const json::object& schema, Ask& ask, json::storage_ptr memory) {
  const std::string_view type = text_of(schema, "type");
  ask.fields.push_back({.id = std::string(name), .type = std::string(type.substr(0, 16))});
  const std::string_view title = text_of(schema, "title");
  json::object question(memory);
  question["text"] = label(title.empty() ? name : title);
  const json::object* items = object_of(schema, "items");
  const json::object& source = items != nullptr ? *items : schema;
  for (const std::string_view key : {"enum", "oneOf", "anyOf"}) {
    if (const json::array* values = array_of(source, key)) question["choices"] = texts_of(*values, memory);
  }
  if (type == "boolean") question["choices"] = json::array{"true", "false"};
  return question;
}

Announcement elicitation(const Out& out, const json::object& params) {
  Announcement made{{}, out.body()};
  const std::string_view message = text_of(params, "message");
  const bool is_link = text_of(params, "mode") == "url";
  made.ask.form = is_link ? Ask::Form::link : Ask::Form::form;
  std::string text = label(message);
  if (is_link) {
    text.append(text.empty() ? "" : " ").append(label(text_of(params, "url")));
    made.ask.elicitation = text_of(params, "elicitationId").substr(0, kMostLabel);
  }
  made.body["text"] = text;
  const json::object* schema = object_of(params, "requestedSchema", "properties");
  json::array questions(made.body.storage());
  if (!is_link && schema != nullptr) {
    for (const auto& [name, field] : *schema) {
      if (const json::object* form = field.if_object(); form != nullptr && questions.size() < kMostFields) {
        questions.push_back(field_of(name, *form, made.ask, made.body.storage()));
      }
    }
  }
  if (!questions.empty()) made.body["questions"] = std::move(questions);
  return made;
}

json::object cursor_question(const json::object& question, Ask& ask, json::storage_ptr memory) {
  Ask::Field field{.id = std::string(text_of(question, "id").substr(0, kMostLabel)), .type = "choice"};
  json::object told(memory);
  told["text"] = label(text_of(question, "prompt"));
  json::array choices(memory);
  const json::array* options = array_of(question, "options");
  for (std::size_t i = 0; options != nullptr && i < options->size() && i < kMostOptions; ++i) {
    const json::object* option = (*options)[i].if_object();
    if (option == nullptr) continue;
    field.choices.push_back(
        {std::string(text_of(*option, "id").substr(0, kMostLabel)), label(text_of(*option, "label"))});
    choices.emplace_back(field.choices.back().kind);
  }
  told["choices"] = std::move(choices);
  ask.fields.push_back(std::move(field));
  return told;
}

Announcement cursor_questions(const Out& out, const json::object& params) {
  Announcement made{{.form = Ask::Form::choices}, out.body()};
  made.body["text"] = label(text_of(params, "title"));
  json::array questions(made.body.storage());
  const json::array* asked = array_of(params, "questions");
  for (std::size_t i = 0; asked != nullptr && i < asked->size() && i < kMostFields; ++i) {
    const json::object* question = (*asked)[i].if_object();
    if (question != nullptr) questions.push_back(cursor_question(*question, made.ask, made.body.storage()));
  }
  made.body["questions"] = std::move(questions);
  return made;
}

Announcement cursor_plan(const Out& out, const json::object& params) {
  Announcement made{{.form = Ask::Form::plan}, out.body()};
  made.body["tool"] = "create_plan";
  made.body["tool_class"] = "other";
  const std::string_view name = text_of(params, params.contains("name") ? "name" : "title");
  made.body["title"] = name.empty() ? "Plan" : label(name);
  made.body["reason"] =
      plain(sdk::cut_utf8(text_of(params, params.contains("plan") ? "plan" : "overview"), 64U << 10U));
  made.body["input"] = json::object(made.body.storage());
  return made;
}

}  // namespace

std::optional<Announcement> announcement_of(const Out& out, std::string_view method, const json::object& params,
                                            Calls& calls, bool is_cursor) {
  if (method == "session/request_permission") return permission(out, params, calls);
  if (method == "elicitation/create") return elicitation(out, params);
  if (is_cursor && method == "cursor/ask_question") return cursor_questions(out, params);
  if (is_cursor && method == "cursor/create_plan") return cursor_plan(out, params);
  return std::nullopt;
}

}  // namespace paddock::acp
