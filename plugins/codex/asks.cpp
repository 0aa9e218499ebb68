// The book of open requests, and answers in the form each request wants.
#include "codex/asks.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "codex/announce.hpp"
#include "codex/fields.hpp"

namespace paddock::codex {

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

json::object decided(bool is_allowed, bool is_remembered) {
  return {{"decision", !is_allowed ? "decline" : is_remembered ? "acceptForSession" : "accept"}};
}

json::object granted(const Ask& ask, bool is_allowed, bool is_remembered) {
  return {{"permissions", is_allowed ? ask.permissions : json::object{}},
          {"scope", is_remembered && is_allowed ? "session" : "turn"}};
}

json::object elicited(bool is_allowed, json::object content, bool is_remembered) {
  json::object result{{"action", is_allowed ? "accept" : "decline"}, {"content", nullptr}, {"_meta", nullptr}};
  if (is_allowed) result["content"] = std::move(content);
  if (is_allowed && is_remembered) result["_meta"] = json::object{{"persist", "session"}};
  return result;
}

json::value typed(const Ask::Field& field, const std::vector<std::string_view>& texts) {
  if (field.type == "array") {
    json::array values;
    for (std::string_view text : texts) values.emplace_back(text);
    return values;
  }
  const std::string_view text = texts.front();
  if (field.type == "boolean") return text == "true" || text == "yes";
  if (field.type == "integer" || field.type == "number") {
    std::int64_t whole = 0;
    double real = 0;
    const char* end = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
      return whole;
    if (const auto read = std::from_chars(text.data(), end, real); read.ec == std::errc{} && read.ptr == end)
      return real;
  }
  return json::value(text);
}

json::object form_content(const Ask& ask, const json::object& body) {
  json::object content;
  for (std::size_t i = 0; i < ask.fields.size(); ++i) {
    const auto texts = answer_of(body, i);
    if (!texts.empty()) content[ask.fields[i].id] = typed(ask.fields[i], texts);
  }
  return content;
}

json::object chosen(const Ask& ask, const json::object& body, bool is_allowed) {
  json::object answers;
  for (std::size_t i = 0; is_allowed && i < ask.fields.size(); ++i) {
    json::array texts;
    for (std::string_view text : answer_of(body, i)) texts.emplace_back(text);
    answers[ask.fields[i].id] = json::object{{"answers", std::move(texts)}};
  }
  return {{"answers", std::move(answers)}};
}

// Answers as a message: each with its question, unless there is only one.
std::string spoken(const Ask& ask, const json::object& body) {
  std::string prompt;
  for (std::size_t i = 0; i < ask.fields.size(); ++i) {
    const auto texts = answer_of(body, i);
    if (texts.empty()) continue;
    if (!prompt.empty()) prompt += '\n';
    if (ask.fields.size() > 1) prompt.append(ask.fields[i].id).append(": ");
    for (std::size_t j = 0; j < texts.size(); ++j) prompt.append(j > 0 ? ", " : "").append(texts[j]);
  }
  return prompt;
}

json::object result_of(const Ask& ask, const json::object& body, bool is_allowed, bool is_remembered) {
  switch (ask.form) {
    case Ask::Form::command:
    case Ask::Form::patch: return decided(is_allowed, is_remembered);
    case Ask::Form::permissions: return granted(ask, is_allowed, is_remembered);
    case Ask::Form::mcp_tool: return elicited(is_allowed, {}, is_remembered && ask.can_persist);
    case Ask::Form::form: return elicited(is_allowed, form_content(ask, body), false);
    case Ask::Form::link: return elicited(is_allowed, {}, false);
    case Ask::Form::questions:
    case Ask::Form::later: break;
  }
  return chosen(ask, body, is_allowed);
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
                const Items& items) {
  std::string ref = id_text(id);
  if (ref.empty() || open_.size() >= max_open) return false;
  auto made = announcement_of(method, params, items, out.memory);
  if (!made) return false;
  // A second request of the same id can only mean that nobody waits for the first.
  resolved(out, id);
  Ask& ask = made->ask;
  ask.ref = std::move(ref);
  ask.id = json::value(id, json::storage_ptr{});
  ask.thread = text_of(params, "threadId");
  out.event(ask.is_question() ? Kind::question : Kind::approval_request, std::move(made->body), ask.ref);
  open_.push_back(std::move(ask));
  return true;
}

void Asks::open_later(const Out& out, std::string_view thread, const json::object& message) {
  const std::string_view ref = text_of(message, "id");
  if (ref.empty() || ref.size() > sdk::Sink::max_ref_bytes || open_.size() >= max_open) return;
  Announcement made = later_of(message, out.memory);
  if (made.ask.fields.empty()) return;
  made.ask.ref = ref;
  made.ask.thread = thread;
  out.event(Kind::question, std::move(made.body), ref);
  open_.push_back(std::move(made.ask));
}

Reply Asks::answer(const Out& out, std::string_view ref, const json::object& body, bool can_prompt) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Ask& ask) { return ask.ref == ref; });
  if (found == open_.end()) return {};
  const std::string_view decision = text_of(body, "decision");
  const bool is_denied = decision == "deny";
  const bool is_allowed = decision == "allow" || (decision.empty() && found->is_question() && has_answers(body));
  if (!is_denied && !is_allowed) return {};
  // An open question cannot be agreed to, it has to be answered.
  if (is_allowed && !found->fields.empty() && !has_answers(body)) return {};
  if (found->form == Ask::Form::later && is_allowed && !can_prompt) return {.status = sdk::Status::not_now};
  Reply reply{.status = sdk::Status::ok, .id = found->id};
  const bool is_remembered = flag_of(body, "remember");
  if (found->form != Ask::Form::later) {
    reply.result = result_of(*found, body, is_allowed, is_remembered);
  } else if (is_allowed) {
    reply.prompt = spoken(*found, body);
    if (reply.prompt.empty()) return {};
  }
  resolve(out, static_cast<std::size_t>(found - open_.begin()), is_allowed ? "allow" : "deny", "host");
  return reply;
}

void Asks::resolved(const Out& out, const json::value& id) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].form != Ask::Form::later && open_[i].id == id) {
      resolve(out, i, "cancelled", "agent");
      return;
    }
  }
}

void Asks::withdraw(const Out& out, std::string_view thread) {
  for (std::size_t i = 0; i < open_.size();) {
    const bool is_over = open_[i].form != Ask::Form::later && (open_[i].thread == thread || open_[i].thread.empty());
    if (is_over) {
      resolve(out, i, "cancelled", "agent");
    } else {
      ++i;
    }
  }
}

void Asks::answered_by_prompt(const Out& out) {
  for (std::size_t i = 0; i < open_.size();) {
    if (open_[i].form == Ask::Form::later) {
      resolve(out, i, "allow", "host");
    } else {
      ++i;
    }
  }
}

void Asks::withdraw_all(const Out& out) {
  while (!open_.empty()) resolve(out, 0, "cancelled", "agent");
}

const Ask* Asks::blocking() const {
  const auto found = std::find_if(open_.begin(), open_.end(), [](const Ask& ask) { return ask.is_blocking; });
  return found != open_.end() ? &*found : nullptr;
}

void Asks::resolve(const Out& out, std::size_t index, std::string_view decision, std::string_view by) {
  json::object body = out.body();
  body["decision"] = decision;
  body["by"] = by;
  out.event(Kind::approval_resolved, std::move(body), open_[index].ref);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace paddock::codex
