// The rules of an outcome, strongest first: the host's limits, an end in mid-turn, the last turn.
#include "acp/verdict.hpp"

namespace paddock::acp {

namespace {

bool by_person(const sdk::Exit& exit) { return exit.cause == PDK_CAUSE_STOPPED || exit.cause == PDK_CAUSE_KILLED; }

bool by_limit(const sdk::Exit& exit) {
  return exit.cause == PDK_CAUSE_TIMEOUT || exit.cause == PDK_CAUSE_OUT_OF_MEMORY || exit.cause == PDK_CAUSE_BUDGET;
}

}  // namespace

void Verdict::turn_began() {
  fault_.reset();
  last_turn_.clear();
  answer_.clear();
}

void Verdict::turn_ended(std::string_view outcome, std::string_view text) {
  last_turn_ = outcome;
  answer_ = text;
  if (outcome != "failed") fault_.reset();
}

void Verdict::session_opened() {
  is_open_ = true;
  last_stderr_.clear();  // warnings of the start
}

void Verdict::stderr_line(std::string_view line) {
  const bool is_told = last_stderr_.starts_with("error:") || last_stderr_.starts_with("Error:");
  // What follows an error is help.
  if (!line.empty() && !is_told) last_stderr_ = line;
}

std::string_view Verdict::turn_cut(const sdk::Exit& exit, bool was_interrupted) {
  was_cut_ = true;
  was_interrupted_ = was_interrupted;
  return was_interrupted || by_person(exit) ? "cancelled" : "failed";
}

std::string_view Verdict::result_of_fault() const {
  if (!fault_) return "agent_error";
  if (fault_->kind == "auth") return "auth_required";
  if (fault_->kind == "rate_limit") return "rate_limited";
  return fault_->kind == "quota" ? "quota" : "agent_error";
}

std::string_view Verdict::result(const sdk::Exit& exit) const {
  if (by_limit(exit)) return "limit_hit";
  if (was_cut_) return was_interrupted_ || by_person(exit) ? "interrupted" : "crashed";
  if (last_turn_ == "cancelled") return "interrupted";
  if (last_turn_ == "failed" || fault_) return result_of_fault();
  if (by_person(exit)) return last_turn_ == "finished" ? "success" : "interrupted";
  const bool has_died = exit.signal != 0 || exit.code != 0;
  if (has_died && !is_input_closed_) {
    // Refusing to start is an answer, dying is none.
    return exit.signal == 0 && !is_open_ ? "agent_error" : "crashed";
  }
  if (!is_open_) return is_input_closed_ ? "interrupted" : "crashed";
  return "success";
}

json::object Verdict::body(const sdk::Exit& exit) const {
  const std::string_view result = this->result(exit);
  const bool is_limited = result == "rate_limited" || result == "quota";
  json::object body{{"result", result}};
  body["retryable"] =
      result == "crashed" || result == "rate_limited" || (result == "agent_error" && fault_ && fault_->is_retryable());
  if (is_limited && fault_ && fault_->retry_after_s) body["retry_after_s"] = *fault_->retry_after_s;
  std::string_view text = answer_;
  if (result != "success" && fault_) text = fault_->text;
  if (text.empty() && (result == "agent_error" || result == "crashed")) text = last_stderr_;
  if (!text.empty()) body["text"] = text;
  return body;
}

}  // namespace paddock::acp
