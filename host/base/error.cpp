// Names of the error codes, and errno as a sentence.
#include "base/error.hpp"

#include <stdexcept>
#include <system_error>

namespace paddock::base {

std::string_view name(Errc code) noexcept {
  switch (code) {
    case Errc::internal: return "internal";
    case Errc::invalid_request: return "invalid_request";
    case Errc::bad_config: return "bad_config";
    case Errc::not_found: return "not_found";
    case Errc::ambiguous: return "ambiguous";
    case Errc::already_exists: return "already_exists";
    case Errc::adapter_refused: return "adapter_refused";
    case Errc::adapter_failed: return "adapter_failed";
    case Errc::agent_not_found: return "agent_not_found";
    case Errc::start_failed: return "start_failed";
    case Errc::limit_unavailable: return "limit_unavailable";
    case Errc::policy_denied: return "policy_denied";
    case Errc::forbidden: return "forbidden";
    case Errc::unauthorized: return "unauthorized";
    case Errc::wrong_state: return "wrong_state";
    case Errc::busy: return "busy";
    case Errc::stale_runtime: return "stale_runtime";
    case Errc::stale_state: return "stale_state";
    case Errc::stale_snapshot: return "stale_snapshot";
    case Errc::approval_closed: return "approval_closed";
    case Errc::idempotency_mismatch: return "idempotency_mismatch";
    case Errc::unsupported: return "unsupported";
    case Errc::cursor_mismatch: return "cursor_mismatch";
    case Errc::cursor_expired: return "cursor_expired";
    case Errc::too_large: return "too_large";
    case Errc::too_many: return "too_many";
    case Errc::timeout: return "timeout";
    case Errc::unavailable: return "unavailable";
    case Errc::io: return "io";
    case Errc::corrupt: return "corrupt";
    case Errc::lost: return "lost";
  }
  return "internal";
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(name(error.code)) + ": " + error.detail + " (value taken of a failed result in " +
                         where.file_name() + ")");
}

Error fail_errno(std::string_view what, int errno_value) {
  return fail(Errc::io, std::string(what) + ": " + std::generic_category().message(errno_value));
}

}  // namespace paddock::base
