// What the agent asks of a person: permission for a tool, a plan's approval, or questions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "out.hpp"

namespace paddock::claude {

/// The requests that wait for an answer, oldest first.
class Approvals final {
 public:
  /// One that waits.
  struct Open {
    std::string ref;          ///< what an answer names
    std::string request_id;   ///< what the CLI wants to hear
    std::string call;         ///< the tool call, may be empty
    std::string input;        ///< JSON, goes back with an allow
    json::array suggestions;  ///< rules the CLI would like to add
    bool is_question = false;
    std::vector<std::string> questions;
  };

  /// A can_use_tool request: emits APPROVAL_REQUEST or QUESTION. False when it cannot be kept: then the
  /// caller refuses it.
  bool ask(Out& out, std::string_view request_id, const json::object& request);

  /// The line that answers `open` as `body` of an ANSWER command says; nothing when the body does not fit
  /// (no decision, a question without answers).
  static std::optional<std::string> answer_line(const Open& open, const json::object& body);

  /// The one with this ref, null when none waits. Valid until the next change.
  const Open* find(std::string_view ref) const noexcept;
  /// The oldest, null when none waits.
  const Open* front() const noexcept { return open_.empty() ? nullptr : &open_.front(); }

  /// It was answered or withdrawn: emits APPROVAL_RESOLVED. `by` is host or agent.
  void resolve(Out& out, std::string_view ref, std::string_view decision, std::string_view by);
  /// The CLI went on with this call without our answer: cancelled.
  void call_went_on(Out& out, std::string_view call);
  /// Nothing waits any more: all are cancelled.
  void cancel_all(Out& out);

 private:
  std::vector<Open> open_;
};

/// The line that refuses a request of the CLI.
std::string refusal_line(std::string_view request_id, std::string_view why);

}  // namespace paddock::claude
