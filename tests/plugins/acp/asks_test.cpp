// Approvals and questions: what a person sees, and what the agent gets for an answer.
#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const json::object kAllow{{"decision", "allow"}};
const json::object kDeny{{"decision", "deny"}};
const json::object kAllowAlways{{"decision", "allow"}, {"remember", true}};
const json::object kDenyAlways{{"decision", "deny"}, {"remember", true}};

/// In mid-turn, with one request open.
class AskingAgent : public Agent {
 public:
  AskingAgent() {
    prompt("do it");
    asks(7);
    written();
  }
};

std::string answered(const json::object& body) {
  Agent agent;
  agent.prompt("do it");
  agent.asks(7);
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", body), PDK_OK);
  return agent.written();
}

TEST(Approval, ShowsTheCommandAndWhatCanBeChosen) {
  Agent agent;
  agent.prompt("do it");
  agent.asks(7);
  const json::object body = bodies(agent.seen(), "approval_request").at(0);
  EXPECT_EQ(text(body, "tool"), "shell");
  EXPECT_EQ(text(body, "tool_class"), "shell");
  EXPECT_EQ(text(body, "command"), "touch x");
  EXPECT_EQ(text(body, "call"), "t1");
  EXPECT_EQ(body.at("options").as_array().size(), 4U);
  EXPECT_EQ(states(agent.seen()).back(), "blocked:approval");
  EXPECT_EQ(text(agent.seen().of("state").back(), "ref"), "7");
}

TEST(Approval, IsAnsweredWithTheOptionOfItsKind) {
  EXPECT_THAT(answered(kAllow), HasSubstr(R"("optionId":"a1")"));
  EXPECT_THAT(answered(kAllowAlways), HasSubstr(R"("optionId":"aa")"));
  EXPECT_THAT(answered(kDeny), HasSubstr(R"("optionId":"r1")"));
  EXPECT_THAT(answered(kDenyAlways), HasSubstr(R"("optionId":"ra")"));
}

TEST(Approval, AnnouncesACallThatNobodyHeardOf) {
  Agent agent;
  agent.prompt("do it");
  agent.asks(7);
  EXPECT_EQ(agent.seen().of("tool_call").size(), 1U);
}

TEST(Approval, AYesForThisTimeIsNeverMadeAYesForEver) {
  Agent agent;
  agent.prompt("do it");
  agent.says(
      "{'id':7,'method':'session/request_permission','params':{'toolCall':{'toolCallId':'t'},'options':["
      "{'optionId':'aa','kind':'allow_always','name':'Always'},{'optionId':'x','kind':'strange','name':'?'}]}}");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.written(), "");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllowAlways), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"("optionId":"aa")"));
}

TEST(Approval, ANoWithoutAnOptionIsACancel) {
  Agent agent;
  agent.prompt("do it");
  agent.says(
      "{'id':7,'method':'session/request_permission','params':{'toolCall':{'toolCallId':'t'},'options':["
      "{'optionId':'a','kind':'allow_once','name':'Yes'}]}}");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kDeny), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"({"outcome":{"outcome":"cancelled"}})"));
}

TEST(Approval, AnAnsweredOneCannotBeAnsweredAgain) {
  AskingAgent agent;
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_OK);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "8", kAllow), PDK_E_ARGUMENT);
  EXPECT_EQ(states(agent.seen()).back(), "working");
}

TEST(Approval, ADeniedCallIsDeniedEvenWhenTheAgentCallsItCompleted) {
  AskingAgent agent;
  agent.command(PDK_CMD_ANSWER, "7", kDeny);
  agent.updates("{'sessionUpdate':'tool_call_update','toolCallId':'t1','status':'completed'}");
  EXPECT_EQ(text(bodies(agent.seen(), "tool_result").at(0), "outcome"), "denied");
}

TEST(Approval, ADeniedCallOfWhichNothingMoreIsHeardEndsWithTheTurn) {
  AskingAgent agent;
  agent.command(PDK_CMD_ANSWER, "7", kDeny);
  agent.ends_turn();
  EXPECT_EQ(text(bodies(agent.seen(), "tool_result").at(0), "outcome"), "denied");
}

TEST(Approval, TwoAtOnceAreBothAnswered) {
  AskingAgent agent;
  agent.asks(8, "t2");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "8", kAllow), PDK_OK);
  EXPECT_EQ(states(agent.seen()).back(), "blocked:approval");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_OK);
  EXPECT_EQ(states(agent.seen()).back(), "working");
}

TEST(Approval, AStringIdComesBackAsAString) {
  Agent agent;
  agent.prompt("do it");
  agent.says(
      "{'id':'perm/1','method':'session/request_permission','params':{'toolCall':{'toolCallId':'t'},'options':["
      "{'optionId':'a','kind':'allow_once','name':'Yes'}]}}");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "perm/1", kAllow), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"("id":"perm/1")"));
}

TEST(Approval, AnInterruptWithdrawsItAndTellsTheAgent) {
  AskingAgent agent;
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  const std::string written = agent.written();
  EXPECT_THAT(written, HasSubstr("session/cancel"));
  EXPECT_THAT(written, HasSubstr(R"("id":7,"result":{"outcome":{"outcome":"cancelled"}})"));
  EXPECT_EQ(text(bodies(agent.seen(), "approval_resolved").at(0), "decision"), "cancelled");
}

TEST(Approval, OneThatComesAfterTheInterruptIsCancelledAtOnce) {
  Agent agent;
  agent.prompt("do it");
  agent.command(PDK_CMD_INTERRUPT);
  agent.written();
  agent.asks(9);
  EXPECT_THAT(agent.written(), HasSubstr(R"("outcome":"cancelled")"));
  EXPECT_EQ(states(agent.seen()).back(), "working");
}

TEST(Approval, TheAgentMayTakeItsQuestionBack) {
  AskingAgent agent;
  agent.says("{'method':'$/cancel_request','params':{'requestId':7}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32800"));
  EXPECT_EQ(text(bodies(agent.seen(), "approval_resolved").at(0), "by"), "agent");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_E_ARGUMENT);
}

TEST(Approval, TheEndOfTheTurnWithdrawsIt) {
  AskingAgent agent;
  agent.ends_turn();
  EXPECT_EQ(text(bodies(agent.seen(), "approval_resolved").at(0), "decision"), "cancelled");
  EXPECT_THAT(states(agent.seen()), ElementsAre("starting", "idle", "working", "blocked:approval", "idle"));
}

TEST(Approval, OneBetweenTurnsIsAskedToo) {
  Agent agent;
  agent.asks(7);
  EXPECT_EQ(states(agent.seen()).back(), "blocked:approval");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "7", kAllow), PDK_OK);
  EXPECT_EQ(states(agent.seen()).back(), "idle");
}

TEST(Yolo, AllowsWhatIsAskedForThisOneTime) {
  Agent agent({{"yolo", true}});
  agent.prompt("do it");
  agent.written();
  agent.asks(7);
  EXPECT_THAT(agent.written(), HasSubstr(R"("optionId":"a1")"));
  EXPECT_TRUE(agent.seen().of("approval_request").empty());
  EXPECT_EQ(states(agent.seen()).back(), "working");
  EXPECT_EQ(text(bodies(agent.seen(), "notice").back(), "code"), "approved");
}

TEST(Yolo, AsksWhereOnlyAYesForEverIsOffered) {
  Agent agent({{"yolo", true}});
  agent.prompt("do it");
  agent.says(
      "{'id':7,'method':'session/request_permission','params':{'toolCall':{'toolCallId':'t'},'options':["
      "{'optionId':'aa','kind':'allow_always','name':'Always'}]}}");
  EXPECT_EQ(states(agent.seen()).back(), "blocked:approval");
}

constexpr std::string_view kForm =
    "{'id':5,'method':'elicitation/create','params':{'mode':'form','sessionId':'s1','message':'Which colour?',"
    "'requestedSchema':{'type':'object','properties':{'colour':{'type':'string','title':'Colour','enum':['Red',"
    "'Green']},'count':{'type':'integer'},'glossy':{'type':'boolean'}}}}}";

TEST(Question, AFormIsAskedFieldByField) {
  Agent agent;
  agent.prompt("paint");
  agent.says(kForm);
  const json::object body = bodies(agent.seen(), "question").at(0);
  EXPECT_EQ(text(body, "text"), "Which colour?");
  EXPECT_EQ(
      json::serialize(body.at("questions")),
      R"([{"text":"Colour","choices":["Red","Green"]},{"text":"count"},{"text":"glossy","choices":["true","false"]}])");
  EXPECT_EQ(states(agent.seen()).back(), "blocked:question");
}

TEST(Question, AnswersGetTheTypesOfTheirFields) {
  Agent agent;
  agent.prompt("paint");
  agent.says(kForm);
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "5", {{"answers", json::parse(R"([["Red"],["2"],["true"]])")}}), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"("action":"accept","content":{"colour":"Red","count":2,"glossy":true})"));
}

TEST(Question, ABareYesAnswersNothing) {
  Agent agent;
  agent.prompt("paint");
  agent.says(kForm);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "5", kAllow), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "5", kDeny), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr(R"("action":"decline")"));
}

TEST(Question, ALinkIsOverWhenTheAgentSaysSo) {
  Agent agent;
  agent.prompt("log in");
  agent.says(
      "{'id':5,'method':'elicitation/create','params':{'mode':'url','message':'Open','url':'https://x/y',"
      "'elicitationId':'e1'}}");
  EXPECT_EQ(text(bodies(agent.seen(), "question").at(0), "text"), "Open https://x/y");
  agent.written();
  agent.says("{'method':'elicitation/complete','params':{'elicitationId':'e1'}}");
  EXPECT_THAT(agent.written(), HasSubstr(R"("id":5,"result":{"action":"accept"})"));
  EXPECT_EQ(states(agent.seen()).back(), "working");
}

TEST(Question, AnInterruptCancelsIt) {
  Agent agent;
  agent.prompt("paint");
  agent.says(kForm);
  agent.written();
  agent.command(PDK_CMD_INTERRUPT);
  EXPECT_THAT(agent.written(), HasSubstr(R"("action":"cancel")"));
}

TEST(Request, OneThatNobodyKnowsIsRefusedAtOnce) {
  Agent agent;
  agent.prompt("x");
  agent.written();
  agent.says("{'id':3,'method':'_vendor/ask','params':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
  agent.says("{'id':4,'method':'fs/read_text_file','params':{'path':'/etc/passwd'}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
  agent.says("{'id':5,'method':'terminal/create','params':{'command':'true'}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
  // Cursor's own questions are none for other agents.
  agent.says("{'id':6,'method':'cursor/ask_question','params':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
}

TEST(Request, MoreThanAPersonCanAnswerAreRefused) {
  Agent agent;
  agent.prompt("x");
  for (int i = 0; i < 100; ++i) agent.asks(100 + i, "t" + std::to_string(i));
  EXPECT_EQ(agent.seen().of("approval_request").size(), 64U);
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
}

}  // namespace
}  // namespace paddock::acp::test
