// Commands: what is written for each, and when each is refused.
#include <csignal>

#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

json::object line(const std::string& written) { return json::parse(written).as_object(); }
json::object request(const std::string& written) { return line(written).at("request").as_object(); }

TEST(Start, InitializesAndThenPrompts) {
  kit::Driver driver(paddock_adapter_v1, launch({{"prompt", "say \"hi\""}}));
  driver.started();
  const std::string written = driver.seen().written;
  const std::size_t end = written.find('\n');
  EXPECT_EQ(text(request(written.substr(0, end)), "subtype"), "initialize");
  const json::object prompt = line(written.substr(end + 1));
  EXPECT_EQ(text(prompt, "type"), "user");
  EXPECT_EQ(text(prompt.at("message").as_object(), "content"), "say \"hi\"");
}

TEST(Start, WithoutAPromptOnlyInitializes) {
  kit::Driver driver(paddock_adapter_v1, launch());
  driver.started();
  EXPECT_EQ(std::count(driver.seen().written.begin(), driver.seen().written.end(), '\n'), 1);
}

TEST(Start, IsIdleOnceTheCliAnswers) {
  Agent agent;
  EXPECT_EQ(agent.states(), (std::vector<std::string>{"starting", "idle"}));
}

TEST(Start, IsIdleAlsoWhenTheCliDoesNotKnowTheRequest) {
  kit::Driver driver(paddock_adapter_v1, launch());
  driver.started();
  driver.feed(PDK_CH_STDOUT,
              R"({"type":"control_response","response":{"subtype":"error","request_id":"paddock-1","error":"what?"}})"
              "\n");
  EXPECT_EQ(driver.seen().of("state").back().at("body").as_object().at("state").as_string(), "idle");
  EXPECT_EQ(text(driver.seen().of("notice").at(0).at("body").as_object(), "text"), "initialize was refused: what?");
}

TEST(Prompt, IsOneLineWhateverItHolds) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {{"text", "two\nlines \xC3\xBC \x01"}}), PDK_OK);
  const std::string written = agent.written();
  EXPECT_EQ(written.find('\n'), written.size() - 1);
  EXPECT_EQ(text(line(written).at("message").as_object(), "content"), "two\nlines \xC3\xBC \x01");
}

TEST(Prompt, ShowsInTheConversation) {
  Agent agent;
  agent.command(PDK_CMD_PROMPT, {}, {{"text", "hello"}});
  EXPECT_EQ(agent.bodies("message").at(0), (json::object{{"role", "user"}, {"text", "hello"}}));
}

TEST(Prompt, WithoutTextIsRefused) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {{"text", 5}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.written(), "");
}

TEST(Prompt, WhileWorkingIsQueuedByTheCli) {
  Agent agent;
  agent.begins_turn();
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {{"text", "more"}}), PDK_OK);
  EXPECT_FALSE(agent.written().empty());
}

TEST(Interrupt, AlwaysSaysSomething) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  EXPECT_EQ(text(request(agent.written()), "subtype"), "interrupt");
  agent.begins_turn();
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  EXPECT_EQ(text(request(agent.written()), "subtype"), "interrupt");
}

TEST(Interrupt, IsASignalWhenTheInputIsClosed) {
  Agent agent;
  agent.command(PDK_CMD_FINISH);
  EXPECT_EQ(agent.command(PDK_CMD_INTERRUPT), PDK_OK);
  EXPECT_EQ(agent.driver().seen().signals, std::vector<int>{SIGINT});
  EXPECT_EQ(agent.written(), "");
}

TEST(Set, ChangesTheModel) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"model", "sonnet"}}), PDK_OK);
  const json::object sent = request(agent.written());
  EXPECT_EQ(text(sent, "subtype"), "set_model");
  EXPECT_EQ(text(sent, "model"), "sonnet");
}

TEST(Set, ChangesThePermissionMode) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"permission_mode", "acceptEdits"}}), PDK_OK);
  const json::object sent = request(agent.written());
  EXPECT_EQ(text(sent, "subtype"), "set_permission_mode");
  EXPECT_EQ(text(sent, "mode"), "acceptEdits");
  agent.says("{'type':'system','subtype':'status','status':null,'permissionMode':'acceptEdits'}");
  EXPECT_EQ(text(agent.bodies("session").at(0), "permission_mode"), "acceptEdits");
}

TEST(Set, RefusesWordsThatAreNoModeAndWritesNothing) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"permission_mode", "nonsense"}, {"model", "sonnet"}}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {}), PDK_E_ARGUMENT);
  EXPECT_EQ(agent.written(), "");
}

TEST(Set, BypassNeedsAYoloLaunch) {
  Agent asking;
  EXPECT_EQ(asking.command(PDK_CMD_SET, {}, {{"permission_mode", "bypassPermissions"}}), PDK_E_UNSUPPORTED);
  Agent yolo({{"yolo", true}});
  EXPECT_EQ(yolo.command(PDK_CMD_SET, {}, {{"permission_mode", "bypassPermissions"}}), PDK_OK);
}

TEST(Set, TellsWhatTheCliRefuses) {
  Agent agent;
  agent.command(PDK_CMD_SET, {}, {{"model", "sonnet"}});
  const std::string id = text(line(agent.written()), "request_id");
  agent.says("{'type':'control_response','response':{'subtype':'error','request_id':'" + id + "','error':'no'}}");
  EXPECT_EQ(text(agent.bodies("notice").at(0), "text"), "set_model 'sonnet' was refused: no");
}

TEST(Finish, WhenIdleClosesTheInput) {
  Agent agent;
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_TRUE(agent.driver().seen().input_closed);
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_E_NOT_NOW);
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {{"text", "x"}}), PDK_E_NOT_NOW);
  EXPECT_EQ(agent.command(PDK_CMD_SET, {}, {{"model", "x"}}), PDK_E_NOT_NOW);
}

TEST(Finish, WhenWorkingWaitsForTheTurn) {
  Agent agent;
  agent.begins_turn();
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_FALSE(agent.driver().seen().input_closed);
  EXPECT_EQ(text(agent.bodies("notice").at(0), "code"), "finishing");
  // What was already asked can still be answered.
  agent.asks("r1");
  EXPECT_EQ(agent.command(PDK_CMD_ANSWER, "r1", {{"decision", "allow"}}), PDK_OK);
  EXPECT_EQ(agent.command(PDK_CMD_PROMPT, {}, {{"text", "x"}}), PDK_E_NOT_NOW);
  agent.ends_turn();
  EXPECT_TRUE(agent.driver().seen().input_closed);
}

TEST(Finish, RightAfterAPromptWaitsForItsTurn) {
  Agent agent;
  agent.command(PDK_CMD_PROMPT, {}, {{"text", "x"}});
  EXPECT_EQ(agent.command(PDK_CMD_FINISH), PDK_OK);
  EXPECT_FALSE(agent.driver().seen().input_closed);
  agent.begins_turn();
  agent.ends_turn();
  EXPECT_TRUE(agent.driver().seen().input_closed);
}

TEST(OneTurn, ClosesTheInputWhenTheAgentIsIdleAgain) {
  Agent agent({{"keep_open", false}, {"prompt", "x"}});
  EXPECT_FALSE(agent.driver().seen().input_closed);
  agent.begins_turn();
  agent.says("{'type':'result','subtype':'success','is_error':false,'result':'a'}");
  // Not yet: queued prompts may follow the result.
  EXPECT_FALSE(agent.driver().seen().input_closed);
  agent.says("{'type':'system','subtype':'session_state_changed','state':'idle'}");
  EXPECT_TRUE(agent.driver().seen().input_closed);
}

TEST(OneTurn, WithoutStateEventsEndsWithTheResult) {
  Agent agent({{"keep_open", false}, {"prompt", "x"}});
  agent.says("{'type':'system','subtype':'init','session_id':'s1'}");
  agent.says("{'type':'result','subtype':'success','is_error':false,'result':'a'}");
  EXPECT_TRUE(agent.driver().seen().input_closed);
  EXPECT_EQ(agent.states(), (std::vector<std::string>{"starting", "idle", "working", "idle"}));
}

TEST(OneTurn, KeptOpenNeverClosesTheInput) {
  Agent agent({{"prompt", "x"}});
  agent.begins_turn();
  agent.ends_turn();
  agent.begins_turn();
  agent.ends_turn();
  EXPECT_FALSE(agent.driver().seen().input_closed);
}

TEST(Commands, OfAnUnknownKindAreUnsupported) {
  Agent agent;
  EXPECT_EQ(agent.command(99), PDK_E_UNSUPPORTED);
}

}  // namespace
}  // namespace paddock::claude::test
