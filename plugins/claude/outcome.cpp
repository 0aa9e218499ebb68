// See outcome.hpp.
#include "outcome.hpp"

#include <array>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

struct Verdict {
  std::string_view result;
  bool retryable = false;
};

Verdict of_fault(const Fault& fault) {
  constexpr std::array<std::pair<std::string_view, Verdict>, 7> verdicts{{
      {"auth", {"auth_required", false}},
      {"rate_limit", {"rate_limited", true}},
      {"quota", {"quota", false}},
      {"budget", {"limit_hit", false}},
      {"overloaded", {"agent_error", true}},
      {"server", {"agent_error", true}},
      {"network", {"agent_error", true}},
  }};
  for (const auto& [name, verdict] : verdicts) {
    if (name == fault.error_class) return verdict;
  }
  return {"agent_error", false};
}

/// The host's own deed decides, whatever the agent said last.
std::optional<Verdict> of_cause(std::uint32_t cause) {
  switch (cause) {
    case PDK_CAUSE_STOPPED:
    case PDK_CAUSE_KILLED: return Verdict{"interrupted", false};
    case PDK_CAUSE_TIMEOUT:
    case PDK_CAUSE_OUT_OF_MEMORY:
    case PDK_CAUSE_BUDGET: return Verdict{"limit_hit", false};
    default: return std::nullopt;
  }
}

/// 128 + SIGHUP, SIGINT, SIGTERM: the CLI handles these signals and exits with such a code.
bool was_asked_to_end(const sdk::Exit& exit) { return exit.code == 129 || exit.code == 130 || exit.code == 143; }

Verdict of_ending(const Ending& ending) {
  if (const auto caused = of_cause(ending.exit.cause)) return *caused;
  if (ending.exit.signal != 0) return {"crashed", true};
  if (was_asked_to_end(ending.exit)) return {"interrupted", false};
  if (ending.cut) return ending.fault != nullptr ? of_fault(*ending.fault) : Verdict{"crashed", true};
  if (ending.last_turn == "finished") return {"success", false};
  if (ending.last_turn == "cancelled") return {"interrupted", false};
  if (ending.last_turn == "failed")
    return ending.fault != nullptr ? of_fault(*ending.fault) : Verdict{"agent_error", false};
  return ending.exit.code == 0 ? Verdict{"success", false} : Verdict{"agent_error", false};
}

std::string words(const Ending& ending, const Verdict& verdict) {
  if (verdict.result == "success") return std::string(ending.answer);
  if (ending.fault != nullptr && verdict.result != "interrupted" && verdict.result != "crashed")
    return ending.fault->text;
  if (verdict.result == "interrupted") return std::string(ending.answer);
  if (verdict.result == "limit_hit") return std::string(ending.answer);
  if (ending.exit.signal != 0) return "the agent was ended by signal " + std::to_string(ending.exit.signal);
  std::string text = ending.cut ? "the agent ended in the middle of a turn" : "the agent ended";
  text += " with exit status " + std::to_string(ending.exit.code);
  if (!ending.complaint.empty()) text += ": " + std::string(ending.complaint);
  return text;
}

}  // namespace

json::object outcome_body(const Out& out, const Ending& ending, sdk::Now now) {
  const Verdict verdict = of_ending(ending);
  json::object body = out.body({{"result", verdict.result}, {"retryable", verdict.retryable}});
  if (ending.fault != nullptr && verdict.result == "rate_limited") {
    if (const auto seconds = retry_after(*ending.fault, now)) body["retry_after_s"] = *seconds;
  }
  if (const std::string text = words(ending, verdict); !text.empty()) body["text"] = text;
  return body;
}

}  // namespace paddock::claude
