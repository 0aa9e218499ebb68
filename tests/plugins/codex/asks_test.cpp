// Approvals and questions: what is shown, what is answered, and that nothing is left hanging.
#include <string>

#include <gtest/gtest.h>

#include "plugins/codex/support.hpp"

namespace {

using namespace paddock::codex;
using paddock::codex::testing::body_of;
using paddock::codex::testing::Server;
namespace kit = paddock::sdk::testing;

constexpr const char* kCommand = "item/commandExecution/requestApproval";
constexpr const char* kPatch = "item/fileChange/requestApproval";
constexpr const char* kElicitation = "mcpServer/elicitation/request";
constexpr const char* kQuestions = "item/tool/requestUserInput";

/// A server whose turn runs.
class CodexAsk : public ::testing::Test {
 protected:
  void SetUp() override {
    server.open().begin();
    server.written();
  }

  /// The `result` of the one answer written since the last call.
  std::string result() {
    const auto written = server.written();
    if (written.size() != 1) return "no answer";
    const json::value* result = written[0].if_contains("result");
    return result != nullptr ? json::serialize(*result) : json::serialize(written[0]);
  }

  Server server;
};

TEST_F(CodexAsk, ShowsTheCommandAsAPersonWouldTypeIt) {
  server.ask("0", kCommand, R"("itemId":"c","command":"/bin/bash -lc 'rm -r build'","cwd":"/w","reason":"why not")");
  const json::object request = server.last("approval_request");
  EXPECT_EQ(text_of(request, "tool"), "shell");
  EXPECT_EQ(text_of(request, "tool_class"), "shell");
  EXPECT_EQ(text_of(request, "command"), "rm -r build");
  EXPECT_EQ(text_of(*object_of(request, "input"), "command"), "/bin/bash -lc 'rm -r build'");
  EXPECT_EQ(text_of(request, "call"), "c");
  EXPECT_EQ(text_of(request, "reason"), "why not");
  EXPECT_EQ(server.last_state(), "blocked");
  EXPECT_EQ(text_of(server.last("state"), "blocked_on"), "approval");
  EXPECT_EQ(text_of(server.seen().of("state").back(), "ref"), "0");
}

TEST_F(CodexAsk, AllowsOnce) {
  server.ask("0", kCommand);
  EXPECT_EQ(server.answer("0", R"({"decision":"allow"})"), PDK_OK);
  EXPECT_EQ(result(), R"({"decision":"accept"})");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "decision"), "allow");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "by"), "host");
  EXPECT_EQ(server.last_state(), "working");
}

TEST_F(CodexAsk, AllowsForTheSession) {
  server.ask("0", kPatch);
  server.answer("0", R"({"decision":"allow","remember":true})");
  EXPECT_EQ(result(), R"({"decision":"acceptForSession"})");
}

TEST_F(CodexAsk, DeniesWithoutEndingTheTurn) {
  server.ask("0", kCommand);
  server.answer("0", R"({"decision":"deny","message":"no","remember":true})");
  EXPECT_EQ(result(), R"({"decision":"decline"})");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "decision"), "deny");
}

TEST_F(CodexAsk, RefusesAnswersThatFitNothing) {
  server.ask("0", kCommand);
  EXPECT_EQ(server.answer("7", R"({"decision":"allow"})"), PDK_E_ARGUMENT);
  EXPECT_EQ(server.answer("0", R"({"decision":"perhaps"})"), PDK_E_ARGUMENT);
  EXPECT_EQ(server.answer("0", R"({})"), PDK_E_ARGUMENT);
  EXPECT_EQ(server.answer("0", R"({"decision":"allow"})"), PDK_OK);
  EXPECT_EQ(server.answer("0", R"({"decision":"allow"})"), PDK_E_ARGUMENT);
}

TEST_F(CodexAsk, AnswersInTheAgentsOwnKindOfId) {
  server.ask(R"("abc")", kCommand);
  server.answer("abc", R"({"decision":"allow"})");
  EXPECT_EQ(json::serialize(server.written().at(0)), R"({"id":"abc","result":{"decision":"accept"}})");
}

TEST_F(CodexAsk, ShowsWhatAPatchChanges) {
  server.tell("item/started",
              R"("item":{"type":"fileChange","id":"p","changes":[{"path":"/w/a.txt","kind":{"type":"update"},)"
              R"("diff":"-a\n+b\n"}],"status":"inProgress"})");
  server.ask("0", kPatch, R"("itemId":"p")");
  const json::object request = server.last("approval_request");
  EXPECT_EQ(text_of(request, "tool"), "apply_patch");
  EXPECT_EQ(text_of(request, "tool_class"), "edit");
  EXPECT_EQ(text_of(request, "title"), "a.txt");
  EXPECT_EQ(json::serialize(request.at("input")),
            R"({"changes":[{"path":"/w/a.txt","change":"modify","diff":"-a\n+b\n"}]})");
}

TEST_F(CodexAsk, ShowsAnUnknownPatchToo) {
  server.ask("0", kPatch, R"("itemId":"nobody-saw-it","grantRoot":"/w/x")");
  EXPECT_EQ(json::serialize(server.last("approval_request").at("input")), R"({"grant_root":"/w/x"})");
}

TEST_F(CodexAsk, LetsMcpToolsBeAllowedForTheSession) {
  const char* fields =
      R"("serverName":"echo","mode":"form","message":"Allow?","requestedSchema":{"type":"object","properties":{}},)"
      R"("_meta":{"codex_approval_kind":"mcp_tool_call","persist":["session"],"tool_name":"rm","tool_params":{"n":1}})";
  server.ask("0", kElicitation, fields);
  const json::object request = server.last("approval_request");
  EXPECT_EQ(text_of(request, "tool"), "mcp__echo__rm");
  EXPECT_EQ(text_of(request, "tool_class"), "mcp");
  EXPECT_EQ(json::serialize(request.at("input")), R"({"n":1})");
  server.answer("0", R"({"decision":"allow","remember":true})");
  EXPECT_EQ(result(), R"({"action":"accept","content":{},"_meta":{"persist":"session"}})");
  server.ask("1", kElicitation, fields);
  server.answer("1", R"({"decision":"deny","remember":true})");
  EXPECT_EQ(result(), R"({"action":"decline","content":null,"_meta":null})");
}

TEST_F(CodexAsk, FillsInTheFormsOfMcpServers) {
  server.ask("0", kElicitation,
             R"("serverName":"s","mode":"form","message":"Who?","requestedSchema":{"type":"object","properties":{)"
             R"("name":{"type":"string","title":"Name"},"age":{"type":"integer"},"sure":{"type":"boolean"},)"
             R"("pet":{"type":"string","enum":["cat","dog"]},"tags":{"type":"array"}}})");
  const json::object question = server.last("question");
  EXPECT_EQ(text_of(question, "text"), "Who?");
  EXPECT_EQ(json::serialize(question.at("questions")),
            R"([{"text":"Name","choices":[]},{"text":"age","choices":[]},{"text":"sure","choices":[]},)"
            R"({"text":"pet","choices":["cat","dog"]},{"text":"tags","choices":[]}])");
  EXPECT_EQ(text_of(server.last("state"), "blocked_on"), "question");
  EXPECT_EQ(server.answer("0", R"({"decision":"allow"})"), PDK_E_ARGUMENT);
  EXPECT_EQ(server.answer("0", R"({"answers":[["Bob"],["41"],["true"],["cat"],["a","b"]]})"), PDK_OK);
  EXPECT_EQ(result(),
            R"({"action":"accept","content":{"name":"Bob","age":41,"sure":true,"pet":"cat","tags":["a","b"]},)"
            R"("_meta":null})");
}

TEST_F(CodexAsk, ShowsALinkThatAServerWantsOpened) {
  server.ask("0", kElicitation, R"("serverName":"s","mode":"url","message":"Sign in","url":"https://example.org/x")");
  EXPECT_EQ(text_of(server.last("question"), "url"), "https://example.org/x");
  EXPECT_EQ(server.answer("0", R"({"decision":"allow"})"), PDK_OK);
  EXPECT_EQ(result(), R"({"action":"accept","content":{},"_meta":null})");
}

TEST_F(CodexAsk, AnswersQuestionsByTheirIds) {
  server.ask("0", kQuestions,
             R"("itemId":"c","questions":[{"id":"color","header":"Color","question":"Which?","isOther":true,)"
             R"("options":[{"label":"Red","description":"warm"},{"label":"Blue"}]},{"id":"n","question":"How many?",)"
             R"("isSecret":true}])");
  const json::object question = server.last("question");
  EXPECT_EQ(text_of(question, "text"), "Which?\nHow many?");
  EXPECT_EQ(json::serialize(question.at("questions")),
            R"([{"text":"Which?","header":"Color","choices":["Red","Blue"],"other":true},)"
            R"({"text":"How many?","choices":[],"secret":true}])");
  server.answer("0", R"({"answers":[["Blue"],"3"]})");
  EXPECT_EQ(result(), R"({"answers":{"color":{"answers":["Blue"]},"n":{"answers":["3"]}}})");
}

TEST_F(CodexAsk, AnswersADeniedQuestionWithNothing) {
  server.ask("0", kQuestions, R"("questions":[{"id":"q","question":"?"}])");
  server.answer("0", R"({"decision":"deny"})");
  EXPECT_EQ(result(), R"({"answers":{}})");
}

TEST_F(CodexAsk, GrantsThePermissionsThatWereAskedFor) {
  server.ask("0", "item/permissions/requestApproval", R"("itemId":"c","permissions":{"network":{"enabled":true}})");
  EXPECT_EQ(text_of(server.last("approval_request"), "tool"), "permissions");
  server.answer("0", R"({"decision":"allow","remember":true})");
  EXPECT_EQ(result(), R"({"permissions":{"network":{"enabled":true}},"scope":"session"})");
  server.ask("1", "item/permissions/requestApproval", R"("permissions":{"network":{"enabled":true}})");
  server.answer("1", R"({"decision":"deny"})");
  EXPECT_EQ(result(), R"({"permissions":{},"scope":"turn"})");
}

TEST_F(CodexAsk, RefusesRequestsItDoesNotKnow) {
  server.ask("5", "item/tool/call", R"("tool":"x")");
  const json::object refusal = server.written().at(0);
  EXPECT_EQ(number_of(refusal, "id"), 5);
  EXPECT_EQ(number_of(*object_of(refusal, "error"), "code"), -32601);
  EXPECT_EQ(text_of(server.last("unknown"), "what"), "request");
  EXPECT_EQ(server.last_state(), "working");
}

TEST_F(CodexAsk, RefusesRequestsOnceThereAreTooMany) {
  for (int i = 0; i < 100; ++i) server.ask(std::to_string(i), kCommand);
  EXPECT_EQ(server.count("approval_request"), 64U);
  EXPECT_EQ(server.written().size(), 36U);
}

TEST_F(CodexAsk, StaysBlockedUntilTheLastAnswer) {
  server.ask("0", kCommand);
  server.ask("1", kQuestions, R"("questions":[{"id":"q","question":"?"}])");
  EXPECT_EQ(text_of(server.seen().of("state").back(), "ref"), "0");
  server.answer("0", R"({"decision":"allow"})");
  EXPECT_EQ(server.last_state(), "blocked");
  EXPECT_EQ(text_of(server.last("state"), "blocked_on"), "question");
  EXPECT_EQ(text_of(server.seen().of("state").back(), "ref"), "1");
  server.answer("1", R"({"answers":[["x"]]})");
  EXPECT_EQ(server.last_state(), "working");
}

TEST_F(CodexAsk, SaysWhenTheAgentNoLongerWaits) {
  server.ask("0", kCommand);
  server.tell("serverRequest/resolved", R"("requestId":0)");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "decision"), "cancelled");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "by"), "agent");
  EXPECT_EQ(server.last_state(), "working");
}

TEST_F(CodexAsk, WithdrawsWhatIsOpenWhenTheTurnEnds) {
  server.ask("0", kCommand);
  EXPECT_EQ(server.command(PDK_CMD_INTERRUPT), PDK_OK);
  server.end("interrupted");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "decision"), "cancelled");
  EXPECT_EQ(server.last_state(), "idle");
  server.tell("serverRequest/resolved", R"("requestId":0)");
  EXPECT_EQ(server.count("approval_resolved"), 1U);
}

TEST_F(CodexAsk, WithdrawsWhatIsOpenWhenTheAgentDies) {
  server.ask("0", kCommand);
  server.exit(0, 9);
  EXPECT_EQ(server.count("approval_resolved"), 1U);
  EXPECT_EQ(kit::check_contract(server.seen()), "");
}

TEST_F(CodexAsk, AnswersForSubAgentsToo) {
  server.tell(
      "item/started",
      R"("item":{"type":"subAgentActivity","id":"spawn","kind":"started","agentThreadId":"sub","agentPath":"/s"})");
  server.say(R"({"method":")" + std::string(kCommand) + R"(","id":4,"params":{"threadId":"sub","command":"ls"}})");
  EXPECT_EQ(text_of(server.last("approval_request"), "parent"), "spawn");
  EXPECT_EQ(server.last_state(), "blocked");
  EXPECT_FALSE(server.last("state").contains("parent"));
  server.end();
  EXPECT_EQ(server.last_state(), "blocked");
  EXPECT_EQ(server.answer("4", R"({"decision":"allow"})"), PDK_OK);
}

TEST_F(CodexAsk, TakesTheAnswerToALaterQuestionAsTheNextMessage) {
  const char* message = R"("item":{"type":"agentMessage","id":"m","text":"Which port?","delivery":"async",)"
                        R"("questions":[{"title":"Which port?","options":["8080","9090"]}]})";
  server.tell("item/completed", message);
  EXPECT_EQ(server.last_state(), "working");
  EXPECT_FALSE(flag_of(server.last("question"), "waits", true));
  server.end();
  EXPECT_EQ(server.count("approval_resolved"), 0U);
  EXPECT_EQ(server.answer("m", R"({"answers":[["9090"]]})"), PDK_OK);
  const auto written = server.written();
  EXPECT_EQ(text_of(written.back(), "method"), "turn/start");
  EXPECT_NE(json::serialize(written.back()).find("9090"), std::string::npos);
}

TEST_F(CodexAsk, TakesTheNextMessageAsAnswerToALaterQuestion) {
  server.tell("item/completed", R"("item":{"type":"agentMessage","id":"m","text":"?","questions":[{"title":"?"}]})");
  server.end();
  server.prompt("anything");
  EXPECT_EQ(text_of(server.last("approval_resolved"), "decision"), "allow");
}

}  // namespace
