// How a session is said to have ended.
#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

void fails(Agent& agent, std::string_view word, std::string_view words) {
  agent.begins_turn();
  agent.says("{'type':'assistant','error':'" + std::string(word) +
             "','message':{'id':'m','content':[{'type':'text','text':'" + std::string(words) + "'}]}}");
  agent.says("{'type':'result','subtype':'success','is_error':true,'result':'" + std::string(words) +
             "','terminal_reason':'completed'}");
}

TEST(Outcome, IsTheFinalAnswer) {
  Agent agent;
  agent.begins_turn();
  agent.ends_turn("first");
  agent.begins_turn();
  agent.ends_turn("second");
  const json::object outcome = agent.ends();
  EXPECT_EQ(text(outcome, "result"), "success");
  EXPECT_EQ(text(outcome, "text"), "second");
  EXPECT_FALSE(outcome.at("retryable").as_bool());
}

TEST(Outcome, OfARefusedLoginAsksForALogin) {
  Agent agent;
  fails(agent, "authentication_failed", "Not logged in");
  const json::object outcome = agent.ends(1);
  EXPECT_EQ(text(outcome, "result"), "auth_required");
  EXPECT_EQ(text(outcome, "text"), "Not logged in");
}

TEST(Outcome, OfAnEmptyAccountIsQuota) {
  Agent agent;
  fails(agent, "billing_error", "Credit balance is too low");
  EXPECT_EQ(text(agent.ends(1), "result"), "quota");
}

TEST(Outcome, OfTroubleElsewhereMayBeTriedAgain) {
  for (const char* word : {"server_error", "overloaded", "rate_limit"}) {
    Agent agent;
    fails(agent, word, "later");
    EXPECT_TRUE(agent.ends(1).at("retryable").as_bool()) << word;
  }
}

TEST(Outcome, FollowsTheLastTurn) {
  Agent agent;
  fails(agent, "server_error", "later");
  agent.begins_turn();
  agent.ends_turn("fine");
  EXPECT_EQ(text(agent.ends(), "result"), "success");
}

TEST(Outcome, OfACancelledTurnIsInterrupted) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'result','subtype':'error_during_execution','is_error':true,'terminal_reason':'aborted_streaming','"
      "errors':['x']}");
  EXPECT_EQ(text(agent.bodies("turn").back(), "outcome"), "cancelled");
  EXPECT_TRUE(agent.bodies("error").empty());
  EXPECT_EQ(text(agent.ends(1), "result"), "interrupted");
}

TEST(Outcome, OfAProcessThatEndsInATurnIsACrash) {
  Agent agent;
  agent.begins_turn();
  const json::object outcome = agent.ends(0);
  EXPECT_EQ(text(outcome, "result"), "crashed");
  EXPECT_EQ(text(agent.bodies("turn").back(), "outcome"), "failed");
}

TEST(Outcome, OfASignalIsACrashThatNamesIt) {
  Agent agent;
  const json::object outcome = agent.ends(-1, 11);
  EXPECT_EQ(text(outcome, "result"), "crashed");
  EXPECT_EQ(text(outcome, "text"), "the agent was ended by signal 11");
}

TEST(Outcome, OfASignalTheCliHandledIsInterrupted) {
  Agent agent;
  agent.begins_turn();
  EXPECT_EQ(text(agent.ends(143), "result"), "interrupted");
}

TEST(Outcome, NamesTheHostsOwnDeedFirst) {
  const std::pair<std::uint32_t, const char*> causes[] = {{PDK_CAUSE_STOPPED, "interrupted"},
                                                          {PDK_CAUSE_KILLED, "interrupted"},
                                                          {PDK_CAUSE_TIMEOUT, "limit_hit"},
                                                          {PDK_CAUSE_OUT_OF_MEMORY, "limit_hit"},
                                                          {PDK_CAUSE_BUDGET, "limit_hit"}};
  for (const auto& [cause, wanted] : causes) {
    Agent agent;
    agent.begins_turn();
    EXPECT_EQ(text(agent.ends(-1, 9, cause), "result"), wanted);
  }
}

TEST(Outcome, OfAFailedStartHasTheLastWordsOfStandardError) {
  kit::Driver driver(paddock_adapter_v1, launch());
  driver.started();
  driver.feed(PDK_CH_STDERR, "Error: Session ID x is already in use.\n");
  driver.eof(PDK_CH_STDOUT);
  driver.eof(PDK_CH_STDERR);
  driver.exited(1);
  const json::object outcome = driver.seen().of("outcome").at(0).at("body").as_object();
  EXPECT_EQ(text(outcome, "result"), "agent_error");
  EXPECT_EQ(text(outcome, "text"), "the agent ended with exit status 1: Error: Session ID x is already in use.");
}

TEST(Outcome, KeepsOnlyTheEndOfALongComplaint) {
  kit::Driver driver(paddock_adapter_v1, launch());
  driver.started();
  for (int i = 0; i < 5000; ++i) driver.feed(PDK_CH_STDERR, "line " + std::to_string(i) + "\n");
  driver.exited(1);
  const std::string words = text(driver.seen().of("outcome").at(0).at("body").as_object(), "text");
  EXPECT_TRUE(words.ends_with("line 4999"));
  EXPECT_LT(words.size(), 2200U);
}

TEST(Outcome, OfASessionWithoutTurnsIsItsExitStatus) {
  Agent agent;
  EXPECT_EQ(text(agent.ends(0), "result"), "success");
}

}  // namespace
}  // namespace paddock::claude::test
