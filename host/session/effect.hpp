// What the machine of a session wants done. The runner carries effects out in their order.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "event/event.hpp"
#include "session/adapter_call.hpp"

namespace paddock::session {

namespace effect {

/// A finished event with its number.
struct Emit {
  event::Event event;
};

/// Call the adapter, then Machine::reply() or Machine::adapter_failed(). Always the last effect of a
/// list; no other input may be given before the answer.
struct Call {
  AdapterCall call;
};

/// Append to the agent's standard input.
struct WriteInput {
  std::string bytes;
};

/// End that input after what is queued.
struct CloseInput {};

/// The agent's terminal has another size now.
struct Resize {
  std::uint16_t rows = 0, cols = 0;
};

/// To the agent's main process.
struct Signal {
  int signo = 0;
};

/// SIGKILL to everything in the session's group.
struct KillGroup {};

/// What became of a command; never given twice for one action.
struct Report {
  base::ActionId action;
  std::string state;  ///< applied | rejected | failed
  std::string code;   ///< of an Errc when not applied
  std::string detail;
  std::vector<std::uint64_t> numbers;
};

/// The last event was emitted.
struct Finished {};

}  // namespace effect

using Effect = std::variant<effect::Emit, effect::Call, effect::WriteInput, effect::CloseInput, effect::Resize,
                            effect::Signal, effect::KillGroup, effect::Report, effect::Finished>;
using Effects = std::vector<Effect>;

}  // namespace paddock::session
