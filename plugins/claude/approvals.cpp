// See approvals.hpp.
#include "approvals.hpp"

#include <algorithm>
#include <utility>

#include "fields.hpp"
#include "tools.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostOpen = 64;
constexpr std::size_t kMostQuestions = 16;
constexpr std::size_t kMostSuggestions = 32;
constexpr std::size_t kLargestInput = std::size_t{8} << 20U;

std::string quoted(std::string_view text) { return json::serialize(json::string_view{text.data(), text.size()}); }

std::string response_line(std::string_view request_id, std::string_view response) {
  std::string line = R"({"type":"control_response","response":{"subtype":"success","request_id":)";
  line += quoted(request_id);
  line += R"(,"response":)";
  line += response;
  line += "}}\n";
  return line;
}

/// What "remember" adds: the rules and directories the CLI suggests, for this session only. A change of
/// the permission mode says much more than "this again", so it is taken only when nothing else is offered.
json::array remembered(const json::array& suggestions) {
  json::array kept;
  const auto take = [&](bool modes) {
    for (const json::value& value : suggestions) {
      const json::object* suggestion = value.if_object();
      if (suggestion == nullptr || (text(*suggestion, "type") == "setMode") != modes) continue;
      json::object copy = *suggestion;
      copy["destination"] = "session";
      kept.push_back(std::move(copy));
    }
  };
  take(false);
  if (kept.empty()) take(true);
  return kept;
}

/// `{"question": "label, label"}` for the answers in the order of the questions.
std::optional<json::object> answers_of(const Approvals::Open& open, const json::object& body) {
  json::object answers;
  if (const json::array* lists = list(body, "answers")) {
    for (std::size_t i = 0; i < lists->size() && i < open.questions.size(); ++i) {
      std::string joined;
      const json::array* labels = (*lists)[i].if_array();
      if (labels == nullptr) return std::nullopt;
      for (const json::value& label : *labels) {
        if (!joined.empty()) joined += ", ";
        joined += text_of(label);
      }
      if (!joined.empty()) answers[open.questions[i]] = joined;
    }
  } else if (const std::string_view message = text(body, "message"); !message.empty() && !open.questions.empty()) {
    answers[open.questions.front()] = message;
  }
  if (answers.empty()) return std::nullopt;
  return answers;
}

std::string with_answers(std::string_view input, const json::object& answers) {
  boost::system::error_code ec;
  json::value parsed = json::parse(json::string_view{input.data(), input.size()}, ec);
  json::object object = !ec && parsed.is_object() ? std::move(parsed.get_object()) : json::object();
  object["answers"] = answers;
  return json::serialize(object);
}

std::optional<std::string> allow(const Approvals::Open& open, const json::object& body) {
  std::string input = open.input;
  if (const json::object* changed = child(body, "input")) input = json::serialize(*changed);
  if (open.is_question) {
    const std::optional<json::object> answers = answers_of(open, body);
    if (!answers) return std::nullopt;
    input = with_answers(input, *answers);
  }
  std::string response = R"({"behavior":"allow","updatedInput":)" + input;
  if (is_true(body, "remember")) {
    const json::array rules = remembered(open.suggestions);
    if (!rules.empty()) response += R"(,"updatedPermissions":)" + json::serialize(rules);
  }
  return response + '}';
}

std::string deny(const json::object& body) {
  const std::string_view message = text(body, "message");
  std::string response = R"({"behavior":"deny","message":)";
  response += quoted(message.empty() ? "The user does not allow this." : message);
  if (is_true(body, "interrupt")) response += R"(,"interrupt":true)";
  return response + '}';
}

json::array choices_of(const json::object& question, const json::storage_ptr& memory) {
  json::array choices(memory);
  const json::array* options = list(question, "options");
  if (options == nullptr) return choices;
  for (const json::value& option : *options) {
    const json::object* object = option.if_object();
    choices.emplace_back(object == nullptr ? text_of(option) : text(*object, "label"));
  }
  return choices;
}

/// `texts` gets the questions' words, in order: answers go back by them.
json::object question_body(Out& out, const json::object& input, std::vector<std::string>& texts) {
  json::array told(out.body().storage());
  const json::array* questions = list(input, "questions");
  for (std::size_t i = 0; questions != nullptr && i < questions->size() && texts.size() < kMostQuestions; ++i) {
    const json::object* question = (*questions)[i].if_object();
    if (question == nullptr) continue;
    texts.emplace_back(text(*question, "question"));
    json::object one = out.body({{"text", texts.back()}});
    one["choices"] = choices_of(*question, told.storage());
    if (is_true(*question, "multiSelect")) one["multiple"] = true;
    told.push_back(std::move(one));
  }
  json::object body = out.body({{"text", texts.empty() ? std::string_view{} : std::string_view{texts.front()}}});
  body["questions"] = std::move(told);
  return body;
}

json::object approval_body(Out& out, const json::object& request, const json::object& input) {
  json::object body = out.body();
  describe_call(body, text(request, "tool_name"), input);
  if (!body.contains("title")) {
    const std::string_view title = text(request, "description");
    if (!title.empty()) body["title"] = clip(title, 300);
  }
  const std::string_view reason = text(request, "decision_reason");
  if (!reason.empty()) body["reason"] = clip(reason, 1000);
  const std::string_view blocked = text(request, "blocked_path");
  if (!blocked.empty()) body["blocked_path"] = clip(blocked, 4096);
  return body;
}

}  // namespace

bool Approvals::ask(Out& out, std::string_view request_id, const json::object& request) {
  static const json::object none;
  if (request_id.empty() || open_.size() >= kMostOpen || find(clip(request_id, 256)) != nullptr) return false;
  const json::object* found = child(request, "input");
  const json::object& input = found == nullptr ? none : *found;
  Open open{.ref = std::string(clip(request_id, 256)),
            .request_id = std::string(request_id),
            .call = std::string(clip(text(request, "tool_use_id"), 256)),
            .input = json::serialize(input),
            .suggestions = {},
            .is_question = text(request, "tool_name") == "AskUserQuestion",
            .questions = {}};
  if (open.input.size() > kLargestInput) return false;
  if (const json::array* suggestions = list(request, "permission_suggestions")) {
    if (suggestions->size() <= kMostSuggestions) open.suggestions = json::array(*suggestions, json::storage_ptr{});
  }
  json::object body = open.is_question ? question_body(out, input, open.questions) : approval_body(out, request, input);
  if (!open.call.empty()) body["call"] = open.call;
  if (const std::string_view agent = text(request, "agent_id"); !agent.empty()) body["agent_id"] = clip(agent, 128);
  if (!open.suggestions.empty()) body["can_remember"] = true;
  out.event(open.is_question ? sdk::Kind::question : sdk::Kind::approval_request, std::move(body), open.ref);
  open_.push_back(std::move(open));
  return true;
}

std::optional<std::string> Approvals::answer_line(const Open& open, const json::object& body) {
  const std::string_view decision = text(body, "decision");
  if (decision == "deny") return response_line(open.request_id, deny(body));
  // A question may be answered without saying "allow".
  if (decision != "allow" && !(open.is_question && decision.empty())) return std::nullopt;
  const std::optional<std::string> response = allow(open, body);
  if (!response) return std::nullopt;
  return response_line(open.request_id, *response);
}

const Approvals::Open* Approvals::find(std::string_view ref) const noexcept {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.ref == ref; });
  return found == open_.end() ? nullptr : &*found;
}

void Approvals::resolve(Out& out, std::string_view ref, std::string_view decision, std::string_view by) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.ref == ref; });
  if (found == open_.end()) return;
  const std::string kept = found->ref;
  open_.erase(found);
  out.event(sdk::Kind::approval_resolved, {{"decision", decision}, {"by", by}}, kept);
}

void Approvals::call_went_on(Out& out, std::string_view call) {
  if (call.empty()) return;
  const auto found =
      std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.call == clip(call, 256); });
  if (found != open_.end()) resolve(out, std::string(found->ref), "cancelled", "agent");
}

void Approvals::cancel_all(Out& out) {
  while (!open_.empty()) resolve(out, std::string(open_.front().ref), "cancelled", "agent");
}

std::string refusal_line(std::string_view request_id, std::string_view why) {
  std::string line = R"({"type":"control_response","response":{"subtype":"error","request_id":)";
  line += quoted(request_id);
  line += R"(,"error":)";
  line += quoted(why);
  line += "}}\n";
  return line;
}

}  // namespace paddock::claude
