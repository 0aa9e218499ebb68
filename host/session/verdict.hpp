// Why a session ended, decided from what is known of its end. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/policy.hpp"
#include "session/record.hpp"

namespace paddock::session {

/// Who made the agent end. Values are PDK_CAUSE_*.
enum class Cause : std::uint8_t { none, stopped, killed, timeout, out_of_memory, budget };

/// Everything that argues for a reason.
struct EndFacts {
  Cause cause = Cause::none;
  std::string cause_detail;  ///< e.g. "no longer than 10m in all"
  std::optional<int> code, signal;
  bool out_of_memory_seen = false;  ///< the kernel's count rose
  std::optional<std::uint64_t> memory_peak, memory_limit;
  std::string process;         ///< name of the main process, for messages
  std::string outcome_result;  ///< of the adapter's outcome: success | agent_error | ...; empty: none
};

/// Whether the kernel took the main process for lack of memory: its count rose and the process died of
/// SIGKILL (or is a shell that passed that on as 137).
bool died_of_memory(const EndFacts& facts) noexcept;

/// The exit with reason and detail. The host's own cause comes first, then the kernel, then the
/// adapter's word, then signal and exit status.
Exit judge_end(const EndFacts& facts);

}  // namespace paddock::session
