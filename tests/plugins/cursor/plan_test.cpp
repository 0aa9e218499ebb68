// What is Cursor's own: its command line, its login, its questions and plans.
#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::HasSubstr;

TEST(Cursor, TakesItsFlagsBeforeTheWordAcp) {
  kit::Driver driver(
      paddock_adapter_v1,
      launch({{"model", "gpt-5"}, {"args", {"--sandbox", "enabled"}}, {"options", {{"trust_workspace", true}}}}));
  EXPECT_EQ(json::serialize(driver.plan().at("argv")),
            R"(["cursor-agent","--model","gpt-5","--trust","--sandbox","enabled","acp"])");
}

TEST(Cursor, LogsInFirst) {
  Agent agent({}, false);
  agent.written();
  agent.says("{'id':0,'result':{'protocolVersion':1,'authMethods':[{'id':'cursor_login'}]}}");
  EXPECT_THAT(agent.written(), HasSubstr(R"("method":"authenticate","params":{"methodId":"cursor_login"})"));
}

constexpr std::string_view kQuestion =
    "{'id':1,'method':'cursor/"
    "ask_question','params':{'title':'Colour','questions':[{'id':'q','prompt':'Which?','options':"
    "[{'id':'r','label':'Red'},{'id':'g','label':'Green'}]}]}}";

TEST(Cursor, AsksQuestionsWithChoices) {
  Agent agent;
  agent.prompt("x");
  agent.says(kQuestion);
  EXPECT_EQ(json::serialize(bodies(agent.seen(), "question").at(0)),
            R"({"text":"Colour","questions":[{"text":"Which?","choices":["Red","Green"]}]})");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "1", {{"answers", json::parse(R"([["Green"]])")}}), PDK_OK);
  EXPECT_THAT(agent.written(),
              HasSubstr(R"("outcome":"answered","answers":[{"questionId":"q","selectedOptionIds":["g"]}])"));
}

TEST(Cursor, AQuestionMayBeSkipped) {
  Agent agent;
  agent.prompt("x");
  agent.says(kQuestion);
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "1", {{"decision", "deny"}}), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr("skipped"));
}

TEST(Cursor, APlanIsApproved) {
  Agent agent;
  agent.prompt("x");
  agent.says("{'id':1,'method':'cursor/create_plan','params':{'name':'Paint','plan':'1. Paint'}}");
  const json::object asked = bodies(agent.seen(), "approval_request").at(0);
  EXPECT_EQ(text(asked, "tool"), "create_plan");
  EXPECT_EQ(text(asked, "reason"), "1. Paint");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "1", {{"decision", "allow"}}), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr("accepted"));
}

TEST(Cursor, TodosAreAPlanHoweverTheyCome) {
  Agent agent;
  agent.says("{'method':'cursor/update_todos','params':{'todos':[{'content':'Paint','status':'in_progress'}]}}");
  agent.written();
  agent.says("{'id':9,'method':'cursor/update_todos','params':{'todos':[{'content':'Paint','status':'completed'}]}}");
  EXPECT_EQ(agent.seen().of("plan_update").size(), 2U);
  EXPECT_THAT(agent.written(), HasSubstr(R"("id":9,"result":{})"));
}

TEST(Cursor, ItsOtherRequestsAreRefusedAtOnce) {
  Agent agent;
  agent.prompt("x");
  agent.written();
  agent.says("{'id':1,'method':'cursor/something_new','params':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("-32601"));
}

}  // namespace
}  // namespace paddock::acp::test
