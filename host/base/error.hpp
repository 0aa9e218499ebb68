// How this program says that something failed: a code for programs, a sentence for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

namespace paddock::base {

/// What went wrong. Each value has one stable snake_case name (`name()`), which is the `code` of the
/// API's problem documents. Append only.
enum class Errc : std::uint16_t {
  internal = 1,          ///< our own mistake
  invalid_request,       ///< the caller's input is wrong; `Error::errors` says where
  bad_config,            ///< a configuration or policy file is wrong
  not_found,             ///< no object of that id or name
  ambiguous,             ///< a shortened id fits several objects
  already_exists,        ///< a name is taken
  adapter_refused,       ///< the adapter was not loaded, or said no to the launch
  adapter_failed,        ///< the adapter broke its contract while running
  agent_not_found,       ///< the agent's program is not on this machine
  start_failed,          ///< the agent could not be started
  limit_unavailable,     ///< this machine cannot enforce a limit that was asked for
  policy_denied,         ///< the policy forbids it
  forbidden,             ///< the caller may not do this
  unauthorized,          ///< the caller did not say who it is
  wrong_state,           ///< the object is not in a state that allows this
  busy,                  ///< the session works or waits; try `when: idle` or `interrupt`
  stale_runtime,         ///< `expect.runtime_id` is not the present one
  stale_state,           ///< `expect.state_version` is not the present one
  stale_snapshot,        ///< the state is older than `expect.max_age_ms` and cannot be confirmed
  approval_closed,       ///< the approval is no longer open
  idempotency_mismatch,  ///< the same request_ref came with another body
  unsupported,           ///< this agent or mode cannot do that
  cursor_mismatch,       ///< the cursor belongs to another stream
  cursor_expired,        ///< the cursor is older than what is kept
  too_large,             ///< a body, line or list is over its limit
  too_many,              ///< a queue, table or the host itself is full
  timeout,               ///< the time given for it passed
  unavailable,           ///< something needed is not there now
  io,                    ///< the operating system said no
  corrupt,               ///< stored data does not fit its own rules
  lost,                  ///< the process that held it is gone
};

/// The stable name of `code`, e.g. "limit_unavailable".
std::string_view name(Errc code) noexcept;

/// One place in the input that is wrong.
struct FieldError {
  std::string pointer;  ///< JSON pointer, e.g. "/limits/memory_max_bytes"
  std::string detail;

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// A failure as a value. `detail` names the object in single quotes and says what happens next.
struct Error {
  Errc code = Errc::internal;
  std::string detail;
  std::vector<FieldError> errors;

  friend bool operator==(const Error&, const Error&) = default;
};

/// Called by Boost when the value of a failed Result is taken: a bug, so it throws.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

/// The value, or why there is none.
template <class T = void>
using Result = boost::system::result<T, Error>;

/// A failed Result with a code and a sentence.
inline Error fail(Errc code, std::string detail) { return Error{code, std::move(detail), {}}; }

/// An `io` error that names what was tried and adds the text of `errno_value`:
/// "cannot open '/x': Permission denied".
Error fail_errno(std::string_view what, int errno_value);

}  // namespace paddock::base
