// A session with a terminal, through its machine.
#include "session/terminal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_rig.hpp"

namespace paddock::session {
namespace {

using event::Channel;
using testing::ElementsAre;

Setup on_terminal(std::uint16_t rows = 24, std::uint16_t cols = 80) {
  Setup setup = MachineRig::setup();
  setup.terminal = std::make_shared<const TerminalSetup>(TerminalSetup{rows, cols});
  return setup;
}

class MachineTerminal : public testing::Test {
 protected:
  MachineTerminal() { rig.start(); }
  void shows(std::string_view bytes) { rig.give(input::Output{Channel::pty, bytes}); }
  std::string first_line() const { return rig.machine.terminal()->screen().picture().lines.front(); }
  base::ActionId type(std::string_view bytes) { return rig.command("input", {}, {{"hex", hex_of(bytes)}}); }

  MachineRig rig{on_terminal()};
};

TEST_F(MachineTerminal, ItsScreenShowsWhatTheAgentWrote) {
  shows("hel");
  shows("lo");
  EXPECT_EQ(first_line(), "hello");
}

TEST_F(MachineTerminal, OtherChannelsAreNotOnTheScreen) {
  rig.output("aside");
  EXPECT_EQ(first_line(), "");
}

TEST_F(MachineTerminal, AnswersTheAgentsQuestions) {
  shows("\x1b[6n");
  EXPECT_EQ(rig.sent, "\x1b[1;1R");
}

TEST_F(MachineTerminal, TypedBytesGoToTheAgentAndReportsDoNot) {
  type("ls\r");
  type("\x1b[?1;2c");
  EXPECT_EQ(rig.sent, "ls\r");
}

TEST_F(MachineTerminal, KeysFollowTheModeTheAgentAskedFor) {
  rig.command("keys", {}, {{"keys", boost::json::array{"Up"}}});
  shows("\x1b[?1h");
  rig.command("keys", {}, {{"keys", boost::json::array{"Up", "Enter"}}});
  EXPECT_EQ(rig.sent, "\x1b[A\x1bOA\r");
}

TEST_F(MachineTerminal, WrongKeysBytesAndSizesAreRejected) {
  for (const auto& [type, body] :
       std::vector<std::pair<std::string, boost::json::object>>{{"keys", {{"keys", boost::json::array{"Return"}}}},
                                                                {"keys", {{"keys", "Up"}}},
                                                                {"keys", {}},
                                                                {"input", {{"hex", "0"}}},
                                                                {"input", {{"hex", "zz"}}},
                                                                {"resize", {}},
                                                                {"resize", {{"rows", 0}, {"cols", 1}}},
                                                                {"resize", {{"rows", 24}, {"cols", 5000}}}}) {
    const auto action = rig.command(type, {}, body);
    ASSERT_NE(rig.report(action), nullptr) << type;
    EXPECT_EQ(rig.report(action)->state, "rejected") << type;
  }
  EXPECT_EQ(rig.sent, "");
}

TEST_F(MachineTerminal, ResizedChangesTheScreenAndTellsTheKernel) {
  const auto action = rig.command("resize", {}, {{"rows", 30}, {"cols", 100}});
  EXPECT_EQ(rig.report(action)->state, "applied");
  EXPECT_THAT(rig.sizes, ElementsAre(std::pair(30, 100)));
  EXPECT_EQ(rig.machine.terminal()->screen().rows(), 30);
}

TEST_F(MachineTerminal, TheEndOfItsInputIsACharacter) {
  rig.adapter = [](const AdapterCall& call) {
    AdapterReply reply;
    reply.close_input = call.kind == AdapterCall::Kind::command;
    return reply;
  };
  rig.command("finish");
  EXPECT_EQ(rig.sent, "\x04");
  EXPECT_FALSE(rig.input_closed);
  type("x");
  EXPECT_EQ(rig.sent, "\x04x") << "whoever looks at it may go on";
}

TEST_F(MachineTerminal, GoesOnWithoutItsAdapter) {
  rig.adapter = [](const AdapterCall&) { return std::nullopt; };
  shows("one");
  ASSERT_TRUE(rig.machine.raw());
  shows(" two");
  EXPECT_EQ(first_line(), "one two");
  type("x");
  rig.command("prompt", {}, {{"text", "why"}});
  EXPECT_EQ(rig.sent, "xwhy");
}

TEST_F(MachineTerminal, APromptIsAppliedWhenTheScreenReacted) {
  const auto action = rig.command("prompt", {}, {{"text", "hello"}});
  EXPECT_EQ(rig.sent, "hello");
  shows("> hello");
  EXPECT_EQ(rig.report(action), nullptr);
  rig.pass(std::chrono::milliseconds(200));
  EXPECT_EQ(rig.sent, "hello\r");
  EXPECT_EQ(rig.report(action), nullptr) << "Enter is no proof yet";
  shows("\r\nhi there");
  ASSERT_NE(rig.report(action), nullptr);
  EXPECT_EQ(rig.report(action)->state, "applied");
}

TEST_F(MachineTerminal, APromptThatDoesNotAppearHasFailedWithWhatWasThere) {
  shows("Password:");
  const auto action = rig.command("prompt", {}, {{"text", "hello"}});
  rig.pass(std::chrono::seconds(6));
  ASSERT_NE(rig.report(action), nullptr);
  EXPECT_EQ(rig.report(action)->state, "failed");
  EXPECT_THAT(rig.report(action)->detail, testing::HasSubstr("Password:"));
  EXPECT_EQ(rig.sent, "hello");
}

TEST_F(MachineTerminal, OnePromptIsTypedAtATime) {
  rig.command("prompt", {}, {{"text", "first"}});
  const auto second = rig.command("prompt", {}, {{"text", "second"}});
  EXPECT_EQ(rig.report(second)->code, "busy");
  EXPECT_EQ(rig.sent, "first");
}

TEST_F(MachineTerminal, APromptIsNotTakenByAnAgentThatEnds) {
  const auto action = rig.command("prompt", {}, {{"text", "hello"}});
  rig.exit(0);
  EXPECT_NE(rig.report(action)->state, "applied");
}

TEST(MachineWithoutATerminal, RejectsWhatNeedsOne) {
  MachineRig rig;
  rig.start();
  EXPECT_EQ(rig.machine.terminal(), nullptr);
  for (const char* type : {"resize", "keys", "input"}) {
    const auto action = rig.command(type);
    EXPECT_EQ(rig.report(action)->code, "unsupported") << type;
  }
}

TEST(Terminal, ItsSetupGoesThroughJsonAndIsKeptInBounds) {
  const auto same = terminal_from_json(to_json(TerminalSetup{40, 120}));
  ASSERT_TRUE(same);
  EXPECT_EQ(*same, (TerminalSetup{40, 120}));
  EXPECT_EQ(terminal_from_json({{"rows", 0}, {"cols", 70000}})->cols, 500);
  EXPECT_FALSE(terminal_from_json({{"rows", "many"}}));
}

TEST(Terminal, BytesGoThroughHexadecimalDigits) {
  const std::string bytes("\0\x7f\xff z", 5);
  EXPECT_EQ(hex_of(bytes), "007fff207a");
  EXPECT_EQ(*bytes_of_hex(hex_of(bytes)), bytes);
  EXPECT_FALSE(bytes_of_hex("0g"));
  EXPECT_FALSE(bytes_of_hex("000"));
}

}  // namespace
}  // namespace paddock::session
