// What is asked of a session: applied only when it was taken, and never twice.
#include <csignal>

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "machine_rig.hpp"

namespace paddock::session {
namespace {
using namespace std::chrono_literals;
namespace json = boost::json;

constexpr const char* kAskA = "8 a {\"tool\":\"Bash\"}\n";

MachineRig running() {
  MachineRig rig;
  rig.adapter = obedient;
  rig.start();
  rig.output("3 - {\"state\":\"working\"}\n");
  return rig;
}

TEST(MachineSend, IsAppliedOnlyWhenTheAgentHasReadIt) {
  MachineRig rig = running();
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  EXPECT_EQ(rig.sent, "cmd\n");
  EXPECT_EQ(rig.report(action), nullptr);
  EXPECT_TRUE(rig.machine.awaits_input_taken());
  rig.give(input::InputTaken{3});
  EXPECT_EQ(rig.report(action), nullptr);
  rig.give(input::InputTaken{4});
  ASSERT_NE(rig.report(action), nullptr);
  EXPECT_EQ(rig.report(action)->state, "applied");
  rig.exit(0);
  EXPECT_EQ(rig.reports.size(), 1U);
}

TEST(MachineSend, FailsWhenTheAgentEndsFirst) {
  MachineRig rig = running();
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  rig.exit(0);
  EXPECT_EQ(rig.report(action)->state, "failed");
}

TEST(MachineSend, FailsWhenTheInputIsLost) {
  MachineRig rig = running();
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  rig.give(input::InputLost{"the agent has closed its input"});
  EXPECT_EQ(rig.report(action)->state, "failed");
  rig.give(input::InputTaken{100});
  EXPECT_EQ(rig.reports.size(), 1U);
}

TEST(MachineSend, IsNotWaitedForWithoutEnd) {
  MachineRig rig = running();
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  rig.pass(11s);
  EXPECT_EQ(rig.report(action)->code, "timeout");
}

struct Status {
  std::int32_t status;
  std::string code;
};
TEST(MachineSend, TellsWhyTheAdapterSaidNo) {
  for (const auto& [status, code] : {Status{-1, "invalid_request"}, Status{-2, "unsupported"}, Status{-3, "busy"}}) {
    MachineRig rig = running();
    rig.adapter = [status = status](const AdapterCall&) {
      AdapterReply reply;
      reply.status = status;
      return reply;
    };
    const auto action = rig.command("prompt", "", {{"text", "x"}});
    EXPECT_EQ(rig.report(action)->state, "rejected");
    EXPECT_EQ(rig.report(action)->code, code);
  }
}

TEST(MachineSend, MarksTheTurnItBegan) {
  MachineRig rig = running();
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  rig.output("2 - {\"phase\":\"begin\"}\n2 - {\"phase\":\"end\"}\n");
  const auto turns = rig.of(event::Kind::turn);
  EXPECT_EQ(turns[0]->action, action);
  EXPECT_EQ(turns[1]->action, std::nullopt);
}

TEST(MachineAnswer, ClosesTheApprovalAndSaysWhoDecided) {
  MachineRig rig = running();
  rig.output(kAskA);
  const auto action = rig.command("answer", "a", {{"decision", "deny"}, {"by", "policy"}, {"rule", 3}});
  const auto resolved = rig.of(event::Kind::approval_resolved);
  ASSERT_EQ(resolved.size(), 1U);
  EXPECT_EQ(resolved[0]->ref, "a");
  EXPECT_EQ(resolved[0]->action, action);
  EXPECT_EQ(json::serialize(resolved[0]->data), R"({"decision":"deny","by":"policy","rule":3})");
  EXPECT_EQ(rig.states().back(), "working");
  rig.output("9 a {\"decision\":\"deny\",\"by\":\"host\"}\n");  // the agent's echo
  EXPECT_EQ(rig.of(event::Kind::approval_resolved).size(), 1U);
}

TEST(MachineAnswer, ToWhatIsNotOpenIsRefusedWithoutAskingTheAdapter) {
  MachineRig rig = running();
  rig.output(kAskA);
  (void)rig.command("answer", "a", {{"decision", "allow"}});
  const std::size_t calls = rig.calls.size();
  EXPECT_EQ(rig.report(rig.command("answer", "a", {{"decision", "allow"}}))->code, "approval_closed");
  EXPECT_EQ(rig.report(rig.command("answer", "other", {{"decision", "allow"}}))->code, "approval_closed");
  EXPECT_EQ(rig.calls.size(), calls);
}

TEST(MachineAnswer, ThatTheAdapterRefusesLeavesTheApprovalOpen) {
  MachineRig rig = running();
  rig.output(kAskA);
  rig.adapter = [](const AdapterCall&) {
    AdapterReply reply;
    reply.status = -3;
    return reply;
  };
  (void)rig.command("answer", "a", {{"decision", "allow"}});
  EXPECT_TRUE(rig.of(event::Kind::approval_resolved).empty());
  EXPECT_EQ(rig.states().back(), "blocked/approval");
}

TEST(MachineApprovals, AboveTheLimitAreDenied) {
  MachineRig rig = running();
  for (std::size_t i = 0; i <= base::limits::approvals_open; ++i) rig.output("8 r" + std::to_string(i) + " {}\n");
  const auto resolved = rig.of(event::Kind::approval_resolved);
  ASSERT_EQ(resolved.size(), 1U);
  EXPECT_EQ(resolved[0]->ref, "r" + std::to_string(base::limits::approvals_open));
  ASSERT_EQ(rig.commands.size(), 1U);
  EXPECT_NE(rig.commands[0].body.find("deny"), std::string::npos);
}

TEST(MachineStop, IsReportedWhenTheAgentIsGoneAndMarksTheEnd) {
  MachineRig rig = running();
  const auto stop = rig.command("stop");
  EXPECT_EQ(rig.signals, std::vector<int>{SIGTERM});
  EXPECT_EQ(rig.report(stop), nullptr);
  const auto again = rig.command("stop");
  rig.exit(std::nullopt, SIGTERM);
  EXPECT_EQ(rig.signals.size(), 1U);
  EXPECT_EQ(rig.report(stop)->state, "applied");
  EXPECT_EQ(rig.report(again)->state, "applied");
  EXPECT_EQ(rig.events.back().action, stop);
  EXPECT_EQ(rig.reason(), "stopped");
}

TEST(MachineStop, BecomesAKillWhenThatIsAsked) {
  MachineRig rig = running();
  (void)rig.command("stop");
  (void)rig.command("kill");
  EXPECT_EQ(rig.kills, 1);
  rig.pass(60s);
  EXPECT_EQ(rig.signals.size(), 1U);
  rig.exit(std::nullopt, SIGKILL);
  EXPECT_EQ(rig.reason(), "killed");
}

TEST(MachineStop, RemembersTheFirstCause) {
  MachineRig rig = running();
  (void)rig.command("stop", "", {}, "budget");
  (void)rig.command("stop", "", {}, "stopped");
  rig.exit(0);
  EXPECT_EQ(rig.reason(), "budget");
}

TEST(MachineCommand, BeforeTheStartAndAfterTheEndIsRefused) {
  MachineRig rig;
  EXPECT_EQ(rig.report(rig.command("kill"))->code, "wrong_state");
  rig.start();
  EXPECT_EQ(rig.report(rig.command("dance"))->code, "unsupported");
}

}  // namespace
}  // namespace paddock::session
