// The policies that come with the program do what their first lines say.
#include <gtest/gtest.h>

#include "config/load.hpp"

namespace paddock::config {
namespace {

using policy::Decision;

class ShippedPolicies : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_policies({PADDOCK_SOURCE_DIR "/policies"});
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    set_ = std::move(*loaded);
  }

  Decision decide(const std::string& policy, std::string_view tool, std::string_view command = "") const {
    return policy::ApprovalJudge::make(set_.policies.at(policy).approvals).value().decide(tool, command).decision;
  }

  policy::Set set_;
};

TEST_F(ShippedPolicies, AreThese) {
  ASSERT_EQ(set_.policies.size(), 3U);
  EXPECT_TRUE(set_.policies.contains("default"));
  EXPECT_TRUE(set_.policies.contains("strict"));
  EXPECT_TRUE(set_.policies.contains("ci"));
}

TEST_F(ShippedPolicies, AreFoundBesideTheBuiltProgram) {
  EXPECT_EQ(load_policies({PADDOCK_BUILD_DIR "/share/paddock/policies"}).value(), set_);
}

TEST_F(ShippedPolicies, AllHoldAnAgentInItsGroupAndInTime) {
  for (const auto& [name, policy] : set_.policies) {
    EXPECT_TRUE(policy.resources.memory_max) << name;
    EXPECT_TRUE(policy.resources.cpu_percent) << name;
    EXPECT_TRUE(policy.resources.pids_max) << name;
    EXPECT_TRUE(policy.timeouts.start && policy.timeouts.stop && policy.timeouts.idle && policy.timeouts.total) << name;
    EXPECT_EQ(policy.restart.on, policy::Restart::On::never) << name;
  }
}

TEST_F(ShippedPolicies, DefaultAsksExceptForPlainReading) {
  EXPECT_EQ(decide("default", "Write"), Decision::ask);
  EXPECT_EQ(decide("default", "Bash", "make test"), Decision::ask);
  EXPECT_EQ(decide("default", "Read"), Decision::allow);
  EXPECT_EQ(decide("default", "Bash", "git status"), Decision::allow);
  EXPECT_EQ(decide("default", "shell", "git diff HEAD~1 -- src/a.cpp"), Decision::allow);
  EXPECT_EQ(decide("default", "Bash", "ls -la src"), Decision::allow);
}

TEST_F(ShippedPolicies, DefaultIsNotTalkedIntoASecondCommand) {
  for (const char* command :
       {"git status; rm -rf /", "git status && id", "git log | sh", "git diff > /etc/passwd", "git log `id`",
        "git log $(id)", "git status\nid", "git status & id", "git diff --output=/tmp/x", "git diff --ext-diff",
        "git -c core.pager=id log", "gitstatus", "ls; id", "pwd\nid", "git log {a,b}", "git log 'x'"}) {
    EXPECT_EQ(decide("default", "Bash", command), Decision::ask) << command;
  }
}

TEST_F(ShippedPolicies, DefaultRunsOnMachinesWithoutControllers) {
  EXPECT_EQ(set_.policies.at("default").enforce, policy::Enforce::best_effort);
  EXPECT_EQ(set_.policies.at("strict").enforce, policy::Enforce::strict);
}

TEST_F(ShippedPolicies, StrictReachesNoOtherMachine) {
  for (const char* command :
       {"curl http://x", "cd a && wget x", "echo x | nc h 1", "ssh host", "git push origin main", "git -C a clone u",
        "npm install left-pad", "pip3 install x", "cat < /dev/tcp/h/80", "apt-get update", "echo a\ncurl b"}) {
    EXPECT_EQ(decide("strict", "Bash", command), Decision::deny) << command;
    EXPECT_EQ(decide("strict", "shell", command), Decision::deny) << command;
  }
  for (const char* tool : {"WebFetch", "WebSearch", "web_search", "mcp__github__create_issue"}) {
    EXPECT_EQ(decide("strict", tool), Decision::deny) << tool;
  }
}

TEST_F(ShippedPolicies, StrictDestroysNothing) {
  for (const char* command :
       {"rm -rf build", "rm -r x", "rm -f x", "rm a -rf", "rm --recursive x", "sudo id", "dd if=/dev/zero of=x",
        "mkfs.ext4 /dev/sda", "git reset --hard", "git clean -fdx", "kill -9 1", ":(){ :|:& };:", "nohup x &"}) {
    EXPECT_EQ(decide("strict", "Bash", command), Decision::deny) << command;
  }
}

TEST_F(ShippedPolicies, StrictAsksAboutTheRest) {
  EXPECT_EQ(decide("strict", "Write"), Decision::ask);
  EXPECT_EQ(decide("strict", "Bash", "make test"), Decision::ask);
  EXPECT_EQ(decide("strict", "Bash", "rm one.txt"), Decision::ask);
  EXPECT_EQ(decide("strict", "Read"), Decision::allow);
}

TEST_F(ShippedPolicies, CiNeverAsksAndHasABudget) {
  for (const char* tool : {"Bash", "Write", "shell", "apply_patch", "anything"}) {
    EXPECT_EQ(decide("ci", tool, "rm -rf /"), Decision::allow) << tool;
  }
  const policy::Policy& ci = set_.policies.at("ci");
  EXPECT_TRUE(ci.budget.cost_micros && ci.budget.tokens);
  EXPECT_TRUE(policy::permit_launch(ci, {.adapter = "claude", .yolo = true, .resources = {}}));
}

TEST_F(ShippedPolicies, OnlyCiLetsAnAgentActWithoutAsking) {
  for (const char* name : {"default", "strict"}) {
    EXPECT_FALSE(policy::permit_launch(set_.policies.at(name), {.adapter = "claude", .yolo = true, .resources = {}}));
  }
}

}  // namespace
}  // namespace paddock::config
