// From facts to one reason.
#include "session/verdict.hpp"

#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/size.hpp"

namespace paddock::session {
namespace {

constexpr int kShellKilled = 128 + SIGKILL;

std::string signal_name(int signo) {
  const char* name = ::sigabbrev_np(signo);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signo);
}

std::string process_end(const EndFacts& facts) {
  if (facts.signal) return fmt::format("ended by {}", signal_name(*facts.signal));
  if (facts.code) return fmt::format("exit status {}", *facts.code);
  return "its end was not seen";
}

std::string memory_detail(const EndFacts& facts) {
  std::string text = "memory:";
  if (facts.memory_peak) text += " peak " + base::format_size(base::ByteSize(*facts.memory_peak));
  if (facts.memory_limit) text += " of " + base::format_size(base::ByteSize(*facts.memory_limit));
  if (!facts.memory_peak && !facts.memory_limit) text += " the limit was reached";
  if (!facts.process.empty()) text += ", by " + facts.process;
  return text;
}

std::optional<ExitReason> reason_of(Cause cause) {
  switch (cause) {
    case Cause::stopped: return ExitReason::stopped;
    case Cause::killed: return ExitReason::killed;
    case Cause::timeout: return ExitReason::timeout;
    case Cause::budget: return ExitReason::budget;
    case Cause::none:
    case Cause::out_of_memory: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ExitReason> reason_of(std::string_view outcome) {
  if (outcome == "success") return ExitReason::completed;
  if (outcome == "auth_required") return ExitReason::auth_required;
  if (outcome == "rate_limited" || outcome == "quota") return ExitReason::rate_limited;
  if (outcome == "interrupted") return ExitReason::interrupted;
  if (outcome == "crashed") return ExitReason::crashed;
  return std::nullopt;
}

}  // namespace

bool died_of_memory(const EndFacts& facts) noexcept {
  return facts.out_of_memory_seen && (facts.signal == SIGKILL || facts.code == kShellKilled);
}

Exit judge_end(const EndFacts& facts) {
  Exit exit{facts.code, facts.signal, ExitReason::completed, process_end(facts)};
  if (const auto reason = reason_of(facts.cause)) {
    exit.reason = *reason;
    if (!facts.cause_detail.empty()) exit.detail = facts.cause_detail + "; " + exit.detail;
    return exit;
  }
  if (died_of_memory(facts)) {
    exit.reason = ExitReason::out_of_memory;
    exit.detail = memory_detail(facts);
    return exit;
  }
  if (const auto reason = reason_of(facts.outcome_result)) {
    exit.reason = *reason;
    return exit;
  }
  if (facts.signal) {
    exit.reason = ExitReason::crashed;
  } else if (facts.code != 0 || (!facts.outcome_result.empty() && facts.outcome_result != "unknown")) {
    exit.reason = ExitReason::agent_error;
  }
  return exit;
}

}  // namespace paddock::session
