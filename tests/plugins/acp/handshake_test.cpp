// From the launch to the first prompt: the plan, the handshake, a session that is gone on with.
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

TEST(Plan, IsTheCommandWithItsArgumentsAndThoseOfTheSession) {
  kit::Driver driver(
      paddock_adapter_v1,
      launch({{"args", {"-x"}}, {"options", {{"command", "goose"}, {"arguments", {"acp"}}, {"env", {{"A", "1"}}}}}}));
  EXPECT_EQ(json::serialize(driver.plan().at("argv")), R"(["goose","acp","-x"])");
  EXPECT_EQ(json::serialize(driver.plan().at("env").at("set")), R"({"A":"1"})");
  EXPECT_EQ(driver.plan().at("cwd").as_string(), "/src");
  EXPECT_EQ(driver.plan().at("stop").at(0).at("close_input").as_bool(), true);
}

std::string refusal(json::object more) {
  try {
    kit::Driver driver(paddock_adapter_v1, launch(std::move(more)));
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, ATypingErrorRefusesTheLaunchAndNamesIt) {
  EXPECT_THAT(refusal({{"mode", "interactive"}}), HasSubstr("'interactive'"));
  EXPECT_THAT(refusal({{"options", {{"command", ""}}}}), HasSubstr("'command'"));
  EXPECT_THAT(refusal({{"options", {{"quirks", {"mode_txt"}}}}}), HasSubstr("mode_txt"));
  EXPECT_THAT(refusal({{"options", {{"mcp_servers", json::parse(R"([{"name":"x"}])")}}}}), HasSubstr("'x'"));
  EXPECT_THAT(refusal({{"options", {{"mcp_servers", json::parse(R"([{"command":"x"}])")}}}}), HasSubstr("name"));
  EXPECT_EQ(refusal({{"options", {{"quirks", {"mode_text", "login:token"}}}}}), "");
}

TEST(Handshake, OffersNoFilesAndNoTerminal) {
  Agent agent({}, false);
  EXPECT_THAT(agent.written(), HasSubstr(R"("fs":{"readTextFile":false,"writeTextFile":false},"terminal":false)"));
}

TEST(Handshake, OpensASessionInTheWorkingDirectory) {
  Agent agent({}, false);
  agent.written();
  agent.says(kHello);
  EXPECT_THAT(agent.written(), HasSubstr(R"("method":"session/new","params":{"cwd":"/src","mcpServers":[]})"));
}

TEST(Handshake, GivesTheAgentItsMcpServers) {
  const json::value servers = json::parse(
      R"([{"name":"a","command":"srv","args":["-v"],"env":{"K":"1"}},{"name":"b","type":"http","url":"http://h"}])");
  Agent agent({{"options", {{"mcp_servers", servers}}}}, false);
  agent.written();
  agent.says("{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'mcpCapabilities':{'http':true}}}}");
  const std::string written = agent.written();
  EXPECT_THAT(written, HasSubstr(R"({"name":"a","command":"srv","args":["-v"],"env":[{"name":"K","value":"1"}]})"));
  EXPECT_THAT(written, HasSubstr(R"({"name":"b","type":"http","url":"http://h","headers":[]})"));
}

TEST(Handshake, SaysWhatItLeavesOut) {
  const json::value servers = json::parse(R"([{"name":"b","type":"sse","url":"http://h"}])");
  Agent agent({{"options", {{"mcp_servers", servers}, {"additional_directories", {"/more"}}}}}, false);
  agent.written();
  agent.says(kHello);
  EXPECT_THAT(agent.written(), Not(HasSubstr("http://h")));
  ASSERT_EQ(bodies(agent.seen(), "notice").size(), 2U);
  EXPECT_THAT(text(bodies(agent.seen(), "notice").at(0), "text"), HasSubstr("'b'"));
}

TEST(Handshake, AnotherVersionOfTheProtocolEndsTheSession) {
  Agent agent({{"prompt", "hi"}}, false);
  agent.says("{'id':0,'result':{'protocolVersion':2}}");
  EXPECT_THAT(text(bodies(agent.seen(), "error").at(0), "text"), HasSubstr("version 2"));
  EXPECT_TRUE(agent.seen().input_closed);
  EXPECT_EQ(outcome(agent.exits()), "agent_error");
}

TEST(Handshake, AnAgentThatNeverAnswersIsEnded) {
  Agent agent({}, false);
  agent.driver().advance(61'000'000'000);
  EXPECT_TRUE(agent.seen().input_closed);
  agent.driver().advance(10'000'000'000);
  EXPECT_THAT(agent.seen().signals, ElementsAre(SIGTERM));
  EXPECT_EQ(outcome(agent.exits(0, SIGTERM)), "agent_error");
}

TEST(Handshake, ASessionThatNeedsALoginIsBlockedOnIt) {
  Agent agent({{"prompt", "hi"}}, false);
  agent.says(kHello);
  agent.says("{'id':1,'error':{'code':-32000,'message':'Authentication required'}}");
  EXPECT_THAT(states(agent.seen()), ElementsAre("starting", "blocked:login"));
  EXPECT_EQ(text(bodies(agent.seen(), "error").at(0), "class"), "auth");
  EXPECT_TRUE(agent.seen().input_closed);
  EXPECT_EQ(outcome(agent.exits()), "auth_required");
}

TEST(Handshake, LogsInWithTheMethodThatWasChosen) {
  Agent agent({{"options", {{"login", "token"}}}}, false);
  agent.written();
  agent.says("{'id':0,'result':{'protocolVersion':1,'authMethods':[{'id':'other'},{'id':'token'}]}}");
  EXPECT_THAT(agent.written(), HasSubstr(R"("method":"authenticate","params":{"methodId":"token"})"));
  agent.says("{'id':1,'result':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("session/new"));
}

TEST(Handshake, ALoginThatFailsIsAuthRequired) {
  Agent agent({{"options", {{"login", "token"}}}}, false);
  agent.says("{'id':0,'result':{'protocolVersion':1,'authMethods':[{'id':'token'}]}}");
  agent.says("{'id':1,'error':{'code':-32602,'message':'wrong'}}");
  EXPECT_EQ(outcome(agent.exits()), "auth_required");
}

TEST(Handshake, SetsModeAndModelBeforeTheFirstPrompt) {
  Agent agent({{"prompt", "hi"}, {"model", "m2"}, {"options", {{"session_mode", "plan"}}}}, false);
  agent.says(kHello);
  agent.written();
  agent.says(
      "{'id':1,'result':{'sessionId':'s1','modes':{'currentModeId':'ask','availableModes':[{'id':'plan'}]},"
      "'models':{'currentModelId':'m1','availableModels':[{'modelId':'m1'}]}}}");
  EXPECT_THAT(agent.written(), HasSubstr(R"("session/set_mode","params":{"modeId":"plan","sessionId":"s1"})"));
  agent.says("{'id':2,'result':{}}");
  EXPECT_THAT(agent.written(), HasSubstr(R"("session/set_model","params":{"modelId":"m2","sessionId":"s1"})"));
  agent.says("{'id':3,'result':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("session/prompt"));
  const json::object session = bodies(agent.seen(), "session").at(0);
  EXPECT_EQ(text(session, "permission_mode"), "plan");
  EXPECT_EQ(text(session, "model"), "m2");
}

TEST(Handshake, AModeThatIsNotOfferedEndsTheSession) {
  Agent agent({{"prompt", "hi"}, {"options", {{"session_mode", "plan"}}}}, false);
  agent.says(kHello);
  agent.says("{'id':1,'result':{'sessionId':'s1'}}");
  EXPECT_THAT(text(bodies(agent.seen(), "error").at(0), "text"), HasSubstr("'plan'"));
  EXPECT_THAT(agent.written(), Not(HasSubstr("session/prompt")));
}

TEST(Resume, LoadsAndLeavesTheHistoryOut) {
  Agent agent({{"resume", "old"}, {"prompt", "go on"}}, false);
  agent.says(kHello);
  EXPECT_THAT(agent.written(), HasSubstr(R"("session/load","params":{"sessionId":"old")"));
  agent.says(
      "{'method':'session/update','params':{'sessionId':'old','update':{'sessionUpdate':'agent_message_chunk',"
      "'content':{'type':'text','text':'earlier'}}}}");
  agent.says("{'id':1,'result':{}}");
  EXPECT_THAT(agent.written(), HasSubstr("go on"));
  EXPECT_THAT(agent.seen().of("message"), IsEmpty());
  EXPECT_EQ(text(bodies(agent.seen(), "session").at(0), "agent_session_id"), "old");
}

TEST(Resume, PrefersTheWayWithoutHistory) {
  Agent agent({{"resume", "old"}}, false);
  agent.says(
      "{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'loadSession':true,"
      "'sessionCapabilities':{'resume':{}}}}}");
  EXPECT_THAT(agent.written(), HasSubstr("session/resume"));
}

TEST(Resume, IsRefusedWhereTheAgentCannot) {
  Agent agent({{"resume", "old"}}, false);
  agent.says("{'id':0,'result':{'protocolVersion':1}}");
  EXPECT_THAT(text(bodies(agent.seen(), "error").at(0), "text"), HasSubstr("'old'"));
  EXPECT_EQ(outcome(agent.exits()), "agent_error");
}

TEST(Resume, ASessionThatIsGoneIsSaid) {
  Agent agent({{"resume", "old"}}, false);
  agent.says(kHello);
  agent.says("{'id':1,'error':{'code':-32002,'message':'not found'}}");
  EXPECT_EQ(text(bodies(agent.seen(), "error").at(0), "class"), "invalid_request");
  EXPECT_EQ(outcome(agent.exits()), "agent_error");
}

}  // namespace
}  // namespace paddock::acp::test
