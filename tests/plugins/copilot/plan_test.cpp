// What is Copilot's own: its command line, its MCP servers and its quirks.
#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Copilot, IsStartedWithoutUpdates) {
  kit::Driver driver(paddock_adapter_v1, launch({{"model", "gpt-5.4"}, {"args", {"--add-dir", "/more"}}}));
  EXPECT_EQ(json::serialize(driver.plan().at("argv")),
            R"(["copilot","--acp","--no-auto-update","--model","gpt-5.4","--add-dir","/more"])");
  EXPECT_EQ(json::serialize(driver.plan().at("env").at("set")), R"({"COPILOT_AUTO_UPDATE":"false"})");
}

TEST(Copilot, MayBeStartedWithoutItsLoader) {
  kit::Driver driver(paddock_adapter_v1, launch({{"options", {{"program", "copilot-linux-x64"}}}}));
  EXPECT_EQ(driver.plan().at("argv").at(0).as_string(), "copilot-linux-x64");
  EXPECT_THROW(kit::Driver(paddock_adapter_v1, launch({{"options", {{"program", "sh"}}}})), std::runtime_error);
}

TEST(Copilot, GetsProgramsAsMcpServersInAFile) {
  const json::value servers = json::parse(
      R"([{"name":"a","command":"srv","args":["-v"],"env":{"K":"1"}},{"name":"b","type":"http","url":"http://h"}])");
  Agent agent({{"options", {{"mcp_servers", servers}}}}, false);
  const json::object& plan = agent.driver().plan();
  EXPECT_THAT(json::serialize(plan.at("argv")), HasSubstr(R"("--additional-mcp-config","@/tmp/ses_1/mcp.json")"));
  EXPECT_EQ(plan.at("files").at(0).at("mode").as_int64(), 0600);
  EXPECT_EQ(plan.at("files").at(0).at("text").as_string(),
            R"({"mcpServers":{"a":{"type":"local","command":"srv","args":["-v"],"env":{"K":"1"},"tools":["*"]}}})");
  agent.written();
  agent.says("{'id':0,'result':{'protocolVersion':1,'agentCapabilities':{'mcpCapabilities':{'http':true}}}}");
  const std::string written = agent.written();
  EXPECT_THAT(written, HasSubstr("http://h"));
  EXPECT_THAT(written, Not(HasSubstr("srv")));
}

void ends_with_usage(Agent& agent, int id, int tokens) {
  agent.says("{'id':" + std::to_string(id) + ",'result':{'stopReason':'end_turn','usage':{'inputTokens':" +
             std::to_string(tokens) + ",'outputTokens':1,'totalTokens':" + std::to_string(tokens + 1) + "}}}");
}

TEST(Copilot, AnErrorInTheAnswerFailsTheTurn) {
  Agent agent({{"prompt", "x"}, {"keep_open", false}});
  agent.speaks("Error: 429 Too many requests. Try again in 2 minutes.");
  agent.ends_turn();
  const json::object error = bodies(agent.seen(), "error").back();
  EXPECT_EQ(text(error, "class"), "rate_limit");
  EXPECT_EQ(error.at("retry_after_s").as_int64(), 120);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "failed");
  EXPECT_THAT(agent.seen().of("message"), IsEmpty());
  EXPECT_EQ(text(agent.exits(), "result"), "rate_limited");
}

TEST(Copilot, WhatIsSaidAgainAfterARetryIsNotSaidTwice) {
  Agent agent;
  agent.prompt("x");
  agent.speaks("half an ");
  agent.speaks("Info: Response was interrupted due to a server error. Retrying...");
  agent.speaks("half an answer");
  ends_with_usage(agent, 2, 10);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "half an answer");
  EXPECT_TRUE(bodies(agent.seen(), "error").at(0).at("retrying").as_bool());
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished");
}

TEST(Copilot, OtherInformationIsANotice) {
  Agent agent;
  agent.prompt("x");
  agent.speaks("Creating a file. ");
  agent.speaks("Info: /workspace/notes.txt");
  agent.speaks("Done.");
  ends_with_usage(agent, 2, 10);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "text"), "Creating a file. Done.");
  EXPECT_EQ(text(bodies(agent.seen(), "notice").back(), "text"), "/workspace/notes.txt");
}

TEST(Copilot, ATurnThatUsedNothingHasFailed) {
  Agent agent;
  agent.prompt("x");
  ends_with_usage(agent, 2, 10);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished");
  agent.prompt("y");
  ends_with_usage(agent, 3, 10);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "failed");
  agent.prompt("/context");
  ends_with_usage(agent, 4, 10);
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "finished") << "a command needs no model";
}

TEST(Copilot, AnInterruptedTurnThatUsedNothingIsCancelled) {
  Agent agent;
  agent.prompt("x");
  agent.command(PDK_CMD_INTERRUPT);
  agent.ends_turn("cancelled");
  EXPECT_EQ(text(bodies(agent.seen(), "turn").back(), "outcome"), "cancelled");
  EXPECT_THAT(agent.seen().of("error"), IsEmpty());
}

TEST(Copilot, AModeMayBeCalledByTheEndOfItsAddress) {
  Agent agent({}, false);
  agent.says("{'id':0,'result':{'protocolVersion':1}}");
  agent.says(
      "{'id':1,'result':{'sessionId':'s1','modes':{'currentModeId':'https://x/modes#agent','availableModes':["
      "{'id':'https://x/modes#agent'},{'id':'https://x/modes#plan'}]}}}");
  agent.written();
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"permission_mode", "plan"}}), PDK_OK);
  EXPECT_THAT(agent.written(), HasSubstr("https://x/modes#plan"));
}

}  // namespace
}  // namespace paddock::acp::test
