// Turns, from the prompt to the outcome of the session.
#include <csignal>

#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::string_literals;

std::string outcome(const json::object& body) { return text(body, "result"); }

constexpr std::string_view kHello = "{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'loadSession':true}}}";

TEST(Turn, AnAnswerIsToldInPiecesAndAsAWhole) {
  Agent agent;
  agent.prompt("hi");
  agent.speaks("Hello ");
  agent.speaks("there");
  agent.ends_turn();
  const auto messages = agent.seen().of("message");
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(text(messages[2].at("body").as_object(), "text"), "Hello there");
  EXPECT_EQ(text(messages[2], "ref"), text(messages[0], "ref"));
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "Hello there");
  EXPECT_THAT(states(agent.seen()), ElementsAre("starting", "idle", "working", "idle"));
}

TEST(Turn, OneShotEndsAfterItsAnswer) {
  Agent agent({{"prompt", "hi"}, {"keep_open", false}});
  agent.speaks("done");
  agent.ends_turn();
  EXPECT_TRUE(agent.seen().input_closed);
  const json::object end = agent.exits();
  EXPECT_EQ(outcome(end), "success");
  EXPECT_EQ(text(end, "text"), "done");
}

TEST(Turn, ASecondPromptWaitsForTheFirst) {
  Agent agent;
  agent.prompt("one");
  agent.written();
  EXPECT_EQ(agent.prompt("two"), PDK_OK);
  EXPECT_EQ(agent.written(), "");
  agent.ends_turn();
  EXPECT_THAT(agent.written(), HasSubstr("two"));
  agent.ends_turn();
  EXPECT_EQ(agent.seen().of("turn").size(), 4U);
}

TEST(Turn, TooManyWaitingPromptsAreRefused) {
  Agent agent({}, false);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(agent.prompt("x"), PDK_OK);
  EXPECT_EQ(agent.prompt("x"), PDK_E_NOT_NOW);
  EXPECT_EQ(agent.prompt(""), PDK_E_ARGUMENT);
}

TEST(Turn, ALimitIsFinishedAndSaid) {
  Agent agent;
  agent.prompt("x");
  agent.ends_turn("max_tokens");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished");
  EXPECT_EQ(text(bodies(agent.seen(), "notice").back(), "code"), "max_tokens");
}

TEST(Turn, ARefusalFails) {
  Agent agent({{"prompt", "x"}, {"keep_open", false}});
  agent.ends_turn("refusal");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "failed");
  EXPECT_EQ(text(bodies(agent.seen(), "error").back(), "class"), "refusal");
  EXPECT_EQ(outcome(agent.exits()), "agent_error");
}

TEST(Turn, AnAnswerWithoutAReasonIsFinished) {
  Agent agent;
  agent.prompt("x");
  agent.says("{'id':2,'result':null}");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished");
}

TEST(Turn, WordsAfterItsEndAreStillTold) {
  Agent agent;
  agent.prompt("x");
  agent.ends_turn();
  agent.speaks("one more thing");
  EXPECT_EQ(text(bodies(agent.seen(), "message").back(), "text"), "one more thing");
  EXPECT_EQ(states(agent.seen()).back(), "idle");
}

TEST(Turn, AnAnswerThatComesTwiceEndsOnlyOneTurn) {
  Agent agent;
  agent.prompt("x");
  agent.says("{'id':2,'result':{'stopReason':'end_turn'}}");
  agent.says("{'id':2,'result':{'stopReason':'end_turn'}}");
  EXPECT_EQ(agent.seen().of("turn").size(), 2U);
  EXPECT_EQ(agent.seen().of("unknown").size(), 1U);
}

TEST(Interrupt, EndsTheTurnAndKeepsTheSession) {
  Agent agent;
  agent.prompt("x");
  agent.speaks("half");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"("method":"session/cancel","params":{"sessionId":"s1"})"));
  agent.ends_turn("cancelled");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "cancelled");
  EXPECT_TRUE(bodies(agent.seen(), "message").back().at("incomplete").as_bool());
  EXPECT_EQ(agent.prompt("again"), PDK_OK);
}

TEST(Interrupt, AnErrorAfterItIsACancelledTurn) {
  Agent agent;
  agent.prompt("x");
  agent.command(PDK_CMD_INTERRUPT);
  agent.says("{'id':2,'error':{'code':-32603,'message':'aborted'}}");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "cancelled");
}

TEST(Interrupt, AnAgentThatWasJustDoneHasFinished) {
  Agent agent;
  agent.prompt("x");
  agent.command(PDK_CMD_INTERRUPT);
  agent.ends_turn("end_turn");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished");
}

TEST(Interrupt, AnAgentThatIgnoresItIsEnded) {
  Agent agent;
  agent.prompt("x");
  agent.command(PDK_CMD_INTERRUPT);
  agent.driver().advance(9'000'000'000);
  EXPECT_THAT(agent.seen().signals, IsEmpty());
  agent.driver().advance(2'000'000'000);
  EXPECT_THAT(agent.seen().signals, ElementsAre(SIGTERM));
  EXPECT_EQ(outcome(agent.exits(0, SIGTERM)), "interrupted");
}

TEST(Interrupt, WithoutATurnThereIsNothingToEnd) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_E_NOT_NOW);
}

TEST(Interrupt, APromptThatWasNotSentIsForgotten) {
  Agent agent({{"prompt", "x"}, {"keep_open", false}}, false);
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  agent.says(kHello);
  agent.says("{'id':1,'result':{'sessionId':'s1'}}");
  EXPECT_THAT(agent.written(), Not(HasSubstr("session/prompt")));
  EXPECT_TRUE(agent.seen().input_closed);
}

TEST(Set, ChangesModeAndModelOfALivingSession) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"permission_mode", "plan"}}), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr("session/set_mode"));
  EXPECT_EQ(agent.seen().of("session").size(), 1U) << "told before the agent agreed";
  agent.says("{'id':2,'result':{}}");
  EXPECT_EQ(text(bodies(agent.seen(), "session").back(), "permission_mode"), "plan");
}

TEST(Set, WhatIsNotOfferedIsRefused) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"permission_mode", "fly"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"model", "m"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, json::object{}), PDK_E_ARGUMENT);
}

TEST(Set, ARefusalOfTheAgentIsANotice) {
  Agent agent;
  agent.command(PDK_CMD_SET, {}, {{"permission_mode", "plan"}});
  agent.says("{'id':2,'error':{'code':-32602,'message':'no'}}");
  EXPECT_EQ(text(bodies(agent.seen(), "notice").back(), "code"), "setting_refused");
  EXPECT_FALSE(agent.seen().input_closed);
}

TEST(Finish, WaitsForTheTurn) {
  Agent agent;
  agent.prompt("x");
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_FALSE(agent.seen().input_closed);
  EXPECT_EQ(agent.prompt("more"), PDK_E_NOT_NOW);
  agent.ends_turn();
  EXPECT_TRUE(agent.seen().input_closed);
  EXPECT_EQ(outcome(agent.exits()), "success");
}

TEST(Finish, AfterItNothingIsTaken) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_E_NOT_NOW);
  EXPECT_EQ(outcome(agent.exits()), "success");
}

struct End {
  const char* name;
  const char* error;
  const char* kind;
  const char* result;
};

class Failure : public testing::TestWithParam<End> {};

TEST_P(Failure, IsClassified) {
  Agent agent({{"prompt", "x"}, {"keep_open", false}});
  agent.says("{'id':2,'error':"s + GetParam().error + "}");
  EXPECT_EQ(text(bodies(agent.seen(), "error").back(), "class"), GetParam().kind);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "failed");
  EXPECT_EQ(outcome(agent.exits()), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    All, Failure,
    testing::Values(End{"Login", "{'code':-32000,'message':'Authentication required'}", "auth", "auth_required"},
                    End{"Http401", "{'code':401,'message':'no'}", "auth", "auth_required"},
                    End{"WrongKey", "{'code':400,'message':'API key not valid.'}", "auth", "auth_required"},
                    End{"Http429", "{'code':429,'message':'slow down'}", "rate_limit", "rate_limited"},
                    End{"DailyQuota", "{'code':429,'message':'You have exhausted your daily quota on this model.'}",
                        "quota", "quota"},
                    End{"Http500", "{'code':500,'message':'boom'}", "server", "agent_error"},
                    End{"Http503", "{'code':503,'message':'busy'}", "overloaded", "agent_error"},
                    End{"Overloaded", "{'code':-32603,'message':'The model is overloaded'}", "overloaded",
                        "agent_error"},
                    End{"ContextFull", "{'code':400,'message':'input token count exceeds the maximum'}", "context_full",
                        "agent_error"},
                    End{"Details", "{'code':-32603,'message':'Internal error','data':{'details':'fetch failed'}}",
                        "network", "agent_error"},
                    End{"Unknown", "{'code':-32603,'message':'Internal error'}", "unknown", "agent_error"},
                    End{"NoMessage", "{}", "unknown", "agent_error"}),
    [](const auto& end) { return end.param.name; });

TEST(Failure, ALimitSaysWhenItIsOver) {
  Agent agent({{"prompt", "x"}, {"keep_open", false}});
  agent.says("{'id':2,'error':{'code':429,'message':'Rate limit. Please retry in 1m30.5s.'}}");
  const json::object error = bodies(agent.seen(), "error").back();
  EXPECT_EQ(error.at("retry_after_s").as_int64(), 91);
  EXPECT_EQ(error.at("resets_at").as_int64(), 1'700'000'091);
  const json::object end = agent.exits();
  EXPECT_EQ(end.at("retry_after_s").as_int64(), 91);
  EXPECT_TRUE(end.at("retryable").as_bool());
}

TEST(Failure, ALaterTurnThatSucceedsMakesTheSessionASuccess) {
  Agent agent;
  agent.prompt("x");
  agent.says("{'id':2,'error':{'code':500,'message':'boom'}}");
  agent.prompt("y");
  agent.says("{'id':3,'result':{'stopReason':'end_turn'}}");
  agent.command(PDK_CMD_FINISH);
  EXPECT_EQ(outcome(agent.exits()), "success");
}

TEST(Exit, InMidTurnIsACrash) {
  Agent agent({{"prompt", "x"}});
  const json::object end = agent.exits(0);
  EXPECT_EQ(outcome(end), "crashed");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "failed");
}

TEST(Exit, InMidTurnBecauseAPersonStoppedItIsInterrupted) {
  Agent agent({{"prompt", "x"}});
  EXPECT_EQ(outcome(agent.exits(0, SIGTERM, PDK_CAUSE_STOPPED)), "interrupted");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "cancelled");
}

TEST(Exit, AtALimitOfTheHostSaysSo) {
  Agent agent({{"prompt", "x"}});
  EXPECT_EQ(outcome(agent.exits(0, SIGKILL, PDK_CAUSE_OUT_OF_MEMORY)), "limit_hit");
}

TEST(Exit, AProgramThatRefusesToStartHasItsOwnWords) {
  Agent agent({{"prompt", "x"}}, false);
  agent.driver().feed(PDK_CH_STDERR, "Error: unknown option '--acp'\nTry --help\n");
  const json::object end = agent.exits(1);
  EXPECT_EQ(outcome(end), "agent_error");
  EXPECT_EQ(text(end, "text"), "Error: unknown option '--acp'");
}

}  // namespace
}  // namespace paddock::acp::test
