// What the host does by itself: policies answer approvals, budgets end sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bench.hpp"
#include "control/reactions.hpp"

namespace paddock::control::testing {
namespace {

namespace json = boost::json;
using event::Kind;
using session::State;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostPolicy : public ::testing::Test {
 protected:
  HostPolicy() {
    policy::Policy& policy = bench.settings.policies.policies["default"];
    policy.approvals.rules = {{"Read", "", policy::Decision::allow}, {"Bash", ".*rm .*", policy::Decision::deny}};
    policy.budget.cost_micros = 5'000'000;
    bench.boot();
    id = bench.idle_session();
  }

  FakeRunner& runner() { return bench.world.runner_of(id); }
  void ask(const std::string& tool, const std::string& command = "") {
    json::object data{{"tool", tool}};
    if (!command.empty()) data["command"] = command;
    runner().emit(Kind::approval_request, data, "a" + std::to_string(runner().journal.size()));
    bench.until([&] { return bench.store.all_events().size() == runner().journal.size(); });
    bench.settle();
  }

  Bench bench;
  std::string id;
};

TEST_F(HostPolicy, AllowsWhatARuleAllows) {
  ask("Read");
  bench.until([&] { return runner().commands.size() == 1; });

  const link::Command& answer = runner().commands[0];
  EXPECT_EQ(answer.type, "answer");
  EXPECT_EQ(answer.body.at("decision"), "allow");
  EXPECT_EQ(answer.body.at("by"), "policy");
  EXPECT_EQ(answer.body.at("policy"), "default");
  EXPECT_EQ(answer.body.at("rule"), 0);
}

TEST_F(HostPolicy, DeniesWhatARuleDenies) {
  ask("Bash", "rm -rf /");
  bench.until([&] { return runner().commands.size() == 1; });

  EXPECT_EQ(runner().commands[0].body.at("decision"), "deny");
}

TEST_F(HostPolicy, LeavesTheRestToAPerson) {
  ask("Bash", "ls");

  EXPECT_THAT(runner().commands, IsEmpty());
  ASSERT_THAT(bench.host->approvals({})->items, SizeIs(1));
  EXPECT_EQ(bench.host->approvals({})->items[0].at("data").at("command"), "ls");
}

TEST_F(HostPolicy, NeverAnswersAQuestion) {
  runner().emit(Kind::question, {{"text", "which?"}, {"tool", "Read"}}, "q1");
  bench.until([&] { return !bench.record(id).approvals.empty(); });
  bench.settle();

  EXPECT_THAT(runner().commands, IsEmpty());
}

TEST_F(HostPolicy, NewPoliciesJudgeNewApprovalsOnly) {
  ask("Bash", "ls");
  policy::Set open;
  open.policies["default"].approvals.fallback = policy::Decision::allow;
  bench.host->replace_policies(open);
  bench.settle();
  EXPECT_THAT(runner().commands, IsEmpty());

  ask("Bash", "pwd");
  bench.until([&] { return runner().commands.size() == 1; });
  EXPECT_EQ(runner().commands[0].body.at("decision"), "allow");
}

TEST_F(HostPolicy, DecidesAfterARestartWhatCameWhileTheDaemonWasAway) {
  bench.crash();
  runner().emit(Kind::approval_request, {{"tool", "Read"}}, "a1");
  bench.boot();

  bench.until([&] { return runner().commands.size() == 1; });
  EXPECT_EQ(runner().commands[0].ref, "a1");
}

TEST_F(HostPolicy, DecidesAgainWhatWasDecidedButNeverDelivered) {
  runner().on_command = [](const link::Command&) { return std::nullopt; };
  ask("Read");
  bench.until([&] { return runner().commands.size() == 1; });
  bench.crash();
  bench.boot();

  bench.until([&] { return runner().commands.size() == 2; });
  EXPECT_EQ(runner().commands[1].body.at("decision"), "allow");
}

TEST_F(HostPolicy, StopsASessionOverItsBudgetOnce) {
  runner().emit(Kind::usage, {{"cost_micros", 5'000'000}});
  runner().emit(Kind::usage, {{"cost_micros", 5'100'000}});
  runner().emit(Kind::usage, {{"cost_micros", 5'200'000}});
  bench.until([&] { return !runner().commands.empty(); });
  bench.settle();

  ASSERT_THAT(runner().commands, SizeIs(1));
  EXPECT_EQ(runner().commands[0].type, "stop");
  EXPECT_EQ(runner().commands[0].caused_by, "budget");
}

TEST_F(HostPolicy, ShowsInTheMetricsHowMuchOfABudgetIsSpent) {
  const auto shows = [this](const std::string& line) {
    return bench.metrics->text().find("\n" + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(shows(R"(paddock_budget_limit_usd{budget="default"} 5)"));
  EXPECT_TRUE(shows(R"(paddock_budget_spent_usd{budget="default"} 0)"));

  runner().emit(Kind::usage, {{"cost_micros", 1'250'000}});
  bench.until([&] { return shows(R"(paddock_budget_spent_usd{budget="default"} 1.25)"); });
  runner().exit("completed");
  bench.until([&] { return shows(R"(paddock_budget_spent_usd{budget="default"} 0)"); });
}

TEST_F(HostPolicy, ExplainsAState) {
  ask("Bash", "ls");
  runner().state("blocked", "approval");
  bench.until([&] { return bench.record(id).state == State::blocked; });
  const auto told = bench.host->explain(id);

  ASSERT_TRUE(told);
  EXPECT_EQ(told->at("state"), "blocked");
  EXPECT_EQ(told->at("evidence").at(0).at("argues_for"), "blocked (approval)");
  EXPECT_EQ(told->at("open").at("approvals").as_array().size(), 1U);
  EXPECT_EQ(told->at("kernel").at("pids"), 3);
  EXPECT_EQ(told->at("kernel").at("runner_connected"), true);
}

TEST_F(HostPolicy, ExplainsAfterARestartToo) {
  runner().state("working");
  bench.until([&] { return bench.record(id).state == State::working; });
  bench.crash();
  bench.boot();

  EXPECT_EQ(bench.host->explain(id)->at("evidence").at(0).at("argues_for"), "working");
}

TEST_F(HostPolicy, ShowsFreshFiguresOfALivingSession) {
  EXPECT_EQ(bench.host->session(id)->at("resources").at("memory_bytes"), 12 << 20);
}

TEST_F(HostPolicy, ShowsThePolicies) {
  EXPECT_EQ(bench.host->policies().at("items").as_array().size(), 1U);
  EXPECT_EQ(bench.host->policy("default")->at("budget").at("cost_micros"), 5'000'000);
  EXPECT_EQ(bench.host->policy("nowhere").error().code, base::Errc::not_found);
}

TEST(Budget, IsPassedOnlyAboveIt) {
  policy::Budget budget;
  budget.tokens = 100;
  session::Usage usage;
  usage.input_tokens = 60;
  usage.output_tokens = 40;
  usage.cache_read_tokens = 1'000'000;
  EXPECT_FALSE(over_budget(budget, usage));

  usage.cache_write_tokens = 1;
  EXPECT_THAT(*over_budget(budget, usage), HasSubstr("101 of 100"));
}

TEST(Budget, OfNothingIsNeverPassed) {
  session::Usage usage;
  usage.cost_micros = 1'000'000'000;
  EXPECT_FALSE(over_budget({}, usage));
}

TEST(PolicyAnswer, IsAPersonsWhenThePolicyIsGone) { EXPECT_FALSE(answer_of_policy(nullptr, "gone", {})); }

}  // namespace
}  // namespace paddock::control::testing
