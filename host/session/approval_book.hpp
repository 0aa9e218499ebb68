// Which approvals and questions of a session wait for an answer. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::session {

/// Open approvals, oldest first, at most limits::approvals_open; and the refs that were closed last,
/// so that an agent's late echo of an answer is recognised.
class ApprovalBook final {
 public:
  struct Open {
    std::string ref;
    bool question = false;
  };

  /// Opens `ref`, or replaces it when it is open. False when the book is full: it must be denied.
  bool open(std::string_view ref, bool question);

  /// Closes `ref`; false when it was not open.
  bool close(std::string_view ref);

  bool is_open(std::string_view ref) const noexcept;
  /// Whether `ref` was closed lately and has not been opened again.
  bool was_closed(std::string_view ref) const noexcept;
  bool empty() const noexcept { return open_.empty(); }
  const std::vector<Open>& all() const noexcept { return open_; }

  /// True when nothing but questions is open.
  bool only_questions() const noexcept;

 private:
  std::vector<Open> open_;
  std::deque<std::string> closed_;
};

}  // namespace paddock::session
