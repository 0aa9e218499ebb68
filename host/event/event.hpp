// What happened: the one record that runner, store, watchers, metrics and API share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace paddock::event {

/// What kind of thing happened. Names are the contract's, see name(). Append only.
enum class Kind : std::uint8_t {
  session,
  turn,
  state,
  message,
  reasoning,
  tool_call,
  tool_result,
  approval_request,
  approval_resolved,
  question,
  usage,
  plan_update,
  file_change,
  error,
  notice,
  outcome,
  resource,
  restart,
  job,
  workspace,
  target,
  pool,
  policy,
  unknown,
};

/// The contract's name of a kind, e.g. "tool_call".
std::string_view name(Kind kind) noexcept;

/// The kind of that name, or nothing.
std::optional<Kind> kind_of(std::string_view name) noexcept;

/// Where the evidence came from.
enum class Channel : std::uint8_t { none, out, err, pty, hook, tail, process, screen, host };

/// "stdout", "stderr", "pty", "hook", "tail", "process", "screen", "host"; "none" for Channel::none.
std::string_view name(Channel channel) noexcept;
std::optional<Channel> channel_of(std::string_view name) noexcept;

/// The half-open byte range of a channel's stream that an event was read from.
struct Source {
  Channel channel = Channel::none;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const Source&, const Source&) = default;
};

/// One event. A value: whoever holds it owns it.
///
/// `number` counts the events of one runtime from 1 without holes and is given by the runner; together
/// with `runtime` it is the event's identity, so a repeated one is recognised. `seq` is the host-wide
/// order and is given by the store when the event is saved; 0 before that.
struct Event {
  std::uint64_t seq = 0;
  std::uint64_t number = 0;
  base::WallTime time{};         ///< when it took effect, by the runner's clock
  base::WallTime observed_at{};  ///< when the host received it
  base::SessionId session;
  base::RuntimeId runtime;  ///< empty for events the host makes about a session
  Kind kind = Kind::unknown;
  Source source;
  bool partial = false;  ///< a piece; the final event with the same ref carries the whole
  std::string ref;       ///< correlation id: message, tool call or approval
  std::optional<base::ActionId> action;
  boost::json::object data;  ///< the kind's own fields, see sdk/include/paddock/adapter.h

  friend bool operator==(const Event&, const Event&) = default;
};

/// The event as the contract shows it. `stream` is the host's stream id. Fields without a value are
/// left out; `ref` and `partial` stand in `data`.
boost::json::object to_json(const Event& event, std::string_view stream);

/// Reads to_json()'s form (the stream id is ignored). Fails with `corrupt`.
base::Result<Event> from_json(const boost::json::object& object);

}  // namespace paddock::event
