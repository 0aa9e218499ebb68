// Who is at a session's terminal, and which one of them types. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

namespace paddock::control {

/// One who looks. Owned by whoever serves them; in the room from enter() to leave().
struct TerminalGuest {
  bool may_write = false;                  ///< their role lets them, and they want to
  std::vector<boost::json::object> notes;  ///< for them, oldest first
  std::function<void()> wake;              ///< called when there is a note
};

/// At most one writes. When the writer leaves, whoever may write and has been there longest writes.
class TerminalRoom final {
 public:
  /// With `take` the guest becomes the writer whoever was it before.
  void enter(TerminalGuest& guest, bool take);
  void leave(TerminalGuest& guest);
  /// Makes a guest the writer who may be; tells those it concerns.
  void take(TerminalGuest& guest);

  bool is_writer(const TerminalGuest& guest) const noexcept { return writer_ == &guest; }
  bool empty() const noexcept { return guests_.empty(); }
  std::size_t size() const noexcept { return guests_.size(); }

  /// The terminal has another size: tells everybody but `by`, who did it (null: somebody outside).
  void resized(const TerminalGuest* by, std::uint16_t rows, std::uint16_t cols);

 private:
  void hand_to(TerminalGuest* next);

  std::list<TerminalGuest*> guests_;  ///< in the order they came
  TerminalGuest* writer_ = nullptr;
};

}  // namespace paddock::control
