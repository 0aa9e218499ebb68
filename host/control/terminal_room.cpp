// One writer, any number of observers.
#include "control/terminal_room.hpp"

#include <algorithm>

namespace paddock::control {
namespace json = boost::json;

namespace {

void tell(TerminalGuest& guest, json::object note) {
  guest.notes.push_back(std::move(note));
  if (guest.wake) guest.wake();
}

}  // namespace

void TerminalRoom::hand_to(TerminalGuest* next) {
  TerminalGuest* const before = std::exchange(writer_, next);
  if (before == next) return;
  if (before != nullptr) tell(*before, {{"type", "writer"}, {"writer", false}});
  if (next != nullptr) tell(*next, {{"type", "writer"}, {"writer", true}});
}

void TerminalRoom::enter(TerminalGuest& guest, bool take) {
  guests_.push_back(&guest);
  if (guest.may_write && (take || writer_ == nullptr)) hand_to(&guest);
}

void TerminalRoom::leave(TerminalGuest& guest) {
  guests_.remove(&guest);
  if (writer_ != &guest) return;
  writer_ = nullptr;  // who leaves is not told
  const auto heir = std::ranges::find_if(guests_, [](const TerminalGuest* each) { return each->may_write; });
  if (heir != guests_.end()) hand_to(*heir);
}

void TerminalRoom::take(TerminalGuest& guest) {
  if (guest.may_write) hand_to(&guest);
}

void TerminalRoom::resized(const TerminalGuest* by, std::uint16_t rows, std::uint16_t cols) {
  for (TerminalGuest* guest : guests_) {
    if (guest != by) tell(*guest, {{"type", "resize"}, {"rows", rows}, {"cols", cols}});
  }
}

}  // namespace paddock::control
