// Turning a session's events into what a person watches.
#include "main/cli/run_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "main/cli/context.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace json = boost::json;

std::string RunView::dim(std::string_view text) const { return styled(Style::dim, text, color_); }

void RunView::end_line(Shown& shown) {
  if (in_line_) shown.out += '\n';
  in_line_ = false;
}

void RunView::add_line(std::string line, Shown& shown) {
  if (form_ == Form::piped) return;
  end_line(shown);
  shown.out += std::move(line) + '\n';
}

void RunView::say(std::string_view raw, Shown& shown) {
  if (raw.empty()) return;
  shown.out += form_ == Form::live ? plain(raw) : std::string(raw);
  in_line_ = raw.back() != '\n';
}

/// Pieces are printed as they come; the whole message that follows only adds what is missing.
void RunView::take_message(const json::object& data, Shown& shown) {
  const std::string_view role = text_at(data, "role");
  const std::string_view text = text_at(data, "text");
  if (!role.empty() && role != "assistant") return;
  if (text_at(data, "stream") == "stderr") {
    if (form_ == Form::live) return add_line(dim(one_line(text)), shown);
    shown.err += std::string(text) + (text.ends_with('\n') ? "" : "\n");
    return;
  }
  const std::string_view ref = text_at(data, "ref");
  const bool goes_on = !ref.empty() && ref == spoken_ref_;
  if (!goes_on) {
    end_line(shown);
    spoken_ref_ = ref;
    spoken_text_.clear();
  }
  if (flag_at(data, "partial")) {
    spoken_text_ += text;
    return say(text, shown);
  }
  const bool is_whole = text.starts_with(spoken_text_);
  say(is_whole ? text.substr(spoken_text_.size()) : text, shown);
  end_line(shown);
  spoken_ref_.clear();
  spoken_text_.clear();
}

void RunView::take_state(const json::object& event, const json::object& data) {
  if (started_millis_ == 0) started_millis_ = millis_at(event, "time").value_or(0);
  state_ = text_at(data, "state");
  blocked_on_ = text_at(data, "blocked_on");
  ended_ = state_ == "exited";
  if (!ended_) return;
  questions_.clear();
  const json::object& exit = object_at(data, "exit");
  if (const auto reason = text_at(exit, "reason"); !reason.empty()) exit_reason_ = reason;
  if (const auto detail = text_at(exit, "detail"); !detail.empty()) exit_detail_ = detail;
}

void RunView::take_usage(const json::object& data) {
  tokens_ = tokens_of(data);
  if (data.contains("cost_micros")) cost_micros_ = count_at(data, "cost_micros");
}

void RunView::take_request(std::string_view kind, const json::object& data, Shown& shown) {
  Question question{std::string(text_at(data, "ref")), kind == "question", request_text(kind, data)};
  add_line(styled(Style::yellow, question.is_question ? "? " : "! ", color_) + question.text, shown);
  questions_.push_back(std::move(question));
}

void RunView::take_resolved(const json::object& data, Shown& shown) {
  const std::string_view ref = text_at(data, "ref");
  std::erase_if(questions_, [&](const Question& question) { return question.ref == ref; });
  std::string line = fmt::format("  {}", one_line(text_at(data, "decision")));
  if (const auto by = text_at(data, "by"); !by.empty()) line += fmt::format(" by {}", one_line(by));
  if (const auto policy = text_at(data, "policy"); !policy.empty()) line += fmt::format(" '{}'", one_line(policy));
  add_line(dim(line), shown);
}

void RunView::take_outcome(const json::object& data) {
  exit_reason_ = text_at(data, "reason");
  if (const auto detail = text_at(data, "detail"); !detail.empty()) exit_detail_ = detail;
}

Shown RunView::take(const json::object& event) {
  Shown shown;
  const std::string_view kind = text_at(event, "kind");
  const json::object& data = object_at(event, "data");
  if (kind == "message") {
    take_message(data, shown);
  } else if (kind == "state") {
    take_state(event, data);
  } else if (kind == "usage") {
    take_usage(data);
  } else if (kind == "approval_request" || kind == "question") {
    take_request(kind, data, shown);
  } else if (kind == "approval_resolved") {
    take_resolved(data, shown);
  } else if (kind == "outcome") {
    take_outcome(data);
  } else if (kind == "tool_call" && !flag_at(data, "partial")) {
    add_line(styled(Style::cyan, "* ", color_) + summary_of(event), shown);
  } else if (kind == "error") {
    add_line(styled(Style::red, "error: ", color_) + summary_of(event), shown);
  } else if (kind == "resource" || kind == "restart") {
    add_line(dim(fmt::format("{}: {}", kind, summary_of(event))), shown);
  }
  if (ended_) end_line(shown);
  return shown;
}

std::string RunView::status(std::int64_t now_millis, std::size_t columns) const {
  if (ended_) return {};
  std::string line = state_;
  if (!blocked_on_.empty()) line += ": " + blocked_on_;
  if (started_millis_ != 0) line += " · " + clock_text(now_millis - started_millis_);
  if (tokens_ != 0) line += fmt::format(" · {} tokens", count_text(tokens_));
  if (cost_micros_) line += " · " + money_text(*cost_micros_);
  return one_line(line, columns);
}

std::optional<Question> RunView::question() const {
  if (questions_.empty()) return std::nullopt;
  return questions_.front();
}

}  // namespace paddock::cli
