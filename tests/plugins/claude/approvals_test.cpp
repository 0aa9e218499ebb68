// Permission requests and questions: how they are told, answered, withdrawn and outlived.
#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

json::object response(const std::string& written) {
  return json::parse(written).as_object().at("response").as_object();
}

json::object decision(Agent& agent, std::string_view ref, json::object body) {
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, ref, std::move(body)), PDK_OK);
  return response(agent.written()).at("response").as_object();
}

TEST(Approvals, AreAskedWithCommandAndName) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  const json::object body = agent.bodies("approval_request").at(0);
  EXPECT_EQ(text(body, "tool"), "Bash");
  EXPECT_EQ(text(body, "tool_class"), "shell");
  EXPECT_EQ(text(body, "command"), "touch x");
  EXPECT_EQ(text(body, "call"), "toolu_1");
  EXPECT_EQ(agent.driver().seen().of("approval_request").at(0).at("ref").as_string(), "r1");
  EXPECT_EQ(agent.states().back(), "blocked:approval");
}

TEST(Approvals, AllowSendsTheInputBack) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  const json::object answer = decision(agent, "r1", {{"decision", "allow"}});
  EXPECT_EQ(text(answer, "behavior"), "allow");
  EXPECT_EQ(answer.at("updatedInput").as_object().at("command").as_string(), "touch x");
  EXPECT_FALSE(answer.contains("updatedPermissions"));
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "decision"), "allow");
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "by"), "host");
  EXPECT_EQ(agent.states().back(), "working");
}

TEST(Approvals, AllowMayChangeTheInput) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  const json::object answer = decision(agent, "r1", {{"decision", "allow"}, {"input", {{"command", "true"}}}});
  EXPECT_EQ(answer.at("updatedInput").as_object().at("command").as_string(), "true");
}

TEST(Approvals, RememberTakesTheRuleForThisSessionAndNotTheMode) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  const json::object answer = decision(agent, "r1", {{"decision", "allow"}, {"remember", true}});
  const json::array& rules = answer.at("updatedPermissions").as_array();
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(text(rules[0].as_object(), "type"), "addRules");
  EXPECT_EQ(text(rules[0].as_object(), "destination"), "session");
}

TEST(Approvals, RememberTakesTheModeWhenNothingElseIsOffered) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'control_request','request_id':'r1','request':{'subtype':'can_use_tool','tool_name':'Write',"
      "'input':{'file_path':'a'},'permission_suggestions':[{'type':'setMode','mode':'acceptEdits',"
      "'destination':'session'}]}}");
  const json::object answer = decision(agent, "r1", {{"decision", "allow"}, {"remember", true}});
  EXPECT_EQ(text(answer.at("updatedPermissions").as_array().at(0).as_object(), "mode"), "acceptEdits");
}

TEST(Approvals, DenyTellsTheModelWhyAndTheToolSaysDenied) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'assistant','message':{'id':'m','content':[{'type':'tool_use','id':'toolu_1','name':'Bash','input':{}}]}"
      "}");
  agent.asks("r1");
  const json::object answer = decision(agent, "r1", {{"decision", "deny"}, {"message", "not \"that\""}});
  EXPECT_EQ(text(answer, "behavior"), "deny");
  EXPECT_EQ(text(answer, "message"), "not \"that\"");
  agent.says(
      "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'toolu_1','is_error':true,"
      "'content':'no'}]}}");
  EXPECT_EQ(text(agent.bodies("tool_result").at(0), "outcome"), "denied");
}

TEST(Approvals, DenyWithoutWordsHasSome) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  EXPECT_FALSE(text(decision(agent, "r1", {{"decision", "deny"}}), "message").empty());
}

TEST(Approvals, DenyMayEndTheTurn) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  EXPECT_TRUE(decision(agent, "r1", {{"decision", "deny"}, {"interrupt", true}}).at("interrupt").as_bool());
}

TEST(Approvals, AnswersThatNameNothingOrSayNothingChangeNothing) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r2", {{"decision", "allow"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "", {{"decision", "allow"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {{"decision", "maybe"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {{"decision", 7}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.written(), "");
  EXPECT_TRUE(agent.bodies("approval_resolved").empty());
  EXPECT_EQ(agent.states().back(), "blocked:approval");
}

TEST(Approvals, AreAnsweredOnlyOnce) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  decision(agent, "r1", {{"decision", "allow"}});
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {{"decision", "allow"}}), PDK_E_ARGUMENT);
}

TEST(Approvals, SeveralAtOnceStayOpenUntilEachIsAnswered) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1", "toolu_1");
  agent.asks("r2", "toolu_2");
  decision(agent, "r1", {{"decision", "allow"}});
  EXPECT_EQ(agent.states().back(), "blocked:approval");
  // The CLI goes on with the first; the second still waits.
  agent.says("{'type':'system','subtype':'session_state_changed','state':'running'}");
  EXPECT_EQ(agent.states().back(), "blocked:approval");
  decision(agent, "r2", {{"decision", "deny"}});
  EXPECT_EQ(agent.states().back(), "working");
}

TEST(Approvals, WithdrawnByTheCliAreCancelled) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  agent.says("{'type':'control_cancel_request','request_id':'r1'}");
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "decision"), "cancelled");
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "by"), "agent");
  EXPECT_EQ(agent.states().back(), "working");
  EXPECT_EQ(agent.written(), "");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {{"decision", "allow"}}), PDK_E_ARGUMENT);
}

TEST(Approvals, OfACallThatWentOnAreCancelled) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  agent.says("{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'toolu_1','content':'done'}]}}");
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "decision"), "cancelled");
  EXPECT_EQ(agent.states().back(), "working");
}

TEST(Approvals, StillOpenAtTheEndAreCancelledBeforeTheOutcome) {
  Agent agent;
  agent.begins_turn();
  agent.asks("r1");
  agent.ends(143);
  EXPECT_EQ(text(agent.bodies("approval_resolved").at(0), "decision"), "cancelled");
  EXPECT_EQ(kit::check_contract(agent.driver().seen()), "");
}

TEST(Approvals, TooManyAreRefusedSoThatTheCliNeverHangs) {
  Agent agent;
  agent.begins_turn();
  for (int i = 0; i < 70; ++i) agent.asks("r" + std::to_string(i), "toolu_" + std::to_string(i));
  EXPECT_EQ(agent.bodies("approval_request").size(), 64U);
  EXPECT_NE(agent.written().find(R"("subtype":"error","request_id":"r69")"), std::string::npos);
}

TEST(Approvals, UnknownRequestsAreRefused) {
  Agent agent;
  agent.says("{'type':'control_request','request_id':'h1','request':{'subtype':'hook_callback'}}");
  const json::object answer = response(agent.written());
  EXPECT_EQ(text(answer, "subtype"), "error");
  EXPECT_EQ(text(answer, "request_id"), "h1");
  EXPECT_EQ(text(agent.bodies("notice").at(0), "text"), "hook_callback");
}

void asks_questions(Agent& agent) {
  agent.says(
      "{'type':'control_request','request_id':'q1','request':{'subtype':'can_use_tool','tool_name':'AskUserQuestion',"
      "'tool_use_id':'toolu_9','input':{'questions':[{'question':'Which?','options':[{'label':'Red'},{'label':'Blue'}]}"
      ","
      "{'question':'Where?','multiSelect':true,'options':[{'label':'Here'},{'label':'There'}]}]}}}");
}

TEST(Questions, CarryTheirChoices) {
  Agent agent;
  agent.begins_turn();
  asks_questions(agent);
  const json::object body = agent.bodies("question").at(0);
  EXPECT_EQ(text(body, "text"), "Which?");
  EXPECT_EQ(
      json::serialize(body.at("questions")),
      R"([{"text":"Which?","choices":["Red","Blue"]},{"text":"Where?","choices":["Here","There"],"multiple":true}])");
  EXPECT_EQ(agent.states().back(), "blocked:question");
}

TEST(Questions, AnswersGoBackByQuestion) {
  Agent agent;
  agent.begins_turn();
  asks_questions(agent);
  const json::array answers{json::array{"Blue"}, json::array{"Here", "There"}};
  const json::object answer = decision(agent, "q1", {{"decision", "allow"}, {"answers", answers}});
  EXPECT_EQ(json::serialize(answer.at("updatedInput").as_object().at("answers")),
            R"({"Which?":"Blue","Where?":"Here, There"})");
  EXPECT_TRUE(answer.at("updatedInput").as_object().contains("questions"));
  EXPECT_EQ(agent.states().back(), "working");
}

TEST(Questions, MayBeAnsweredInOwnWords) {
  Agent agent;
  agent.begins_turn();
  asks_questions(agent);
  const json::object answer = decision(agent, "q1", {{"message", "neither"}});
  EXPECT_EQ(text(answer.at("updatedInput").as_object().at("answers").as_object(), "Which?"), "neither");
}

TEST(Questions, WithoutAnAnswerStayOpen) {
  Agent agent;
  agent.begins_turn();
  asks_questions(agent);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "q1", {{"decision", "allow"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "q1", {{"decision", "allow"}, {"answers", json::array{}}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "q1", {{"decision", "allow"}, {"answers", json::array{"Red"}}}),
            PDK_E_ARGUMENT);
  EXPECT_EQ(agent.written(), "");
  EXPECT_EQ(agent.states().back(), "blocked:question");
}

TEST(Questions, MayBeDeclined) {
  Agent agent;
  agent.begins_turn();
  asks_questions(agent);
  EXPECT_EQ(text(decision(agent, "q1", {{"decision", "deny"}}), "behavior"), "deny");
}

}  // namespace
}  // namespace paddock::claude::test
