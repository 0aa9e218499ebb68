// What the machine asks of an adapter and what comes back, without saying how it travels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "session/input.hpp"

namespace paddock::session {

/// One call of a session function of pdk_adapter.
struct AdapterCall {
  enum class Kind : std::uint8_t { started, feed, eof, command, tick, exited };

  Kind kind = Kind::tick;
  Stamp now;
  event::Channel channel = event::Channel::none;  ///< feed, eof
  std::string_view bytes;                         ///< feed: the Output's own bytes
  std::uint32_t command = 0;                      ///< PDK_CMD_*
  std::string ref, body;                          ///< command; `body` is JSON text
  std::uint32_t cause = 0;                        ///< exited: PDK_CAUSE_*
  std::int32_t code = -1, signal = 0;             ///< exited, as in pdk_exit
};

/// An event as the adapter said it; nothing in it has been checked.
struct AdapterEvent {
  std::uint32_t kind = 0;   ///< PDK_EV_*
  std::uint32_t flags = 0;  ///< PDK_EVF_*
  event::Channel channel = event::Channel::none;
  std::uint64_t begin = 0, end = 0;
  std::string ref, body;
};

/// Everything one call said, complete.
struct AdapterReply {
  std::int32_t status = 0;  ///< pdk_status
  std::vector<AdapterEvent> events;
  std::string input;  ///< bytes for the agent
  bool close_input = false;
  std::vector<int> signals;
  std::optional<std::uint64_t> wake_at_ns;  ///< set when the adapter touched its timer; 0 cancels it
  std::string diag;                         ///< text of the last diagnostic
};

}  // namespace paddock::session
