// What can happen to a session, as the journal keeps it: the only things its machine ever learns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "event/event.hpp"

namespace paddock::session {

/// When an input was taken into the journal.
struct Stamp {
  base::WallTime wall{};
  std::uint64_t mono_ns = 0;  ///< never falls within one session

  friend bool operator==(const Stamp&, const Stamp&) = default;
};

namespace input {

/// The agent's process runs. First of all, once.
struct Started {
  int pid = 0;
};

/// Bytes exactly as read, at most limits::read_chunk_bytes. The view is read during step() and, as
/// part of a Call, until that call is answered.
struct Output {
  event::Channel channel = event::Channel::out;
  std::string_view bytes;
};

/// A channel ended.
struct Eof {
  event::Channel channel = event::Channel::out;
};

/// Somebody wants something; the fields are link::Command's.
struct Command {
  std::optional<base::ActionId> action;
  std::string type;
  std::string ref;
  boost::json::object body;
  std::string caused_by;
};

/// Time passed. Given when Machine::wake_at_ns() has come.
struct Tick {};

/// The agent has read everything up to this count of bytes written to its input.
struct InputTaken {
  std::uint64_t total = 0;
};

/// The agent's input is gone: it closed it, or nothing can be written any more.
struct InputLost {
  std::string why;
};

/// The adapter is not called any more.
struct AdapterFailed {
  std::string code;    ///< hang | crash | contract | internal
  std::string detail;  ///< one sentence
};

/// Something the kernel told. `numbers` goes into the `resource` event as it is.
struct Fact {
  std::string kind;  ///< oom_kill | pids_limit | journal_full | limits
  boost::json::object numbers;
};

/// The agent's main process is gone, every channel has ended, and its group is empty. Last of all.
struct Exited {
  std::optional<int> code;
  std::optional<int> signal;
  boost::json::object resources;  ///< final figures: memory_peak_bytes, cpu_seconds, oom_kills, ...
};

}  // namespace input

using Input = std::variant<input::Started, input::Output, input::Eof, input::Command, input::Tick, input::InputTaken,
                           input::InputLost, input::AdapterFailed, input::Fact, input::Exited>;

}  // namespace paddock::session
