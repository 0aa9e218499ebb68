// Lines of the CLI that no recording has, or not all of: messages, tools, plans, errors, notices.
#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

void delta(Agent& agent, std::string_view piece, int index = 0, std::string_view parent = "null") {
  agent.says("{'type':'stream_event','parent_tool_use_id':" + std::string(parent) +
             ",'event':{'type':'content_block_delta','index':" + std::to_string(index) +
             ",'delta':{'type':'text_delta','text':'" + std::string(piece) + "'}}}");
}

void message_start(Agent& agent, std::string_view id, std::string_view parent = "null") {
  agent.says("{'type':'stream_event','parent_tool_use_id':" + std::string(parent) +
             ",'event':{'type':'message_start','message':{'id':'" + std::string(id) + "'}}}");
}

void assistant(Agent& agent, std::string_view id, std::string_view block, std::string_view parent = "null") {
  agent.says("{'type':'assistant','parent_tool_use_id':" + std::string(parent) + ",'message':{'id':'" +
             std::string(id) + "','content':[" + std::string(block) + "]}}");
}

std::vector<json::object> events(Agent& agent, std::string_view kind) { return agent.driver().seen().of(kind); }

TEST(Messages, PiecesAndTheWholeShareTheirRef) {
  Agent agent;
  agent.begins_turn();
  message_start(agent, "m1");
  delta(agent, "Hel");
  delta(agent, "lo");
  assistant(agent, "m1", "{'type':'text','text':'Hello'}");
  const auto found = events(agent, "message");
  ASSERT_EQ(found.size(), 3U);
  for (const json::object& event : found) EXPECT_EQ(event.at("ref").as_string(), "m1:0");
  EXPECT_EQ(found[0].at("flags").as_int64(), PDK_EVF_PARTIAL);
  EXPECT_EQ(found[2].at("flags").as_int64(), PDK_EVF_REPLACES_PARTIAL);
  EXPECT_EQ(text(found[2].at("body").as_object(), "text"), "Hello");
}

TEST(Messages, PiecesThatArriveTogetherAreOneEvent) {
  Agent agent;
  agent.begins_turn();
  std::string lines;
  for (const char* piece : {"a", "b", "c"}) {
    lines +=
        std::string(
            R"({"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")") +
        piece + "\"}}}\n";
  }
  agent.driver().feed(PDK_CH_STDOUT, lines);
  ASSERT_EQ(events(agent, "message").size(), 1U);
  EXPECT_EQ(text(agent.bodies("message").at(0), "text"), "abc");
}

TEST(Messages, WithoutPiecesHaveNoFlag) {
  Agent agent;
  agent.begins_turn();
  assistant(agent, "m1", "{'type':'text','text':'a'}");
  EXPECT_FALSE(events(agent, "message").at(0).contains("flags"));
}

TEST(Messages, BlocksOfOneMessageAreCounted) {
  Agent agent;
  agent.begins_turn();
  assistant(agent, "m1", "{'type':'thinking','thinking':'hm'}");
  assistant(agent, "m1", "{'type':'tool_use','id':'t1','name':'Read','input':{'file_path':'a.txt'}}");
  assistant(agent, "m1", "{'type':'text','text':'a'}");
  EXPECT_EQ(events(agent, "reasoning").at(0).at("ref").as_string(), "m1:0");
  EXPECT_EQ(events(agent, "message").at(0).at("ref").as_string(), "m1:2");
}

TEST(Messages, ThatAreNeverFinishedAreTakenBack) {
  Agent agent;
  agent.begins_turn();
  message_start(agent, "m1");
  delta(agent, "half");
  assistant(agent, "m2", "{'type':'text','text':'whole'}");
  const auto found = events(agent, "message");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].at("ref").as_string(), "m1:0");
  EXPECT_TRUE(found[1].at("body").as_object().at("superseded").as_bool());
  EXPECT_EQ(text(found[1].at("body").as_object(), "text"), "");
  EXPECT_EQ(found[2].at("ref").as_string(), "m2:0");
}

TEST(Messages, CutByTheEndOfTheProcessKeepWhatArrived) {
  Agent agent;
  agent.begins_turn();
  message_start(agent, "m1");
  delta(agent, "half ");
  delta(agent, "an answer");
  agent.ends(-1, 9);
  const json::object last = events(agent, "message").back();
  EXPECT_EQ(last.at("flags").as_int64(), PDK_EVF_REPLACES_PARTIAL);
  EXPECT_EQ(text(last.at("body").as_object(), "text"), "half an answer");
  EXPECT_TRUE(last.at("body").as_object().at("incomplete").as_bool());
}

TEST(Messages, OfSubAgentsStreamBesideTheMainOne) {
  Agent agent;
  agent.begins_turn();
  message_start(agent, "m1");
  delta(agent, "main");
  message_start(agent, "s1", "'t1'");
  delta(agent, "sub", 0, "'t1'");
  assistant(agent, "s1", "{'type':'text','text':'sub'}", "'t1'");
  assistant(agent, "m1", "{'type':'text','text':'main'}");
  const auto found = events(agent, "message");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(text(found[1].at("body").as_object(), "parent"), "t1");
  EXPECT_EQ(text(found[2].at("body").as_object(), "parent"), "t1");
  EXPECT_EQ(found[3].at("ref").as_string(), "m1:0");
  EXPECT_FALSE(found[3].at("body").as_object().contains("parent"));
}

TEST(Tools, OutcomesAreToldApart) {
  Agent agent;
  agent.begins_turn();
  const auto result = [&](std::string_view id, std::string_view content, bool error) {
    assistant(agent, "m1", "{'type':'tool_use','id':'" + std::string(id) + "','name':'Bash','input':{'command':'x'}}");
    agent.says("{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'" + std::string(id) +
               "','content':'" + std::string(content) + "','is_error':" + (error ? "true" : "false") + "}]}}");
    return agent.bodies("tool_result").back();
  };
  EXPECT_EQ(text(result("t1", "fine", false), "outcome"), "ok");
  const json::object failed = result("t2", "Exit code 3\\noops", true);
  EXPECT_EQ(text(failed, "outcome"), "error");
  EXPECT_EQ(failed.at("exit_code").as_int64(), 3);
  EXPECT_FALSE(result("t3", "Exit code many", true).contains("exit_code"));
  agent.says("{'type':'system','subtype':'permission_denied','tool_use_id':'t4','message':'a rule'}");
  EXPECT_EQ(text(result("t4", "denied", true), "outcome"), "denied");
}

TEST(Tools, ClassesAndTitlesAreKnown) {
  Agent agent;
  agent.begins_turn();
  const auto call = [&](std::string_view name, std::string_view input) {
    assistant(agent, "m1",
              "{'type':'tool_use','id':'t','name':'" + std::string(name) + "','input':" + std::string(input) + "}");
    const json::object body = agent.bodies("tool_call").back();
    return text(body, "tool_class") + "/" + text(body, "title");
  };
  EXPECT_EQ(call("Bash", "{'command':'ls','description':'List'}"), "shell/List");
  EXPECT_EQ(call("Edit", "{'file_path':'a.c'}"), "edit/a.c");
  EXPECT_EQ(call("Grep", "{'pattern':'x'}"), "read/x");
  EXPECT_EQ(call("WebFetch", "{'url':'http://a'}"), "web/http://a");
  EXPECT_EQ(call("mcp__s__t", "{'url':'http://a'}"), "mcp/");
  EXPECT_EQ(call("Agent", "{'description':'Errand'}"), "other/Errand");
  EXPECT_EQ(call("Odd", "[1]"), "other/");
}

TEST(Tools, ALongResultIsCutAndSaysSo) {
  Agent agent;
  agent.begins_turn();
  agent.says("{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'t','content':'" +
             std::string(300000, 'x') + "'}]}}");
  EXPECT_TRUE(agent.bodies("tool_result").at(0).at("truncated").as_bool());
}

TEST(Turns, ALongAnswerIsCutAndSaysSo) {
  Agent agent;
  agent.begins_turn();
  agent.ends_turn(std::string(300000, 'x'));
  EXPECT_TRUE(agent.bodies("turn").back().at("truncated").as_bool());
}

TEST(Tools, LeftOpenByTheTurnAreCancelled) {
  Agent agent;
  agent.begins_turn();
  assistant(agent, "m1", "{'type':'tool_use','id':'t1','name':'Bash','input':{}}");
  agent.ends_turn();
  EXPECT_EQ(text(agent.bodies("tool_result").at(0), "outcome"), "cancelled");
}

TEST(Plans, ComeFromTheToDoTool) {
  Agent agent;
  agent.begins_turn();
  assistant(agent, "m1",
            "{'type':'tool_use','id':'t1','name':'TodoWrite','input':{'todos':[{'content':'a','status':'completed'},"
            "{'content':'b','status':'in_progress'},{'content':'c','status':'odd'},7]}}");
  EXPECT_EQ(
      json::serialize(agent.bodies("plan_update").at(0).at("entries")),
      R"([{"text":"a","status":"completed"},{"text":"b","status":"in_progress"},{"text":"c","status":"pending"}])");
}

TEST(Plans, ComeFromTasks) {
  Agent agent;
  agent.begins_turn();
  const auto result = [&](std::string_view detail) {
    agent.says(
        "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'t','content':'ok'}]},'tool_use_"
        "result':" +
        std::string(detail) + "}");
  };
  result("{'task':{'id':'1','subject':'first'}}");
  result("{'task':{'id':'2','subject':'second'}}");
  result("{'taskId':'1','statusChange':{'from':'pending','to':'completed'}}");
  EXPECT_EQ(json::serialize(agent.bodies("plan_update").back().at("entries")),
            R"([{"text":"first","status":"completed"},{"text":"second","status":"pending"}])");
  result("{'taskId':'1','statusChange':{'from':'completed','to':'deleted'}}");
  EXPECT_EQ(agent.bodies("plan_update").back().at("entries").as_array().size(), 1U);
  result("{'taskId':'7','statusChange':{'to':'completed'}}");
  EXPECT_EQ(agent.bodies("plan_update").size(), 4U);
}

TEST(Plans, WithoutAListAreOneEntry) {
  Agent agent;
  agent.begins_turn();
  assistant(agent, "m1", "{'type':'tool_use','id':'t1','name':'ExitPlanMode','input':{'plan':'just do it'}}");
  EXPECT_EQ(json::serialize(agent.bodies("plan_update").at(0).at("entries")),
            R"([{"text":"just do it","status":"pending"}])");
}

TEST(Files, ALongNewFileIsCutAndSaysSo) {
  Agent agent;
  agent.begins_turn();
  const std::string content(200000, 'x');
  agent.says(
      "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'t','content':'ok'}]},'tool_use_result'"
      ":"
      "{'type':'create','filePath':'/a','structuredPatch':[],'content':'" +
      content + "'}}");
  const json::object body = agent.bodies("file_change").at(0);
  EXPECT_EQ(text(body, "change"), "create");
  EXPECT_TRUE(body.at("truncated").as_bool());
}

TEST(Files, OfFailedCallsDidNotChange) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'t','is_error':true,'content':'no'}]},"
      "'tool_use_result':{'filePath':'/a','structuredPatch':[]}}");
  EXPECT_TRUE(agent.bodies("file_change").empty());
}

TEST(Errors, ARefusedLoginIsToldAtTheFirstRetry) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'system','subtype':'api_retry','attempt':1,'max_retries':10,'retry_delay_ms':604.8,'error_status':401,"
      "'error':'authentication_failed'}");
  const json::object body = agent.bodies("error").at(0);
  EXPECT_EQ(text(body, "class"), "auth");
  EXPECT_TRUE(body.at("retrying").as_bool());
  EXPECT_EQ(body.at("attempt").as_int64(), 1);
  EXPECT_EQ(body.at("status").as_int64(), 401);
  EXPECT_EQ(body.at("retry_after_s").as_int64(), 1);
}

struct ErrorCase {
  const char* name;
  const char* word;
  const char* status;
  const char* text;
  const char* wanted;
};

class ErrorClass : public testing::TestWithParam<ErrorCase> {};

TEST_P(ErrorClass, IsTheVocabularysWord) {
  const ErrorCase& one = GetParam();
  Agent agent;
  agent.begins_turn();
  agent.says("{'type':'assistant','error':'" + std::string(one.word) +
             "','message':{'id':'m','model':'<synthetic>','content':[{'type':'text','text':'" + one.text + "'}]}}");
  agent.says("{'type':'result','subtype':'success','is_error':true,'api_error_status':" + std::string(one.status) +
             ",'result':'" + one.text + "'}");
  EXPECT_TRUE(agent.bodies("message").empty());
  ASSERT_EQ(agent.bodies("error").size(), 1U);
  EXPECT_EQ(text(agent.bodies("error").at(0), "class"), one.wanted);
}

INSTANTIATE_TEST_SUITE_P(
    All, ErrorClass,
    testing::Values(ErrorCase{"login", "authentication_failed", "401", "Invalid API key", "auth"},
                    ErrorCase{"org", "oauth_org_not_allowed", "403", "x", "auth"},
                    ErrorCase{"billing", "billing_error", "400", "Credit balance is too low", "quota"},
                    ErrorCase{"limit", "rate_limit", "429", "x", "rate_limit"},
                    ErrorCase{"model", "model_not_found", "404", "x", "model_not_found"},
                    ErrorCase{"large", "invalid_request", "413", "x", "context_full"},
                    ErrorCase{"prompt_too_long", "invalid_request", "400", "Prompt is too long", "context_full"},
                    ErrorCase{"policy", "invalid_request", "null", "violates our Usage Policy", "refusal"},
                    ErrorCase{"request", "invalid_request", "400", "x", "invalid_request"},
                    ErrorCase{"busy", "server_error", "null", "Repeated 529 Overloaded errors", "overloaded"},
                    ErrorCase{"overloaded", "overloaded", "529", "x", "overloaded"},
                    ErrorCase{"server", "server_error", "500", "API Error: 500 x", "server"},
                    ErrorCase{"connection", "server_error", "null", "Unable to connect to API", "network"},
                    ErrorCase{"bad", "unknown", "400", "x", "invalid_request"},
                    ErrorCase{"other", "something_new", "null", "x", "unknown"}),
    [](const testing::TestParamInfo<ErrorCase>& one) { return std::string(one.param.name); });

TEST(Errors, OfSubAgentsDoNotFailTheTurn) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'assistant','error':'server_error','parent_tool_use_id':'t1','message':{'id':'m','content':[{'type':'"
      "text','text':'x'}]}}");
  agent.ends_turn();
  EXPECT_EQ(text(agent.bodies("error").at(0), "parent"), "t1");
  EXPECT_EQ(text(agent.bodies("turn").back(), "outcome"), "finished");
  EXPECT_EQ(text(agent.ends(), "result"), "success");
}

TEST(Errors, OfOneTurnDoNotReachTheNext) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'assistant','error':'rate_limit','message':{'id':'m','content':[{'type':'text','text':'full'}]}}");
  agent.says("{'type':'result','subtype':'success','is_error':true,'result':'full'}");
  agent.begins_turn();
  agent.says("{'type':'result','subtype':'error_max_turns','is_error':true,'errors':['too many']}");
  EXPECT_EQ(text(agent.bodies("error").at(1), "class"), "budget");
  EXPECT_EQ(text(agent.bodies("error").at(1), "text"), "too many");
  EXPECT_EQ(text(agent.ends(1), "result"), "limit_hit");
}

TEST(Limits, TheirEndIsToldWithTheError) {
  Agent agent;
  agent.begins_turn();
  agent.says(
      "{'type':'rate_limit_event','rate_limit_info':{'status':'rejected','resetsAt':1795238194,'rateLimitType':'five_"
      "hour'}}");
  agent.says(
      "{'type':'assistant','error':'rate_limit','message':{'id':'m','content':[{'type':'text','text':'full'}]}}");
  agent.says("{'type':'result','subtype':'success','is_error':true,'result':'full'}");
  EXPECT_EQ(text(agent.bodies("error").at(0), "resets_at"), "2026-11-21T05:16:34Z");
  EXPECT_TRUE(agent.bodies("error").at(0).contains("retry_after_s"));
  EXPECT_EQ(text(agent.ends(1), "result"), "rate_limited");
}

TEST(Limits, AreKnownFromTheResultAlone) {
  Agent agent;
  agent.begins_turn();
  agent.says("{'type':'rate_limit_event','rate_limit_info':{'status':'rejected','resetsAt':1795238194}}");
  agent.says("{'type':'result','subtype':'success','is_error':true,'api_error_status':429,'result':'full'}");
  EXPECT_EQ(text(agent.bodies("error").at(0), "class"), "rate_limit");
  EXPECT_FALSE(agent.bodies("error").at(0).contains("agent_class"));
  EXPECT_EQ(text(agent.bodies("error").at(0), "resets_at"), "2026-11-21T05:16:34Z");
}

TEST(Usage, IsCumulativeAndNamesItsModels) {
  Agent agent;
  agent.begins_turn();
  agent.ends_turn();
  const json::object body = agent.bodies("usage").at(0);
  EXPECT_EQ(body.at("input_tokens").as_int64(), 1);
  EXPECT_EQ(body.at("cost_micros").as_int64(), 500000);
  EXPECT_EQ(body.at("context_window").as_int64(), 1000);
  EXPECT_EQ(text(body, "model"), "m1");
  EXPECT_EQ(body.at("models").as_object().at("m1").as_object().at("output_tokens").as_int64(), 2);
  EXPECT_EQ(body.at("turns").as_int64(), 1);
}

TEST(Usage, OfACliWithoutModelUsageIsSummed) {
  Agent agent;
  for (int i = 0; i < 2; ++i) {
    agent.begins_turn();
    agent.says("{'type':'result','is_error':false,'usage':{'input_tokens':5,'output_tokens':7}}");
  }
  EXPECT_EQ(agent.bodies("usage").back().at("input_tokens").as_int64(), 10);
  EXPECT_FALSE(agent.bodies("usage").back().contains("cost_micros"));
}

TEST(Usage, OfAbsurdNumbersNeverOverflows) {
  Agent agent;
  for (int i = 0; i < 3; ++i) {
    agent.begins_turn();
    agent.says(
        "{'type':'result','is_error':false,'total_cost_usd':1e300,'usage':{'input_tokens':9007199254740992,'output_"
        "tokens':-4,"
        "'cache_read_input_tokens':1e400,'cache_creation_input_tokens':'x'}}");
  }
  EXPECT_EQ(agent.bodies("usage").back().at("output_tokens").as_int64(), 0);
  EXPECT_FALSE(agent.bodies("usage").back().contains("cost_micros"));
}

TEST(Turns, WhoseResultWasLostEndAtIdle) {
  Agent agent;
  agent.begins_turn();
  agent.driver().feed(PDK_CH_STDOUT, R"({"type":"result","result":")" + std::string(5U << 20U, 'x') + "\"}\n");
  agent.says("{'type':'system','subtype':'session_state_changed','state':'idle'}");
  EXPECT_EQ(text(agent.bodies("unknown").at(0), "what"), "line_too_long");
  EXPECT_EQ(text(agent.bodies("turn").back(), "phase"), "end");
  EXPECT_EQ(agent.states().back(), "idle");
}

TEST(Turns, AskedForByNobodySayWhy) {
  Agent agent;
  agent.begins_turn();
  agent.says("{'type':'result','is_error':false,'result':'x','origin':{'kind':'task-notification'}}");
  EXPECT_EQ(text(agent.bodies("turn").back(), "origin"), "task-notification");
}

TEST(Notices, NothingUnknownIsSilent) {
  Agent agent;
  agent.says("{'type':'never_seen'}");
  agent.says("{'type':'system','subtype':'never_seen'}");
  agent.says("{'type':'system','subtype':'session_state_changed','state':'never_seen'}");
  agent.begins_turn();
  assistant(agent, "m", "{'type':'never_seen'}");
  agent.says("this is no json");
  agent.says("{'type':'assistant'}");
  agent.says("{'type':'user'}");
  EXPECT_EQ(agent.bodies("unknown").size(), 7U);
}

TEST(Notices, OfTheUsefulKindsAreTold) {
  Agent agent;
  agent.says("{'type':'system','subtype':'compact_boundary','content':'Conversation compacted'}");
  agent.says("{'type':'system','subtype':'hook_response','hook_name':'Stop','outcome':'error','stderr':'boom'}");
  agent.says("{'type':'system','subtype':'hook_response','hook_name':'Stop','outcome':'success'}");
  agent.says("{'type':'system','subtype':'task_notification','summary':'Job','status':'stopped'}");
  agent.says(
      "{'type':'user','isReplay':true,'message':{'content':'<local-command-stdout>Set model</local-command-stdout>'}}");
  agent.says("{'type':'keep_alive'}");
  std::vector<std::string> told;
  for (const json::object& body : agent.bodies("notice"))
    told.push_back(text(body, "code") + ": " + text(body, "text"));
  EXPECT_EQ(told, (std::vector<std::string>{"compact_boundary: Conversation compacted", "hook_failed: Stop: boom",
                                            "task_ended: Job (stopped)", "local_command: Set model"}));
}

TEST(Sessions, AreToldOnceUntilSomethingChanges) {
  Agent agent;
  agent.begins_turn();
  agent.ends_turn();
  agent.begins_turn();
  EXPECT_EQ(agent.bodies("session").size(), 1U);
  agent.says(
      "{'type':'system','subtype':'init','session_id':'s2','model':'m1','cwd':'/src','permissionMode':'default'}");
  EXPECT_EQ(text(agent.bodies("session").back(), "agent_session_id"), "s2");
}

}  // namespace
}  // namespace paddock::claude::test
