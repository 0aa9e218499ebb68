// What a person wants of a session, read from the body of an action.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "base/time.hpp"
#include "policy/policy.hpp"
#include "session/record.hpp"

namespace paddock::control {

enum class Verb : std::uint8_t {
  send,
  approve,
  deny,
  answer,
  interrupt,
  stop,
  kill,
  set,
  resize,
  keys,
  attach,
  view_output,
};
std::string_view name(Verb verb) noexcept;
std::optional<Verb> verb_of(std::string_view name) noexcept;

/// What the caller last saw of the session.
struct Expect {
  std::optional<std::string> runtime_id;
  std::optional<std::uint64_t> state_version;
  std::optional<std::uint64_t> max_age_ms;

  friend bool operator==(const Expect&, const Expect&) = default;
};

/// When a prompt is to be delivered.
enum class When : std::uint8_t { now, idle, interrupt };

/// An action, read and checked for its shape; whether it may happen is for others to say.
struct ActionRequest {
  Verb verb = Verb::send;
  std::string request_ref;
  Expect expect;
  When when = When::now;
  std::string ref;                    ///< approve, deny, answer: the approval
  boost::json::object body;           ///< what goes to the agent: {text}, {decision, ...}, {model, ...}
  policy::Resources limits;           ///< set: only what is named
  std::optional<std::string> policy;  ///< set
  std::optional<session::Mode> mode;  ///< set
};

/// Reads the body of POST /v1/sessions/{id}/actions. Fails with `invalid_request` and an error for each
/// wrong place: an unknown type, a field that this type does not have, a wrong value.
base::Result<ActionRequest> action_from_json(const boost::json::value& body);

/// What must hold of the session for a command to be right: `expect`, that it lives, that it is free for
/// a prompt, that the approval is open. `confirmed`: the runner is connected, so the record is as new as
/// can be. Fails with `stale_runtime`, `stale_state`, `stale_snapshot`, `wrong_state`, `busy`,
/// `approval_closed` or `unsupported`.
base::Result<> permit_action(const ActionRequest& request, const session::Record& record, base::WallTime now,
                             bool confirmed);

/// The runner's word for what the action does: "prompt", "answer", "interrupt", "set", "stop", "kill", "resize",
/// "keys".
std::string_view command_type(Verb verb) noexcept;

}  // namespace paddock::control
