// The small parts: updates as events, diffs, durations, tokens.
#include <gmock/gmock.h>

#include "acp/diffs.hpp"
#include "acp/faults.hpp"
#include "acp/plain.hpp"
#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Duration, IsReadInTheFormsAgentsUse) {
  EXPECT_EQ(seconds_in("37s"), 37);
  EXPECT_EQ(seconds_in("12.2s"), 13);
  EXPECT_EQ(seconds_in("1h2m3s"), 3723);
  EXPECT_EQ(seconds_in("5 minutes."), 300);
  EXPECT_EQ(seconds_in("2 hours, 5 minutes"), 7500);
  EXPECT_EQ(seconds_in("900ms"), 1);
  EXPECT_EQ(seconds_in("45"), 45);
  EXPECT_EQ(seconds_in("soon"), std::nullopt);
  EXPECT_EQ(seconds_in("-5s"), std::nullopt);
  EXPECT_EQ(seconds_in("1e300h"), std::nullopt);
}

TEST(Duration, IsFoundInASentence) {
  EXPECT_EQ(wait_in("Quota exceeded. Please retry in 59.4s."), 60);
  EXPECT_EQ(wait_in("Your quota will reset after 20h30m."), 73800);
  EXPECT_EQ(wait_in("Try again in 5 minutes"), 300);
  EXPECT_EQ(wait_in("nothing of that kind"), std::nullopt);
}

TEST(Fault, PlainWordsMayBeginWithAStatus) {
  EXPECT_EQ(fault_of("429 Too many requests", "unknown").kind, "rate_limit");
  EXPECT_EQ(fault_of("400 Scripted: bad request.", "unknown").kind, "invalid_request");
  EXPECT_EQ(fault_of("error decoding response body: unexpected EOF", "unknown").kind, "network");
  EXPECT_EQ(fault_of("No response was returned.", "unknown").kind, "unknown");
}

TEST(Fault, TheTimeOfAResetMayBeInTheData) {
  const auto wait = [](const char* data) {
    return fault_of(json::object{{"code", 429}, {"message", "limit"}, {"data", json::parse(data)}}, 1'000'000)
        .retry_after_s;
  };
  EXPECT_EQ(wait(R"({"retryAfter":30})"), 30);
  EXPECT_EQ(wait(R"({"retryDelay":"41.5s"})"), 42);
  EXPECT_EQ(wait(R"({"retryDelayMs":1500})"), 2);
  EXPECT_EQ(wait(R"({"resetsAt":1060})"), 60);
  EXPECT_EQ(wait(R"({"other":1})"), std::nullopt);
}

TEST(Plain, LosesWhatIsMeantForATerminal) {
  EXPECT_EQ(plain("a\x1b[31mred\x1b[0m\x07"
                  "b"),
            "aredb");
  EXPECT_EQ(plain("\x1b]0;title\x07text\r\n"), "text\n");
  EXPECT_EQ(plain("cut \x1b["), "cut ");
}

TEST(Diff, ShowsTheLinesThatDifferAndThreeAround) {
  EXPECT_EQ(line_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  EXPECT_EQ(line_diff("", "new\n"), "@@ -0,0 +1,1 @@\n+new\n");
  EXPECT_EQ(line_diff("old\n", ""), "@@ -1,1 +0,0 @@\n-old\n");
  EXPECT_EQ(line_diff("a\na\n", "a\n"), "@@ -1,2 +1,1 @@\n a\n-a\n");
  EXPECT_EQ(line_diff("same", "same"), "");
}

TEST(Update, ANewMessageIdBeginsANewMessage) {
  Agent agent;
  agent.prompt("x");
  for (const char* id : {"m1", "m1", "m2"}) {
    agent.updates("{'sessionUpdate':'agent_message_chunk','messageId':'" + std::string(id) +
                  "','content':{'type':'text','text':'a'}}");
  }
  agent.ends_turn();
  std::vector<std::string> whole;
  for (const json::object& event : agent.seen().of("message")) {
    if (event.at("flags").as_int64() == PDK_EVF_REPLACES_PARTIAL)
      whole.push_back(text(event.at("body").as_object(), "text"));
  }
  EXPECT_THAT(whole, ElementsAre("aa", "a"));
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "aaa");
}

TEST(Update, ThoughtsAreReasoning) {
  Agent agent;
  agent.prompt("x");
  agent.updates("{'sessionUpdate':'agent_thought_chunk','content':{'type':'text','text':'hm'}}");
  agent.speaks("yes");
  agent.ends_turn();
  EXPECT_EQ(text(bodies(agent.seen(), "reasoning").back(), "text"), "hm");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "yes");
}

TEST(Update, ACallAndItsResult) {
  Agent agent;
  agent.prompt("x");
  agent.updates(
      "{'sessionUpdate':'tool_call','toolCallId':'t','title':'Run make','name':'bash','kind':'execute',"
      "'status':'pending','rawInput':{'command':['make','-k']}}");
  agent.updates(
      "{'sessionUpdate':'tool_call_update','toolCallId':'t','content':[{'type':'content','content':"
      "{'type':'text','text':'cc'}}]}");
  agent.updates(
      "{'sessionUpdate':'tool_call_update','toolCallId':'t','status':'completed','content':[{'type':'content',"
      "'content':{'type':'text','text':'cc ok'}}],'rawOutput':{'exitCode':2}}");
  const json::object call = bodies(agent.seen(), "tool_call").at(0);
  EXPECT_EQ(text(call, "tool"), "bash");
  EXPECT_EQ(text(call, "command"), "make -k");
  const auto results = bodies(agent.seen(), "tool_result");
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(text(results[0], "text"), "cc");
  EXPECT_EQ(text(results[1], "text"), "cc ok");
  EXPECT_EQ(text(results[1], "outcome"), "ok");
  EXPECT_EQ(results[1].at("exit_code").as_int64(), 2);
}

TEST(Update, AResultThatComesFirstAnnouncesItsCall) {
  Agent agent;
  agent.prompt("x");
  agent.updates(
      "{'sessionUpdate':'tool_call_update','toolCallId':'t','kind':'read','status':'failed','rawOutput':'gone'}");
  EXPECT_EQ(text(bodies(agent.seen(), "tool_call").at(0), "tool_class"), "read");
  EXPECT_EQ(text(bodies(agent.seen(), "tool_result").at(0), "outcome"), "error");
  EXPECT_EQ(text(bodies(agent.seen(), "tool_result").at(0), "text"), "gone");
}

TEST(Update, AResultThatComesTwiceIsToldOnce) {
  Agent agent;
  agent.prompt("x");
  for (int i = 0; i < 2; ++i) {
    agent.updates("{'sessionUpdate':'tool_call_update','toolCallId':'t','kind':'read','status':'completed'}");
  }
  EXPECT_EQ(agent.seen().of("tool_result").size(), 1U);
}

TEST(Update, AnEditThatWasMadeIsAFileChange) {
  Agent agent;
  agent.prompt("x");
  const std::string edit =
      "'content':[{'type':'diff','path':'/src/a','oldText':'one','newText':'two'},"
      "{'type':'diff','path':'/src/b','newText':'new'}]";
  agent.updates("{'sessionUpdate':'tool_call','toolCallId':'t','kind':'edit','status':'pending'," + edit + "}");
  EXPECT_THAT(agent.seen().of("file_change"), IsEmpty());
  agent.updates("{'sessionUpdate':'tool_call_update','toolCallId':'t','status':'completed'}");
  const auto changes = bodies(agent.seen(), "file_change");
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(text(changes[0], "change"), "modify");
  EXPECT_THAT(text(changes[0], "diff"), HasSubstr("-one\n+two\n"));
  EXPECT_EQ(text(changes[1], "change"), "create");
}

TEST(Update, AnEditThatFailedIsNone) {
  Agent agent;
  agent.prompt("x");
  agent.updates(
      "{'sessionUpdate':'tool_call','toolCallId':'t','kind':'edit','status':'failed','content':[{'type':'diff',"
      "'path':'/src/a','newText':'x'}]}");
  EXPECT_THAT(agent.seen().of("file_change"), IsEmpty());
}

TEST(Update, APlanIsToldWhole) {
  Agent agent;
  agent.updates(
      "{'sessionUpdate':'plan','entries':[{'content':'Look','status':'completed'},{'content':'Do','status':'x'}]}");
  EXPECT_EQ(json::serialize(bodies(agent.seen(), "plan_update").at(0).at("entries")),
            R"([{"text":"Look","status":"completed"},{"text":"Do","status":"pending"}])");
}

TEST(Update, ContextAndCostAreUsage) {
  Agent agent;
  agent.updates("{'sessionUpdate':'usage_update','used':1200,'size':200000,'cost':{'amount':0.0123,'currency':'USD'}}");
  const json::object usage = bodies(agent.seen(), "usage").at(0);
  EXPECT_EQ(usage.at("context_used").as_int64(), 1200);
  EXPECT_EQ(usage.at("context_window").as_int64(), 200000);
  EXPECT_EQ(usage.at("cost_micros").as_int64(), 12300);
  EXPECT_FALSE(usage.contains("input_tokens"));
}

TEST(Update, MoneyOfAnotherCountryIsLeftOut) {
  Agent agent;
  agent.updates("{'sessionUpdate':'usage_update','used':1,'size':2,'cost':{'amount':1,'currency':'EUR'}}");
  EXPECT_FALSE(bodies(agent.seen(), "usage").at(0).contains("cost_micros"));
}

TEST(Usage, CachedTokensAreNoInput) {
  Agent agent;
  agent.prompt("x");
  agent.says(
      "{'id':2,'result':{'stopReason':'end_turn','usage':{'inputTokens':100,'outputTokens':5,'totalTokens':105,"
      "'cachedReadTokens':40,'cachedWriteTokens':10}}}");
  const json::object usage = bodies(agent.seen(), "usage").at(0);
  EXPECT_EQ(usage.at("input_tokens").as_int64(), 50);
  EXPECT_EQ(usage.at("cache_read_tokens").as_int64(), 40);
  EXPECT_EQ(usage.at("cache_write_tokens").as_int64(), 10);
}

TEST(Usage, AnAgentThatCountsThemApartIsBelieved) {
  Agent agent;
  agent.prompt("x");
  agent.says(
      "{'id':2,'result':{'stopReason':'end_turn','usage':{'inputTokens':100,'outputTokens':5,'totalTokens':145,"
      "'cachedReadTokens':40}}}");
  EXPECT_EQ(bodies(agent.seen(), "usage").at(0).at("input_tokens").as_int64(), 100);
}

TEST(Update, NoticesCommandsAndTitlesAreTold) {
  Agent agent;
  agent.updates("{'sessionUpdate':'notice','severity':'warning','title':'Busy','description':'wait'}");
  agent.updates("{'sessionUpdate':'available_commands_update','availableCommands':[{'name':'plan'},{'name':'web'}]}");
  agent.updates("{'sessionUpdate':'session_info_update','title':'A title'}");
  std::vector<std::string> told;
  for (const json::object& notice : bodies(agent.seen(), "notice"))
    told.push_back(text(notice, "code") + " " + text(notice, "text"));
  EXPECT_THAT(told, ElementsAre("warning Busy: wait", "commands /plan /web", "title A title"));
}

TEST(Update, AModeThatTheAgentChoseItselfIsToldOnce) {
  Agent agent;
  agent.updates("{'sessionUpdate':'current_mode_update','currentModeId':'plan'}");
  agent.updates("{'sessionUpdate':'current_mode_update','currentModeId':'plan'}");
  EXPECT_EQ(agent.seen().of("session").size(), 2U);
  EXPECT_EQ(text(bodies(agent.seen(), "session").back(), "permission_mode"), "plan");
}

TEST(Update, WhatIsNotKnownIsSaid) {
  Agent agent;
  agent.updates("{'sessionUpdate':'hoof_print'}");
  agent.updates("{'x':1}");
  agent.says(
      "{'method':'session/update','params':{'sessionId':'other','update':{'sessionUpdate':'plan','entries':[]}}}");
  agent.says("{'method':'_vendor/thing'}");
  EXPECT_EQ(agent.seen().of("unknown").size(), 4U);
}

TEST(Update, AnAnswerOfAnySizeStaysWithinAnEvent) {
  Agent agent;
  agent.prompt("x");
  const std::string piece(100'000, 'y');
  for (int i = 0; i < 60; ++i) agent.speaks(piece);
  agent.ends_turn();
  EXPECT_EQ(kit::check_contract(agent.seen()), "");
  EXPECT_TRUE(bodies(agent.seen(), "message").back().at("truncated").as_bool());
}

TEST(Update, ManyOfEverythingStaysBounded) {
  Agent agent;
  agent.prompt("x");
  for (int i = 0; i < 3000; ++i) {
    const std::string n = std::to_string(i);
    agent.updates("{'sessionUpdate':'tool_call','toolCallId':'t" + n + "','kind':'execute'}");
    agent.updates("{'sessionUpdate':'agent_message_chunk','messageId':'" + n +
                  "','content':{'type':'text','text':'x'}}");
    agent.asks(10'000 + i, "p" + n);
  }
  agent.exits();
  EXPECT_EQ(kit::check_contract(agent.seen()), "");
}

}  // namespace
}  // namespace paddock::acp::test
