// What an adapter may plan, and what it may not.
#include "session/plan.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace paddock::session {
namespace {

base::Result<Plan> read(std::string_view text) { return plan_from_json(text, {"agent", "other"}); }

TEST(Plan, IsReadWhole) {
  const auto plan =
      read(R"({"argv":["agent","-x"],"env":{"set":{"A":"1"},"unset":["B"],"secret":{"K":"key"}},"cwd":"/tmp",
    "transport":"pty","rows":50,"cols":200,"files":[{"path":"a/b.json","text":"{}","mode":384}],"tails":[],
    "stop":[{"write":"q","patience_ms":5},{"signal":"SIGINT","close_input":true}],"hook":false})");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(plan->argv, (std::vector<std::string>{"agent", "-x"}));
  EXPECT_TRUE(plan->pty);
  EXPECT_EQ(plan->rows, 50);
  EXPECT_EQ(plan->files, (std::vector<PlannedFile>{{"a/b.json", "{}", 0600}}));
  ASSERT_EQ(plan->stop.size(), 2U);
  EXPECT_EQ(plan->stop[1].signal, SIGINT);
  EXPECT_EQ(rungs_from_json(rungs_to_json(plan->stop)), plan->stop);
}

struct Case {
  std::string label, text;
};
class RefusedPlan : public testing::TestWithParam<Case> {};
TEST_P(RefusedPlan, StartsNothing) {
  const auto plan = read(GetParam().text);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, base::Errc::adapter_refused);
}
INSTANTIATE_TEST_SUITE_P(
    Plans, RefusedPlan,
    testing::Values(Case{"NoJson", "{"}, Case{"NoObject", "[]"}, Case{"NoArgv", "{}"},
                    Case{"EmptyArgv", R"({"argv":[]})"}, Case{"EmptyProgram", R"({"argv":[""]})"},
                    Case{"NumberInArgv", R"({"argv":["agent",1]})"}, Case{"StrangeProgram", R"({"argv":["/bin/sh"]})"},
                    Case{"NulInArgv", "{\"argv\":[\"agent\",\"a\\u0000b\"]}"},
                    Case{"FileAbove", R"({"argv":["agent"],"files":[{"path":"../x","text":""}]})"},
                    Case{"FileAboveInside", R"({"argv":["agent"],"files":[{"path":"a/../../x","text":""}]})"},
                    Case{"FileAbsolute", R"({"argv":["agent"],"files":[{"path":"/etc/x","text":""}]})"},
                    Case{"FileEmpty", R"({"argv":["agent"],"files":[{"path":"","text":""}]})"},
                    Case{"FileDoubleSlash", R"({"argv":["agent"],"files":[{"path":"a//b","text":""}]})"},
                    Case{"FileSetuid", R"({"argv":["agent"],"files":[{"path":"a","text":"","mode":2541}]})"},
                    Case{"RelativeCwd", R"({"argv":["agent"],"cwd":"tmp"})"},
                    Case{"UnknownTransport", R"({"argv":["agent"],"transport":"carrier pigeon"})"},
                    Case{"BadVariable", R"({"argv":["agent"],"env":{"set":{"A=B":"1"}}})"},
                    Case{"KillInLadder", R"({"argv":["agent"],"stop":[{"signal":"KILL"}]})"},
                    Case{"Tails", R"({"argv":["agent"],"tails":["x"]})"},
                    Case{"Hook", R"({"argv":["agent"],"hook":true})"}),
    [](const auto& at) { return at.param.label; });

TEST(Plan, MayStartAnythingWhenTheManifestSaysSo) {
  EXPECT_TRUE(plan_from_json(R"({"argv":["/bin/sh"]})", {"*"}));
  EXPECT_FALSE(plan_from_json(R"({"argv":["/bin/sh"]})", {}));
}

TEST(PlanEnvironment, IsWhatWasInheritedWithThePlansChanges) {
  Plan plan;
  plan.set = {{"A", "new"}, {"C", "3"}};
  plan.unset = {"B"};
  plan.secret = {{"KEY", "name"}};
  const auto made = environment_for(plan, {"A=old", "B=2", "D=x=y", "broken", "=odd"}, {{"name", "hush"}});
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, (std::vector<std::string>{"A=new", "C=3", "D=x=y", "KEY=hush"}));
}

TEST(PlanEnvironment, WithoutItsSecretIsRefused) {
  Plan plan;
  plan.secret = {{"KEY", "name"}};
  const auto made = environment_for(plan, {}, {});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("'name'"), std::string::npos);
}

}  // namespace
}  // namespace paddock::session
