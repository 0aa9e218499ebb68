// Opening and closing approvals.
#include "session/approval_book.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace paddock::session {

bool ApprovalBook::is_open(std::string_view ref) const noexcept {
  return std::ranges::find(open_, ref, &Open::ref) != open_.end();
}

bool ApprovalBook::was_closed(std::string_view ref) const noexcept {
  return std::ranges::find(closed_, ref) != closed_.end();
}

bool ApprovalBook::open(std::string_view ref, bool question) {
  std::erase(closed_, ref);
  const auto known = std::ranges::find(open_, ref, &Open::ref);
  if (known != open_.end()) {
    known->question = question;
    return true;
  }
  if (open_.size() >= base::limits::approvals_open) return false;
  open_.push_back({std::string(ref), question});
  return true;
}

bool ApprovalBook::close(std::string_view ref) {
  if (std::erase_if(open_, [ref](const Open& open) { return open.ref == ref; }) == 0) return false;
  closed_.emplace_back(ref);
  if (closed_.size() > base::limits::approvals_open) closed_.pop_front();
  return true;
}

bool ApprovalBook::only_questions() const noexcept {
  return std::ranges::all_of(open_, [](const Open& open) { return open.question; });
}

}  // namespace paddock::session
