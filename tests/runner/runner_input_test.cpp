// What is sent to an agent, and when that counts.
#include <gtest/gtest.h>

#include "daemon_end.hpp"

namespace paddock::runner {
namespace {
using Events = std::vector<event::Event>;

link::Command prompt(std::string text) { return {std::nullopt, "prompt", "", {{"text", std::move(text)}}, ""}; }

TEST(RunnerInput, IsAppliedWhenTheAgentHasReadIt) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "exit", "0"});
  EXPECT_EQ(link.ask(prompt("hello")).state, "applied");
  link.gather_all();
  EXPECT_EQ(messages(link), std::vector<std::string>{"read: hello"});
}

TEST(RunnerInput, IsNotAppliedWhenTheAgentEndsWithoutReadingIt) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"say", "deaf", "wait"});
  link.gather([](const Events& events) { return !events.empty() && events.back().kind == event::Kind::message; });
  auto command = prompt("hello");
  command.action = base::ActionId::make();
  link.send(command);
  EXPECT_EQ(link.ask({std::nullopt, "kill", "", {}, ""}).state, "applied");
  const auto result = link.result_of(*command.action);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->state, "failed");
}

TEST(RunnerInput, OfAnyLengthArrivesWhole) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "exit", "0"});
  const std::string text(300'000, 'y');
  EXPECT_EQ(link.ask(prompt(text)).state, "applied");
  link.gather_all();
  EXPECT_GT(messages(link).front().size(), 100'000U);
}

TEST(RunnerInput, IsRefusedAfterItWasClosed) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"drain", "wait"});
  EXPECT_EQ(link.ask({std::nullopt, "finish", "", {}, ""}).state, "applied");
  const auto late = link.ask(prompt("late"));
  EXPECT_EQ(late.state, "rejected");
}

TEST(RunnerInput, WhatTheAgentCannotDoIsRejected) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"wait"});
  EXPECT_EQ(link.ask({std::nullopt, "set", "", {{"model", "m"}}, ""}).code, "unsupported");
  EXPECT_EQ(link.ask({std::nullopt, "answer", "nothing", {{"decision", "allow"}}, ""}).code, "approval_closed");
  EXPECT_EQ(link.ask({std::nullopt, "dance", "", {}, ""}).code, "unsupported");
}

}  // namespace
}  // namespace paddock::runner
