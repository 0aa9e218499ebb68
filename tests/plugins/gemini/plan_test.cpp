// What is Gemini's own: its command line and its quirks.
#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string argv(json::object more = {}) {
  kit::Driver driver(paddock_adapter_v1, launch(std::move(more)));
  return json::serialize(driver.plan().at("argv"));
}

TEST(Gemini, IsStartedAsOneProcess) {
  kit::Driver driver(paddock_adapter_v1, launch());
  EXPECT_EQ(json::serialize(driver.plan().at("argv")), R"(["gemini","--acp"])");
  EXPECT_EQ(json::serialize(driver.plan().at("env").at("set")), R"({"GEMINI_CLI_NO_RELAUNCH":"true"})");
}

TEST(Gemini, TakesModelAndArguments) {
  EXPECT_EQ(argv({{"model", "gemini-2.5-flash"}, {"args", {"--debug"}}}),
            R"(["gemini","--acp","-m","gemini-2.5-flash","--debug"])");
}

TEST(Gemini, TrustsAFolderOnlyWhenTold) {
  kit::Driver driver(paddock_adapter_v1, launch({{"options", {{"trust_workspace", true}}}}));
  EXPECT_EQ(driver.plan().at("env").at("set").at("GEMINI_CLI_TRUST_WORKSPACE").as_string(), "true");
}

TEST(Gemini, AChangeOfModeIsNoAnswer) {
  Agent agent;
  agent.prompt("x");
  agent.speaks("[MODE_UPDATE] yolo");
  agent.speaks("Hello");
  agent.ends_turn();
  EXPECT_EQ(text(bodies(agent.seen(), "session").back(), "permission_mode"), "yolo");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "Hello");
}

TEST(Gemini, ACallIsNamedByItsIdAndItsTitleIsTheCommand) {
  Agent agent;
  agent.prompt("x");
  agent.says(
      "{'id':0,'method':'session/request_permission','params':{'sessionId':'s1','options':[],'toolCall':{"
      "'toolCallId':'run_shell_command__run_shell_command_17_0','title':'ls -l','kind':'execute'}}}");
  const json::object asked = bodies(agent.seen(), "approval_request").at(0);
  EXPECT_EQ(text(asked, "tool"), "run_shell_command");
  EXPECT_EQ(text(asked, "command"), "ls -l");
}

TEST(Gemini, HistoryThatComesAfterTheAnswerIsNoNewMessage) {
  Agent agent({{"resume", "s1"}, {"prompt", "go on"}}, false);
  agent.says("{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'loadSession':true}}}");
  agent.says("{'id':1,'result':{}}");
  agent.speaks("earlier");
  EXPECT_THAT(agent.written(), Not(HasSubstr("go on"))) << "the prompt went out while history was still coming";
  agent.updates("{'sessionUpdate':'available_commands_update','availableCommands':[{'name':'about'}]}");
  EXPECT_THAT(agent.written(), HasSubstr("go on"));
  EXPECT_THAT(agent.seen().of("message"), IsEmpty());
}

TEST(Gemini, WithoutAnEndOfHistoryThePromptGoesOutAfterAWhile) {
  Agent agent({{"resume", "s1"}, {"prompt", "go on"}}, false);
  agent.says("{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'loadSession':true}}}");
  agent.says("{'id':1,'result':{}}");
  agent.driver().advance(4'000'000'000);
  EXPECT_THAT(agent.written(), HasSubstr("go on"));
}

TEST(Gemini, TokensOfEveryPromptAreAddedUp) {
  Agent agent;
  for (int i = 2; i < 4; ++i) {
    agent.prompt("x");
    agent.says(
        "{'id':" + std::to_string(i) +
        ",'result':{'stopReason':'end_turn','_meta':{'quota':{'token_count':{'input_tokens':100,'output_tokens':7},"
        "'model_usage':[{'model':'gemini-3.8-flash','token_count':{}}]}}}}");
  }
  const json::object usage = bodies(agent.seen(), "usage").back();
  EXPECT_EQ(usage.at("input_tokens").as_int64(), 200);
  EXPECT_EQ(usage.at("output_tokens").as_int64(), 14);
  EXPECT_EQ(text(usage, "model"), "gemini-3.8-flash");
}

}  // namespace
}  // namespace paddock::acp::test
