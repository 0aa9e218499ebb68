// The book of open requests, and answers in the form each request wants.
#include "acp/asks.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "acp/announce.hpp"
#include "acp/fields.hpp"

namespace paddock::acp {

namespace {

using Reply = Asks::Reply;

// The i-th answer's texts; empty when there is none.
std::vector<std::string_view> answer_of(const json::object& body, std::size_t i) {
  const json::array* answers = array_of(body, "answers");
  std::vector<std::string_view> texts;
  if (answers == nullptr || i >= answers->size()) return texts;
  const json::value& answer = (*answers)[i];
  if (const json::array* several = answer.if_array()) {
    for (const json::value& text : *several) texts.push_back(text_of(text));
  } else {
    texts.push_back(text_of(answer));
  }
  return texts;
}

bool has_answers(const json::object& body) {
  const json::array* answers = array_of(body, "answers");
  return answers != nullptr && !answers->empty();
}

std::string option_of(const Ask& ask, std::string_view kind) {
  const auto found = std::find_if(ask.options.begin(), ask.options.end(),
                                  [&](const Ask::Option& option) { return option.kind == kind; });
  return found != ask.options.end() ? found->id : std::string();
}

json::object outcome(std::string_view option) {
  if (option.empty()) return {{"outcome", json::object{{"outcome", "cancelled"}}}};
  return {{"outcome", json::object{{"outcome", "selected"}, {"optionId", option}}}};
}

// Empty when the agent offers nothing of that kind. A yes is never made larger than it was meant; a no may be.
std::string chosen(const Ask& ask, bool is_allowed, bool is_remembered) {
  const std::string_view always = is_allowed ? "allow_always" : "reject_always";
  const std::string_view once = is_allowed ? "allow_once" : "reject_once";
  std::string option = option_of(ask, is_remembered ? always : once);
  if (option.empty() && (is_remembered || !is_allowed)) option = option_of(ask, is_remembered ? once : always);
  return option;
}

json::value typed(const Ask::Field& field, const std::vector<std::string_view>& texts) {
  if (field.type == "array") {
    json::array values;
    for (std::string_view text : texts) values.emplace_back(text);
    return values;
  }
  const std::string_view text = texts.front();
  const char* end = text.data() + text.size();
  if (field.type == "boolean") return text == "true" || text == "yes";
  if (field.type == "integer" || field.type == "number") {
    std::int64_t whole = 0;
    double real = 0;
    const auto as_whole = std::from_chars(text.data(), end, whole);
    if (as_whole.ec == std::errc{} && as_whole.ptr == end) return whole;
    const auto as_real = std::from_chars(text.data(), end, real);
    if (as_real.ec == std::errc{} && as_real.ptr == end) return real;
  }
  return json::value(text);
}

json::object content_of(const Ask& ask, const json::object& body) {
  json::object content;
  for (std::size_t i = 0; i < ask.fields.size(); ++i) {
    const auto texts = answer_of(body, i);
    if (!texts.empty()) content[ask.fields[i].id] = typed(ask.fields[i], texts);
  }
  return content;
}

// A choice may be named by its label or its id.
json::object selection(const Ask::Field& field, const std::vector<std::string_view>& texts) {
  json::array ids;
  for (const std::string_view text : texts) {
    for (const Ask::Option& choice : field.choices) {
      if (choice.kind == text || choice.id == text) ids.emplace_back(choice.id);
    }
  }
  return {{"questionId", field.id}, {"selectedOptionIds", std::move(ids)}};
}

json::object cursor_outcome(const Ask& ask, const json::object& body, bool is_allowed) {
  if (ask.form == Ask::Form::plan) {
    return {{"outcome", json::object{{"outcome", is_allowed ? "accepted" : "rejected"}}}};
  }
  if (!is_allowed) return {{"outcome", json::object{{"outcome", "skipped"}}}};
  json::array answers;
  for (std::size_t i = 0; i < ask.fields.size(); ++i) answers.push_back(selection(ask.fields[i], answer_of(body, i)));
  return {{"outcome", json::object{{"outcome", "answered"}, {"answers", std::move(answers)}}}};
}

json::object cancelled(const Ask& ask) {
  if (ask.form == Ask::Form::form || ask.form == Ask::Form::link) return {{"action", "cancel"}};
  return outcome({});
}

json::object elicited(const Ask& ask, const json::object& body, bool is_allowed) {
  if (!is_allowed) return {{"action", "decline"}};
  json::object result{{"action", "accept"}};
  if (ask.form == Ask::Form::form) result["content"] = content_of(ask, body);
  return result;
}

}  // namespace

std::string id_text(const json::value& id) {
  std::string text;
  if (const auto number = number_of(id); number && !id.is_double()) {
    text = std::to_string(*number);
  } else {
    text = text_of(id);
  }
  return text.size() <= sdk::Sink::max_ref_bytes ? text : std::string{};
}

bool Asks::open(const Out& out, std::string_view method, const json::value& id, const json::object& params,
                Calls& calls, bool is_cursor) {
  std::string ref = id_text(id);
  if (ref.empty() || open_.size() >= max_open) return false;
  auto made = announcement_of(out, method, params, calls, is_cursor);
  if (!made) return false;
  // A second request of the same name can only mean that nobody waits for the first.
  for (std::size_t i = open_.size(); i-- > 0;) {
    if (open_[i].ref == ref) resolve(out, i, "cancelled", "agent");
  }
  Ask& ask = made->ask;
  ask.ref = std::move(ref);
  ask.id = json::value(id, json::storage_ptr{});
  out.event(ask.is_question() ? Kind::question : Kind::approval_request, std::move(made->body), ask.ref);
  open_.push_back(std::move(ask));
  return true;
}

Reply Asks::answer(const Out& out, std::string_view ref, const json::object& body) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Ask& ask) { return ask.ref == ref; });
  if (found == open_.end()) return {};
  const std::string_view decision = text_of(body, "decision");
  const bool is_denied = decision == "deny";
  const bool is_allowed = decision == "allow" || (decision.empty() && found->is_question() && has_answers(body));
  if (!is_denied && !is_allowed) return {};
  // An open question cannot be agreed to, it has to be answered.
  if (is_allowed && !found->fields.empty() && !has_answers(body)) return {};
  Reply reply{.status = sdk::Status::ok, .id = found->id, .is_denied = is_denied, .call = found->call};
  if (found->form == Ask::Form::permission) {
    const std::string option = chosen(*found, is_allowed, flag_of(body, "remember"));
    if (option.empty() && is_allowed) return {};
    reply.result = outcome(option);
  } else if (found->form == Ask::Form::choices || found->form == Ask::Form::plan) {
    reply.result = cursor_outcome(*found, body, is_allowed);
  } else {
    reply.result = elicited(*found, body, is_allowed);
  }
  resolve(out, static_cast<std::size_t>(found - open_.begin()), is_allowed ? "allow" : "deny", "host");
  return reply;
}

std::optional<Reply> Asks::withdraw(const Out& out, std::string_view by) {
  if (open_.empty()) return std::nullopt;
  Reply reply{.status = sdk::Status::ok,
              .id = open_.front().id,
              .result = cancelled(open_.front()),
              .call = open_.front().call};
  resolve(out, 0, "cancelled", by);
  return reply;
}

bool Asks::withdrawn(const Out& out, const json::value& id) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].id != id) continue;
    resolve(out, i, "cancelled", "agent");
    return true;
  }
  return false;
}

std::optional<Reply> Asks::followed(const Out& out, std::string_view elicitation) {
  for (std::size_t i = 0; i < open_.size() && !elicitation.empty(); ++i) {
    if (open_[i].elicitation != elicitation) continue;
    Reply reply{.status = sdk::Status::ok, .id = open_[i].id, .result = json::object{{"action", "accept"}}};
    resolve(out, i, "allow", "agent");
    return reply;
  }
  return std::nullopt;
}

void Asks::resolve(const Out& out, std::size_t index, std::string_view decision, std::string_view by) {
  json::object body = out.body();
  body["decision"] = decision;
  body["by"] = by;
  out.event(Kind::approval_resolved, std::move(body), open_[index].ref);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace paddock::acp
