// What daemon and runner say to each other, as values. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"
#include "session/launch.hpp"

namespace paddock::link {

/// Of the whole protocol. A runner that outlived an upgrade of the daemon says its own in `ready`.
inline constexpr std::uint32_t version = 1;

// --- daemon to runner

/// First message on the inherited socket; answered by exactly one Started or Refused.
struct Launch {
  session::Launch launch;
};

/// First message on a reconnect; answered by Ready, then by every event with a number above `after`.
struct Hello {
  std::uint32_t version = link::version;
  base::SessionId session;
  std::uint64_t after = 0;
};

/// Every event up to `number` is on disk.
struct Ack {
  std::uint64_t number = 0;
};

/// Something is wanted of the agent; answered by one Result when there is an `action`.
struct Command {
  std::optional<base::ActionId> action;
  std::string type;  ///< prompt | answer | interrupt | set | finish | stop | kill | resize | keys | input
  std::string ref;   ///< of the approval that is answered
  boost::json::object body;
  std::string caused_by;  ///< stopped | timeout | budget; for stop and kill, empty: stopped
};

/// Shows the screen of a session with a terminal; answered by one Screen.
struct Look {
  std::uint64_t look = 0;        ///< comes back with the answer
  std::uint64_t scrollback = 0;  ///< so many lines above the screen, too
  bool paint = false;            ///< the bytes that draw it, too
  bool explain = false;          ///< every rule that was tried on it, too
};

/// The limits in force have changed.
struct Limits {
  policy::Resources resources;
};

/// The daemon leaves; the runner waits for the next one.
struct Bye {};

using ToRunner = std::variant<Launch, Hello, Ack, Command, Look, Limits, Bye>;

// --- runner to daemon

/// First message of a runner on each connection. `session` is empty before the launch.
struct Ready {
  std::uint32_t version = link::version;
  base::SessionId session;
  base::RuntimeId runtime;
  int runner_pid = 0;
  std::uint64_t runner_start_time = 0;
  std::optional<int> agent_pid;
  std::uint64_t last_number = 0;  ///< of the newest event made so far
};

/// The agent runs.
struct Started {
  int pid = 0;
};

/// Nothing was started; the runner leaves.
struct Refused {
  base::Error error;
};

/// Events with rising numbers without holes.
struct Events {
  std::vector<event::Event> items;
};

/// What became of a command.
struct Result {
  base::ActionId action;
  std::string state;  ///< applied | rejected | failed
  std::string code;   ///< of an Errc, when not applied
  std::string detail;
  std::vector<std::uint64_t> numbers;  ///< events it caused so far
};

/// What is on the screen. `screen` is empty when the session has no terminal.
struct Screen {
  std::uint64_t look = 0;
  boost::json::object screen;  ///< screen::to_json(), and `scrollback[]` when it was asked for
  boost::json::object rules;   ///< {state, rule, tried[]} when it was asked for and there are rules
  std::string paint;
  std::uint64_t offset = 0;  ///< where in the journal stands what it does not show yet
};

/// Every event was acknowledged; the runner leaves.
struct Closed {};

using FromRunner = std::variant<Ready, Started, Refused, Events, Result, Screen, Closed>;

/// The frame of a message. Fails with `too_large`.
base::Result<std::string> encode(const ToRunner& message);
base::Result<std::string> encode(const FromRunner& message);

/// The frame of an `events` message from the events' JSON texts (event::to_json without a stream).
base::Result<std::string> encode_events(const std::vector<std::string_view>& items);

/// Reads a message. Fails with `unsupported` for a type that is not known (the receiver skips it) and
/// `corrupt` for one whose fields cannot be read.
base::Result<ToRunner> to_runner(const boost::json::object& message);
base::Result<FromRunner> from_runner(const boost::json::object& message);

}  // namespace paddock::link
