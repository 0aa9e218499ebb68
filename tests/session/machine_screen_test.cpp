// The state from the screen, and dialogs that are answered on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_rig.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace {

using namespace std::chrono_literals;
using event::Channel;
using event::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kClear = "\x1b[2J\x1b[H";

screen::Rule rule(std::string id, std::uint32_t priority, std::string state, std::vector<std::string> all) {
  screen::Rule out;
  out.id = std::move(id);
  out.priority = priority;
  out.state = std::move(state);
  out.all = std::move(all);
  return out;
}

Setup with_rules() {
  screen::Rule dialog = rule("dialog", 90, "blocked", {"Allow *?", "> Yes"});
  dialog.blocked_on = "approval";
  dialog.allow = {"Enter"};
  dialog.deny = {"Escape"};
  dialog.tool = "Allow *?";
  screen::Rule login = rule("login", 80, "blocked", {"Please log in"});
  login.blocked_on = "login";
  TerminalSetup terminal;
  terminal.rules.emplace();
  terminal.rules->rules = {dialog, login, rule("busy", 50, "working", {"esc to interrupt"}),
                           rule("ready", 10, "idle", {"$ *"})};
  terminal.rules->input = "$ *";
  EXPECT_TRUE(screen::tidy(*terminal.rules).empty());
  Setup setup = MachineRig::setup();
  setup.terminal = std::make_shared<const TerminalSetup>(std::move(terminal));
  return setup;
}

class MachineScreen : public testing::Test {
 protected:
  MachineScreen() { rig.start(); }
  /// The whole screen, and time for it to be still.
  void shows(std::string_view lines) {
    draws(lines);
    rig.pass(200ms);
  }
  void draws(std::string_view lines) {
    const std::string bytes = kClear + std::string(lines);
    rig.give(input::Output{Channel::pty, bytes});
  }
  std::string asks() {
    shows("Allow rm?\r\n> Yes");
    return rig.of(Kind::approval_request).back()->ref;
  }

  MachineRig rig{with_rules()};
};

TEST_F(MachineScreen, TheStateIsWhatTheScreenSays) {
  shows("$ ready");
  shows("esc to interrupt");
  shows("Please log in");
  EXPECT_THAT(rig.states(), ElementsAre("starting", "idle", "working", "blocked/login"));
  const event::Event& last = *rig.of(Kind::state).back();
  EXPECT_EQ(last.source.channel, Channel::screen);
  EXPECT_THAT(std::string(text_or_empty(last.data, "reason")), HasSubstr("login"));
}

TEST_F(MachineScreen, AScreenThatIsNotKnownIsUnknown) {
  shows("$ ready");
  shows("something new");
  EXPECT_THAT(rig.states(), ElementsAre("starting", "idle", "unknown"));
}

TEST_F(MachineScreen, AHalfDrawnScreenIsNotRead) {
  shows("$ ready");
  draws("something");
  rig.pass(50ms);
  draws("esc to interrupt");
  rig.pass(200ms);
  EXPECT_THAT(rig.states(), ElementsAre("starting", "idle", "working"));
}

TEST_F(MachineScreen, AScreenThatIsNeverStillIsReadAllTheSame) {
  for (int i = 0; i < 30; ++i) {
    draws("esc to interrupt\r\n" + std::to_string(i));
    rig.pass(50ms);
  }
  EXPECT_THAT(rig.states(), ElementsAre("starting", "working"));
}

TEST_F(MachineScreen, ADialogThatIsKnownWithCertaintyIsAnApproval) {
  const std::string ref = asks();
  EXPECT_EQ(rig.states().back(), "blocked/approval");
  const event::Event& asked = *rig.of(Kind::approval_request).back();
  EXPECT_EQ(text_or_empty(asked.data, "title"), "Allow rm?");
  EXPECT_EQ(text_or_empty(asked.data, "text"), "Allow rm?\n> Yes");
  EXPECT_EQ(rig.of(Kind::state).back()->ref, ref);
}

TEST_F(MachineScreen, AnsweringPressesItsKeysAndIsAppliedWhenItIsGone) {
  const auto action = rig.command("answer", asks(), {{"decision", "allow"}, {"by", "human"}});
  EXPECT_EQ(rig.sent, "\r");
  EXPECT_EQ(rig.report(action), nullptr);
  shows("esc to interrupt");
  ASSERT_NE(rig.report(action), nullptr);
  EXPECT_EQ(rig.report(action)->state, "applied");
  const event::Event& resolved = *rig.of(Kind::approval_resolved).back();
  EXPECT_EQ(text_or_empty(resolved.data, "decision"), "allow");
  EXPECT_EQ(resolved.action, action);
  EXPECT_EQ(rig.states().back(), "working");
}

TEST_F(MachineScreen, DenyingHasKeysOfItsOwn) {
  rig.command("answer", asks(), {{"decision", "deny"}});
  EXPECT_EQ(rig.sent, "\x1b");
}

TEST_F(MachineScreen, ADialogThatHasChangedIsNotAnswered) {
  const std::string ref = asks();
  draws("Allow rm -rf /?\r\n> Yes");  // another one in the same place, not read yet
  const auto action = rig.command("answer", ref, {{"decision", "allow"}});
  EXPECT_EQ(rig.report(action)->code, "approval_closed");
  EXPECT_EQ(rig.sent, "");
}

TEST_F(MachineScreen, AnotherDialogIsAnotherApproval) {
  const std::string first = asks();
  shows("Allow mv?\r\n> Yes");
  EXPECT_EQ(rig.of(Kind::approval_resolved).back()->ref, first);
  EXPECT_NE(rig.of(Kind::approval_request).back()->ref, first);
  EXPECT_EQ(rig.states().back(), "blocked/approval");
}

TEST_F(MachineScreen, ADialogAnsweredAtTheTerminalIsClosed) {
  const std::string ref = asks();
  shows("$ ready");
  const event::Event& resolved = *rig.of(Kind::approval_resolved).back();
  EXPECT_EQ(resolved.ref, ref);
  EXPECT_EQ(text_or_empty(resolved.data, "decision"), "cancelled");
  EXPECT_EQ(rig.states().back(), "idle");
}

TEST_F(MachineScreen, KeysThatChangeNothingHaveFailed) {
  const auto action = rig.command("answer", asks(), {{"decision", "allow"}});
  rig.pass(11s);
  ASSERT_NE(rig.report(action), nullptr);
  EXPECT_EQ(rig.report(action)->state, "failed");
  EXPECT_THAT(rig.report(action)->detail, HasSubstr("Allow rm?"));
}

TEST_F(MachineScreen, NothingIsTypedIntoADialogOrAnUnknownScreen) {
  (void)asks();
  const auto blocked = rig.command("prompt", {}, {{"text", "hello"}});
  EXPECT_EQ(rig.report(blocked)->state, "rejected");
  shows("something new");
  const auto unknown = rig.command("prompt", {}, {{"text", "hello"}});
  EXPECT_EQ(rig.report(unknown)->state, "rejected");
  EXPECT_THAT(rig.report(unknown)->detail, HasSubstr("something new"));
  EXPECT_EQ(rig.sent, "");
}

TEST_F(MachineScreen, AnEndWhileADialogIsAnsweredIsNoSuccess) {
  const auto action = rig.command("answer", asks(), {{"decision", "allow"}});
  rig.exit(0);
  EXPECT_NE(rig.report(action)->state, "applied");
}

TEST_F(MachineScreen, AFailedAdapterLeavesTheStateUnknown) {
  (void)asks();
  rig.adapter = [](const AdapterCall&) { return std::nullopt; };
  shows("$ ready");
  EXPECT_EQ(rig.states().back(), "unknown");
  EXPECT_EQ(text_or_empty(rig.of(Kind::approval_resolved).back()->data, "decision"), "deny");
  EXPECT_EQ(rig.sent, "") << "nothing was pressed for it";
}

TEST(TerminalSetup, CarriesItsRulesThroughJson) {
  const auto setup = with_rules();
  const auto back = terminal_from_json(to_json(*setup.terminal));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, *setup.terminal);
  EXPECT_FALSE(terminal_from_json({{"rules", boost::json::object{}}}));
}

}  // namespace
}  // namespace paddock::session
