// Why a turn failed: the CLI's own error words made into the classes that every adapter uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "out.hpp"

namespace paddock::claude {

/// One failure of the agent or of the service behind it.
struct Fault {
  std::string_view error_class;           ///< of the vocabulary in adapter.h; static text
  std::string agent_class;                ///< the CLI's own word, may be empty
  std::string text;                       ///< for people
  std::optional<std::int64_t> status;     ///< HTTP status
  std::optional<std::int64_t> resets_at;  ///< seconds since 1970: when a limit ends
};

/// The class for the CLI's word (`error` of an assistant or api_retry line, or a result's subtype), with
/// the HTTP status and text as further evidence.
std::string_view classify(std::string_view agent_class, std::string_view text, std::optional<std::int64_t> status,
                          std::string_view stop_reason = {});

/// ERROR for a failure that ended something. `parent` names the call of a sub-agent.
void tell(Out& out, sdk::Now now, const Fault& fault, std::string_view parent = {});

/// ERROR {retrying: true} for a `system/api_retry` line.
void tell_retry(Out& out, const json::object& line);

/// Seconds from now until the limit ends, at least 0; nothing when that is not known.
std::optional<std::int64_t> retry_after(const Fault& fault, sdk::Now now);

/// `seconds` since 1970 as RFC 3339 in UTC, e.g. 2026-11-21T05:16:34Z; empty when out of range.
std::string rfc3339(std::int64_t seconds);

}  // namespace paddock::claude
