// The life of a session: handshake, turns, interrupts, changes, the end.
#include <string>

#include <gtest/gtest.h>

#include "plugins/codex/support.hpp"

namespace {

using namespace paddock::codex;
using paddock::codex::testing::body_of;
using paddock::codex::testing::Server;
namespace kit = paddock::sdk::testing;

std::string method_of(const json::object& message) { return std::string(text_of(message, "method")); }
const json::object& params_of(const json::object& message) { return *object_of(message, "params"); }

TEST(CodexHandshake, BeginsWithInitialize) {
  Server server;
  const auto written = server.written();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(method_of(written[0]), "initialize");
  EXPECT_EQ(text_of(*object_of(params_of(written[0]), "clientInfo"), "name"), "paddock");
  EXPECT_EQ(server.last_state(), "starting");
}

TEST(CodexHandshake, OpensAThreadAsTheLaunchWishes) {
  Server server(R"({"prompt":"hi","workdir":"/w","model":"m","options":{"sandbox":"read-only",)"
                R"("approval_policy":"untrusted","network_access":true,"config":{"a.b":1}}})");
  server.written();
  server.say(R"({"id":1,"result":{}})");
  const auto written = server.written();
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(method_of(written[0]), "initialized");
  EXPECT_EQ(method_of(written[1]), "thread/start");
  const json::object& params = params_of(written[1]);
  EXPECT_EQ(text_of(params, "cwd"), "/w");
  EXPECT_EQ(text_of(params, "model"), "m");
  EXPECT_EQ(text_of(params, "sandbox"), "read-only");
  EXPECT_EQ(text_of(params, "approvalPolicy"), "untrusted");
  EXPECT_EQ(json::serialize(params.at("config")),
            R"({"a.b":1,"projects":{"/w":{"trust_level":"untrusted"}},"sandbox_workspace_write.network_access":true})");
}

TEST(CodexHandshake, NeitherAsksNorSandboxesInYoloMode) {
  Server server(R"({"prompt":"hi","yolo":true,"options":{"sandbox":"read-only"}})");
  server.say(R"({"id":1,"result":{}})");
  const json::object params = params_of(server.written().back());
  EXPECT_EQ(text_of(params, "sandbox"), "danger-full-access");
  EXPECT_EQ(text_of(params, "approvalPolicy"), "never");
}

TEST(CodexHandshake, GoesOnWithAThread) {
  Server server(R"({"prompt":"hi","resume":"thread-1"})");
  server.say(R"({"id":1,"result":{}})");
  const auto written = server.written();
  EXPECT_EQ(method_of(written.back()), "thread/resume");
  EXPECT_EQ(text_of(params_of(written.back()), "threadId"), "thread-1");
  EXPECT_TRUE(flag_of(params_of(written.back()), "excludeTurns"));
}

TEST(CodexHandshake, TellsWhatTheAgentSaysItIsAndSendsThePrompt) {
  Server server;
  server.open();
  const json::object session = server.last("session");
  EXPECT_EQ(text_of(session, "agent_session_id"), "thread-1");
  EXPECT_EQ(text_of(session, "model"), "gpt-5.5");
  EXPECT_EQ(text_of(session, "version"), "0.169.0");
  EXPECT_EQ(text_of(session, "permission_mode"), "on-request");
  const auto written = server.written();
  EXPECT_EQ(method_of(written.back()), "turn/start");
  EXPECT_EQ(text_of(array_of(params_of(written.back()), "input")->front().as_object(), "text"), "hi");
  EXPECT_EQ(server.last_state(), "idle");
}

TEST(CodexHandshake, TakesTheThreadItWasOnlyToldAbout) {
  Server server;
  server.say(R"({"id":1,"result":{}})");
  server.say(R"({"id":2,"result":{}})");
  server.say(R"({"method":"thread/started","params":{"thread":{"id":"thread-1","model":"m"}}})");
  EXPECT_EQ(text_of(server.last("session"), "agent_session_id"), "thread-1");
  EXPECT_EQ(method_of(server.written().back()), "turn/start");
}

TEST(CodexHandshake, TakesTheThreadFromAnAnswerWithAnotherId) {
  Server server;
  server.say(R"({"id":1,"result":{}})");
  server.say(R"({"id":"two","result":{"thread":{"id":"thread-1"},"model":"m"}})");
  EXPECT_EQ(text_of(server.last("session"), "agent_session_id"), "thread-1");
}

TEST(CodexHandshake, EndsWhenTheThreadCannotBeOpened) {
  Server server(R"({"prompt":"hi","resume":"gone"})");
  server.say(R"({"id":1,"result":{}})");
  server.say(R"({"id":2,"error":{"code":-32600,"message":"no rollout found for thread id gone"}})");
  EXPECT_EQ(text_of(server.last("error"), "class"), "invalid_request");
  EXPECT_TRUE(server.seen().input_closed);
  EXPECT_EQ(server.prompt("more"), PDK_E_NOT_NOW);
  const json::object outcome = server.exit();
  EXPECT_EQ(text_of(outcome, "result"), "agent_error");
  EXPECT_EQ(text_of(outcome, "text"), "no rollout found for thread id gone");
}

TEST(CodexHandshake, EndsWhenTheProgramRefusesToStart) {
  Server server;
  server.driver.feed(PDK_CH_STDERR, "\x1b[31merror\x1b[0m: unexpected argument '--nope'\n\nFor more, try '--help'.\n");
  const json::object outcome = server.exit(2);
  EXPECT_EQ(text_of(outcome, "result"), "agent_error");
  EXPECT_EQ(text_of(outcome, "text"), "error: unexpected argument '--nope'");
}

TEST(CodexTurn, EndsTheInputWhenThePromptIsDone) {
  Server server(R"({"prompt":"hi","workdir":"/w"})");
  server.open().begin();
  EXPECT_FALSE(server.seen().input_closed);
  server.end();
  EXPECT_TRUE(server.seen().input_closed);
  EXPECT_EQ(text_of(server.exit(), "result"), "success");
}

TEST(CodexTurn, StaysForMoreWhenKeptOpen) {
  Server server;
  server.open().begin().end();
  EXPECT_FALSE(server.seen().input_closed);
  server.written();
  EXPECT_EQ(server.prompt("more"), PDK_OK);
  EXPECT_EQ(method_of(server.written().at(0)), "turn/start");
}

TEST(CodexTurn, WaitsForTheFirstPromptWhenThereIsNone) {
  Server server(R"({"workdir":"/w"})");
  server.open();
  EXPECT_FALSE(server.seen().input_closed);
  EXPECT_EQ(server.prompt("hi"), PDK_OK);
  server.begin().end();
  EXPECT_TRUE(server.seen().input_closed);
}

TEST(CodexTurn, SteersWhileItWorks) {
  Server server;
  server.open().begin();
  server.written();
  EXPECT_EQ(server.prompt("rather this"), PDK_OK);
  const json::object steer = server.written().at(0);
  EXPECT_EQ(method_of(steer), "turn/steer");
  EXPECT_EQ(text_of(params_of(steer), "expectedTurnId"), "turn-1");
}

TEST(CodexTurn, LosesNoMessageThatCameTooLateToSteer) {
  Server server(R"({"prompt":"hi"})");
  server.open().begin();
  server.prompt("rather this");
  server.end();
  EXPECT_FALSE(server.seen().input_closed);
  server.written();
  server.say(R"({"error":{"code":-32600,"message":"no active turn to steer"},"id":4})");
  const json::object turn = server.written().at(0);
  EXPECT_EQ(method_of(turn), "turn/start");
  EXPECT_EQ(text_of(array_of(params_of(turn), "input")->front().as_object(), "text"), "rather this");
  server.say(R"({"id":5,"result":{"turn":{"id":"turn-2"}}})");
  server.tell("turn/started", R"("turn":{"id":"turn-2"})");
  server.end("completed", "turn-2");
  EXPECT_TRUE(server.seen().input_closed);
}

TEST(CodexTurn, KeepsMessagesUntilTheThreadIsOpen) {
  Server server;
  EXPECT_EQ(server.prompt("second"), PDK_OK);
  server.open();
  const auto written = server.written();
  ASSERT_GE(written.size(), 2U);
  EXPECT_EQ(method_of(written[written.size() - 1]), "turn/start");
  EXPECT_EQ(method_of(written[written.size() - 2]), "turn/start");
  for (int i = 0; i < 40; ++i) server.prompt("x");
}

TEST(CodexTurn, RefusesMoreMessagesThanItKeeps) {
  Server server;
  pdk_status status = PDK_OK;
  for (int i = 0; i < 40 && status == PDK_OK; ++i) status = server.prompt("x");
  EXPECT_EQ(status, PDK_E_NOT_NOW);
}

TEST(CodexTurn, RefusesAnEmptyMessage) {
  Server server;
  server.open();
  EXPECT_EQ(server.prompt(""), PDK_E_ARGUMENT);
}

TEST(CodexTurn, TellsWhyAPromptWasRefused) {
  Server server(R"({"prompt":"hi"})");
  server.open();
  server.say(R"({"id":3,"error":{"code":-32600,"message":"thread not found: thread-1"}})");
  EXPECT_EQ(text_of(server.last("error"), "text"), "thread not found: thread-1");
  EXPECT_TRUE(server.seen().input_closed);
  EXPECT_EQ(text_of(server.exit(), "result"), "agent_error");
}

TEST(CodexTurn, EndsAlsoWhenItsEndWasTooLongToRead) {
  Server server(R"({"prompt":"hi"})");
  server.open().begin();
  server.tell("thread/status/changed", R"("status":{"type":"idle"})");
  EXPECT_EQ(server.count("turn"), 1U);
  server.driver.advance(3'000'000'000);
  EXPECT_EQ(text_of(server.last("turn"), "outcome"), "finished");
  EXPECT_TRUE(server.seen().input_closed);
}

TEST(CodexTurn, TellsTheLastMessageAsItsText) {
  Server server;
  server.open().begin();
  server.tell("item/completed", R"("item":{"type":"agentMessage","id":"m","text":"done"})");
  server.end();
  EXPECT_EQ(text_of(server.last("turn"), "text"), "done");
}

TEST(CodexTurn, SaysOnceWhatWentWrong) {
  Server server;
  server.open().begin();
  server.tell("error", R"("willRetry":false,"error":{"message":"overloaded","codexErrorInfo":"serverOverloaded"})");
  server.end("failed", "turn-1", R"({"message":"overloaded","codexErrorInfo":"serverOverloaded"})");
  EXPECT_EQ(server.count("error"), 1U);
  EXPECT_EQ(text_of(server.last("turn"), "outcome"), "failed");
  const json::object outcome = server.exit();
  EXPECT_EQ(text_of(outcome, "result"), "agent_error");
  EXPECT_TRUE(flag_of(outcome, "retryable"));
}

TEST(CodexTurn, KeepsWhatWasStreamedWhenItIsCutOff) {
  Server server;
  server.open().begin();
  server.tell("item/agentMessage/delta", R"("itemId":"m","delta":"half a ")");
  server.tell("item/agentMessage/delta", R"("itemId":"m","delta":"sentence")");
  server.end("interrupted");
  const json::object message = server.last("message");
  EXPECT_EQ(text_of(message, "text"), "half a sentence");
  EXPECT_TRUE(flag_of(message, "incomplete"));
  EXPECT_EQ(number_of(server.seen().of("message").back(), "flags"), PDK_EVF_REPLACES_PARTIAL);
}

TEST(CodexTurn, EndsCallsThatNeverEnded) {
  Server server;
  server.open().begin();
  server.tell("item/started", R"("item":{"type":"webSearch","id":"c","query":"weather"})");
  server.end("interrupted");
  EXPECT_EQ(text_of(server.last("tool_call"), "tool_class"), "web");
  EXPECT_EQ(text_of(server.last("tool_result"), "outcome"), "cancelled");
}

TEST(CodexInterrupt, NamesTheTurn) {
  Server server;
  server.open().begin();
  server.written();
  EXPECT_EQ(server.command(PDK_CMD_INTERRUPT), PDK_OK);
  const json::object interrupt = server.written().at(0);
  EXPECT_EQ(method_of(interrupt), "turn/interrupt");
  EXPECT_EQ(text_of(params_of(interrupt), "turnId"), "turn-1");
  server.say(R"({"id":4,"result":{}})");
  server.end("interrupted");
  EXPECT_EQ(text_of(server.last("turn"), "outcome"), "cancelled");
}

TEST(CodexInterrupt, WaitsForATurnThatHasNotBegun) {
  Server server;
  server.open();
  EXPECT_EQ(server.command(PDK_CMD_INTERRUPT), PDK_OK);
  server.written();
  server.begin();
  EXPECT_EQ(method_of(server.written().at(0)), "turn/interrupt");
}

TEST(CodexInterrupt, IsNotForIdleSessions) {
  Server server;
  EXPECT_EQ(server.command(PDK_CMD_INTERRUPT), PDK_E_NOT_NOW);
  server.open().begin().end();
  EXPECT_EQ(server.command(PDK_CMD_INTERRUPT), PDK_E_NOT_NOW);
}

TEST(CodexInterrupt, StopsTheCommandsThatWouldGoOn) {
  Server server;
  server.open().begin();
  server.tell("item/started", R"("item":{"type":"commandExecution","id":"c","command":"sleep 9","processId":"77"})");
  server.command(PDK_CMD_INTERRUPT);
  server.written();
  server.end("interrupted");
  const json::object terminate = server.written().at(0);
  EXPECT_EQ(method_of(terminate), "thread/backgroundTerminals/terminate");
  EXPECT_EQ(text_of(params_of(terminate), "processId"), "77");
  EXPECT_EQ(server.count("tool_result"), 0U);
  server.tell("item/completed",
              R"("item":{"type":"commandExecution","id":"c","command":"sleep 9","status":"failed","exitCode":-1})");
  EXPECT_EQ(text_of(server.last("tool_result"), "outcome"), "cancelled");
}

TEST(CodexSet, HoldsFromTheNextTurnOn) {
  Server server;
  server.open().begin().end();
  EXPECT_EQ(server.command(PDK_CMD_SET, R"({"model":"big","permission_mode":"read-only"})"), PDK_OK);
  server.written();
  server.prompt("more");
  const json::object params = params_of(server.written().at(0));
  EXPECT_EQ(text_of(params, "model"), "big");
  EXPECT_EQ(text_of(params, "approvalPolicy"), "on-request");
  EXPECT_EQ(text_of(*object_of(params, "sandboxPolicy"), "type"), "readOnly");
}

TEST(CodexSet, RefusesWhatItDoesNotKnow) {
  Server server;
  server.open();
  EXPECT_EQ(server.command(PDK_CMD_SET, R"({"permission_mode":"sometimes"})"), PDK_E_ARGUMENT);
  EXPECT_EQ(server.command(PDK_CMD_SET, R"({"colour":"red"})"), PDK_E_ARGUMENT);
}

TEST(CodexFinish, EndsAnIdleSessionAtOnce) {
  Server server;
  server.open().begin().end();
  EXPECT_EQ(server.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_TRUE(server.seen().input_closed);
  EXPECT_EQ(server.command(PDK_CMD_FINISH), PDK_E_NOT_NOW);
}

TEST(CodexFinish, LetsARunningTurnEnd) {
  Server server;
  server.open().begin();
  EXPECT_EQ(server.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_FALSE(server.seen().input_closed);
  EXPECT_EQ(server.prompt("more"), PDK_E_NOT_NOW);
  server.end();
  EXPECT_TRUE(server.seen().input_closed);
}

}  // namespace
