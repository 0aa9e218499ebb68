// Why a session ended: the host's cause, then the kernel, then the adapter's word, then the exit.
#include "session/verdict.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace paddock::session {
namespace {

struct Case {
  std::string label;
  EndFacts facts;
  ExitReason reason;
};

EndFacts facts(Cause cause, std::optional<int> code, std::optional<int> signal, bool oom, std::string outcome) {
  EndFacts out;
  out.cause = cause;
  out.code = code;
  out.signal = signal;
  out.out_of_memory_seen = oom;
  out.outcome_result = std::move(outcome);
  return out;
}

class Verdict : public testing::TestWithParam<Case> {};

TEST_P(Verdict, FollowsFromTheFacts) { EXPECT_EQ(judge_end(GetParam().facts).reason, GetParam().reason); }

constexpr auto kNone = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    Ends, Verdict,
    testing::Values(
        Case{"StoppedBeatsSuccess", facts(Cause::stopped, 0, kNone, false, "success"), ExitReason::stopped},
        Case{"KilledBeatsMemory", facts(Cause::killed, kNone, SIGKILL, true, ""), ExitReason::killed},
        Case{"TimeoutBeatsSignal", facts(Cause::timeout, kNone, SIGTERM, false, "unknown"), ExitReason::timeout},
        Case{"Budget", facts(Cause::budget, 1, kNone, false, "agent_error"), ExitReason::budget},
        Case{"Memory", facts(Cause::none, kNone, SIGKILL, true, "crashed"), ExitReason::out_of_memory},
        Case{"MemoryThroughAShell", facts(Cause::none, 137, kNone, true, "agent_error"), ExitReason::out_of_memory},
        Case{"AChildsMemoryIsNotTheAgents", facts(Cause::none, 0, kNone, true, "success"), ExitReason::completed},
        Case{"KilledByAStranger", facts(Cause::none, kNone, SIGKILL, false, ""), ExitReason::crashed},
        Case{"Success", facts(Cause::none, 0, kNone, false, "success"), ExitReason::completed},
        Case{"SuccessInspiteOfSignal", facts(Cause::none, kNone, SIGTERM, false, "success"), ExitReason::completed},
        Case{"Auth", facts(Cause::none, 1, kNone, false, "auth_required"), ExitReason::auth_required},
        Case{"Rate", facts(Cause::none, 1, kNone, false, "rate_limited"), ExitReason::rate_limited},
        Case{"Quota", facts(Cause::none, 1, kNone, false, "quota"), ExitReason::rate_limited},
        Case{"Interrupted", facts(Cause::none, 130, kNone, false, "interrupted"), ExitReason::interrupted},
        Case{"AgentError", facts(Cause::none, 0, kNone, false, "agent_error"), ExitReason::agent_error},
        Case{"LimitHit", facts(Cause::none, 0, kNone, false, "limit_hit"), ExitReason::agent_error},
        Case{"SignalWithAgentError", facts(Cause::none, kNone, SIGSEGV, false, "agent_error"), ExitReason::crashed},
        Case{"UnknownAndZero", facts(Cause::none, 0, kNone, false, "unknown"), ExitReason::completed},
        Case{"UnknownAndOne", facts(Cause::none, 1, kNone, false, "unknown"), ExitReason::agent_error},
        Case{"NothingSaidAndZero", facts(Cause::none, 0, kNone, false, ""), ExitReason::completed},
        Case{"NothingKnownAtAll", facts(Cause::none, kNone, kNone, false, ""), ExitReason::agent_error}),
    [](const auto& at) { return at.param.label; });

TEST(VerdictText, NamesTheNumbersOfMemory) {
  EndFacts end = facts(Cause::none, kNone, SIGKILL, true, "");
  end.memory_peak = 64U << 20U;
  end.memory_limit = 64U << 20U;
  end.process = "hog";
  EXPECT_EQ(judge_end(end).detail, "memory: peak 64.0 MiB of 64.0 MiB, by hog");
}

TEST(VerdictText, NamesSignalOrStatus) {
  EXPECT_EQ(judge_end(facts(Cause::none, kNone, SIGSEGV, false, "")).detail, "ended by SIGSEGV");
  EXPECT_EQ(judge_end(facts(Cause::none, 3, kNone, false, "")).detail, "exit status 3");
}

TEST(VerdictText, SaysWhyTheHostEndedIt) {
  EndFacts end = facts(Cause::timeout, kNone, SIGTERM, false, "");
  end.cause_detail = "the total time of 10m passed";
  EXPECT_EQ(judge_end(end).detail, "the total time of 10m passed; ended by SIGTERM");
}

}  // namespace
}  // namespace paddock::session
