// Every way an agent can end, and that nothing of it is left.
#include <csignal>

#include <gtest/gtest.h>

#include "daemon_end.hpp"

namespace paddock::runner {
namespace {
using Events = std::vector<event::Event>;
namespace json = boost::json;

std::string exit_reason(const DaemonEnd& link) {
  return std::string(link.events().back().data.at("exit").at("reason").as_string());
}

struct Case {
  std::string label;
  std::vector<std::string> script;
  std::string reason;
};
class RunnerEnd : public testing::TestWithParam<Case> {};

TEST_P(RunnerEnd, HasItsReason) {
  RunnerRig rig;
  DaemonEnd& link = rig.start(GetParam().script);
  link.gather_all();
  EXPECT_EQ(exit_reason(link), GetParam().reason);
  EXPECT_TRUE(without_holes(link.events()));
}

INSTANTIATE_TEST_SUITE_P(Ends, RunnerEnd,
                         testing::Values(Case{"Success", {"exit", "0"}, "completed"},
                                         Case{"Failure", {"exit", "3"}, "agent_error"},
                                         Case{"Crash", {"die", "11"}, "crashed"},
                                         Case{"KilledByAStranger", {"die", "9"}, "crashed"}),
                         [](const auto& at) { return at.param.label; });

TEST(RunnerStop, EndsAnAgentThatIgnoresSigtermAndItsStrays) {
  RunnerRig rig;
  auto launch = rig.launch({"ignore", "15", "stray", "quiet-stray", "say", "ready", "wait"});
  launch.timeouts.stop = std::chrono::milliseconds(300);
  DaemonEnd& link = rig.start(std::move(launch));
  link.gather([](const Events& events) { return !events.empty() && events.back().kind == event::Kind::message; });

  const auto result = link.ask({std::nullopt, "stop", "", {}, "stopped"});

  EXPECT_EQ(result.state, "applied");
  EXPECT_EQ(exit_reason(link), "stopped");
  EXPECT_EQ(link.events().back().action, result.action);
  EXPECT_EQ(link.events().back().data.at("exit").at("signal").to_number<int>(), SIGKILL);
  EXPECT_TRUE(link.wait_for_end());
  EXPECT_EQ(rig.wait_for_runner(), 0);
}

TEST(RunnerStop, KillsAtOnce) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"ignore", "15", "wait"});
  const auto result = link.ask({std::nullopt, "kill", "", {}, ""});
  EXPECT_EQ(result.state, "applied");
  EXPECT_EQ(exit_reason(link), "killed");
}

TEST(RunnerStop, SaysThatATimeoutOrABudgetWasTheCause) {
  for (const char* cause : {"timeout", "budget"}) {
    RunnerRig rig;
    DaemonEnd& link = rig.start({"drain"});
    link.send(link::Command{std::nullopt, "stop", "", {}, cause});
    link.gather_all();
    EXPECT_EQ(exit_reason(link), cause);
  }
}

TEST(RunnerStop, EndsASessionAfterItsTotalTime) {
  RunnerRig rig;
  auto launch = rig.launch({"wait"});
  launch.timeouts.total = std::chrono::milliseconds(50);
  launch.timeouts.stop = std::chrono::milliseconds(50);
  DaemonEnd& link = rig.start(std::move(launch));
  link.gather_all();
  EXPECT_EQ(exit_reason(link), "timeout");
}

TEST(RunnerEnd, IsToldEvenWhenAStrayHoldsTheOutput) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"stray", "say", "last words", "exit", "0"});
  link.gather_all();
  EXPECT_EQ(exit_reason(link), "completed");
  EXPECT_EQ(messages(link), std::vector<std::string>{"last words"});
}

TEST(RunnerEnd, KeepsEverythingThatWasWrittenBeforeIt) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "5000", "bytes", "300000", "exit", "0"});
  link.gather_all();
  EXPECT_EQ(messages(link).size(), 5001U);
  EXPECT_EQ(messages(link).back().size() > 100'000U, true);
}

TEST(RunnerSurvives, SignalsMeantForTheDaemonsGroup) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "exit", "0"});
  for (const int signo : {SIGTERM, SIGHUP, SIGINT}) (void)::kill(rig.runner_pid(), signo);
  EXPECT_EQ(link.ask({std::nullopt, "prompt", "", {{"text", "on"}}, ""}).state, "applied");
  link.gather_all();
  EXPECT_EQ(exit_reason(link), "completed");
}

}  // namespace
}  // namespace paddock::runner
