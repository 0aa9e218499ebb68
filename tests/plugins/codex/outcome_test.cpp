// What a session comes to, for every way it can end.
#include <string>

#include <gtest/gtest.h>

#include "plugins/codex/support.hpp"

namespace {

using namespace paddock::codex;
using paddock::codex::testing::Server;
namespace kit = paddock::sdk::testing;

std::string result(const json::object& outcome) { return std::string(text_of(outcome, "result")); }

struct Failure {
  const char* error;    // of the turn
  const char* kind;     // class of the ERROR
  const char* outcome;  // result of the OUTCOME
};

class CodexFailure : public ::testing::TestWithParam<Failure> {};

TEST_P(CodexFailure, IsToldAndDecides) {
  Server server;
  server.open().begin().end("failed", "turn-1", GetParam().error);
  EXPECT_EQ(text_of(server.last("error"), "class"), GetParam().kind);
  EXPECT_EQ(text_of(server.last("turn"), "outcome"), "failed");
  EXPECT_EQ(server.last_state(), "idle");
  EXPECT_EQ(result(server.exit()), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    All, CodexFailure,
    ::testing::Values(
        Failure{R"({"message":"unexpected status 401 Unauthorized: bad key","codexErrorInfo":{"httpConnectionFailed":)"
                R"({"httpStatusCode":401}}})",
                "auth", "auth_required"},
        Failure{R"({"message":"Missing environment variable: `OPENAI_API_KEY`.","codexErrorInfo":"other"})", "auth",
                "auth_required"},
        Failure{R"({"message":"no","codexErrorInfo":"unauthorized"})", "auth", "auth_required"},
        Failure{R"({"message":"You've hit your usage limit.","codexErrorInfo":"usageLimitExceeded"})", "rate_limit",
                "rate_limited"},
        Failure{R"({"message":"Quota exceeded. Check your plan.","codexErrorInfo":"usageLimitExceeded"})", "quota",
                "quota"},
        Failure{R"({"message":"exceeded retry limit, last status: 429 Too Many Requests","codexErrorInfo":)"
                R"({"responseTooManyFailedAttempts":{"httpStatusCode":429}}})",
                "rate_limit", "rate_limited"},
        Failure{R"({"message":"x","codexErrorInfo":"contextWindowExceeded"})", "context_full", "agent_error"},
        Failure{R"({"message":"x","codexErrorInfo":"serverOverloaded"})", "overloaded", "agent_error"},
        Failure{R"({"message":"x","codexErrorInfo":"internalServerError"})", "server", "agent_error"},
        Failure{R"({"message":"x","codexErrorInfo":{"httpConnectionFailed":{"httpStatusCode":502}}})", "server",
                "agent_error"},
        Failure{R"({"message":"{\"error\":{\"message\":\"bad\",\"type\":\"invalid_request_error\"}}",)"
                R"("codexErrorInfo":"other"})",
                "invalid_request", "agent_error"},
        Failure{R"({"message":"stream disconnected before completion","codexErrorInfo":"other"})", "network",
                "agent_error"},
        Failure{R"({"message":"x","codexErrorInfo":{"responseStreamDisconnected":{"httpStatusCode":null}}})", "network",
                "agent_error"},
        Failure{R"({"message":"something new","codexErrorInfo":"neverHeardOf"})", "unknown", "agent_error"},
        Failure{R"({})", "unknown", "agent_error"}));

TEST(CodexOutcome, TellsWhenALimitIsOver) {
  Server server;
  server.open().begin();
  server.tell(
      "account/rateLimits/updated",
      R"("rateLimits":{"primary":{"usedPercent":100,"windowDurationMins":300,"resetsAt":3600},"secondary":null})");
  server.end("failed", "turn-1", R"({"message":"usage limit","codexErrorInfo":"usageLimitExceeded"})");
  EXPECT_EQ(number_of(server.last("error"), "resets_at"), 3600);
  const json::object outcome = server.exit();
  EXPECT_EQ(result(outcome), "rate_limited");
  EXPECT_TRUE(flag_of(outcome, "retryable"));
  EXPECT_TRUE(outcome.contains("retry_after_s"));
}

TEST(CodexOutcome, IsSuccessAfterAFinishedTurn) {
  Server server;
  server.open().begin();
  server.tell("item/completed", R"("item":{"type":"agentMessage","id":"m","text":"42"})");
  server.end();
  const json::object outcome = server.exit();
  EXPECT_EQ(result(outcome), "success");
  EXPECT_EQ(text_of(outcome, "text"), "42");
  EXPECT_FALSE(flag_of(outcome, "retryable"));
}

TEST(CodexOutcome, CountsTheLastTurnOnly) {
  Server server;
  server.open().begin().end("failed", "turn-1", R"({"message":"no","codexErrorInfo":"unauthorized"})");
  server.prompt("again");
  server.tell("turn/started", R"("turn":{"id":"turn-2"})");
  server.end("completed", "turn-2");
  EXPECT_EQ(result(server.exit()), "success");
}

TEST(CodexOutcome, IsACrashWhenTheAgentGoesAwayInMidTurn) {
  for (const int signal : {0, 9, 11}) {
    Server server;
    server.open().begin();
    const json::object outcome = server.exit(0, signal);
    EXPECT_EQ(result(outcome), "crashed") << signal;
    EXPECT_TRUE(flag_of(outcome, "retryable"));
    EXPECT_EQ(text_of(server.last("turn"), "outcome"), "failed");
  }
}

TEST(CodexOutcome, IsACrashWhenAPromptWasNeverTaken) {
  Server server;
  server.open();
  EXPECT_EQ(result(server.exit()), "crashed");
}

TEST(CodexOutcome, IsACrashWhenTheHandshakeWasNeverAnswered) {
  Server server;
  EXPECT_EQ(result(server.exit()), "crashed");
}

TEST(CodexOutcome, IsInterruptedWhenAPersonStopsATurn) {
  for (const std::uint32_t cause : {PDK_CAUSE_STOPPED, PDK_CAUSE_KILLED}) {
    Server server;
    server.open().begin();
    EXPECT_EQ(result(server.exit(0, cause == PDK_CAUSE_KILLED ? 9 : 0, cause)), "interrupted");
    EXPECT_EQ(text_of(server.last("turn"), "outcome"), "cancelled");
  }
}

TEST(CodexOutcome, StaysSuccessWhenAnIdleSessionIsStopped) {
  Server server;
  server.open().begin().end();
  EXPECT_EQ(result(server.exit(0, 15, PDK_CAUSE_STOPPED)), "success");
}

TEST(CodexOutcome, IsInterruptedWhenStoppedBeforeAnything) {
  Server server(R"({"workdir":"/w"})");
  server.open();
  EXPECT_EQ(result(server.exit(0, 0, PDK_CAUSE_STOPPED)), "interrupted");
}

TEST(CodexOutcome, NamesTheHostsLimits) {
  for (const std::uint32_t cause : {PDK_CAUSE_TIMEOUT, PDK_CAUSE_OUT_OF_MEMORY, PDK_CAUSE_BUDGET}) {
    Server server;
    server.open().begin();
    EXPECT_EQ(result(server.exit(0, 9, cause)), "limit_hit");
  }
}

TEST(CodexOutcome, IsInterruptedAfterAnInterruptedTurn) {
  Server server;
  server.open().begin().end("interrupted");
  EXPECT_EQ(result(server.exit()), "interrupted");
}

TEST(CodexOutcome, QuotesTheLastWordsOfACrash) {
  Server server;
  server.driver.feed(PDK_CH_STDERR, "a warning of the start\n");
  server.open().begin();
  server.driver.feed(PDK_CH_STDERR, "thread 'main' panicked\n");
  EXPECT_EQ(text_of(server.exit(0, 6), "text"), "thread 'main' panicked");
}

TEST(CodexOutcome, BlamesNoWarningOfTheStart) {
  Server server;
  server.driver.feed(PDK_CH_STDERR, "a warning of the start\n");
  server.open().begin();
  EXPECT_FALSE(server.exit(0, 6).contains("text"));
}

TEST(CodexOutcome, IsACrashWhenAnIdleAgentDies) {
  Server server;
  server.open().begin().end();
  EXPECT_EQ(result(server.exit(0, 11)), "crashed");
}

TEST(CodexOutcome, ForgivesASlowDeathAfterTheInputWasEnded) {
  Server server(R"({"prompt":"hi"})");
  server.open().begin().end();
  EXPECT_EQ(result(server.exit(1)), "success");
}

}  // namespace
