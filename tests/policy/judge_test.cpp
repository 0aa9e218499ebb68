// Approvals: the first rule that matches decides, and no text an agent writes gets around that.
#include <string>

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "policy/policy.hpp"

namespace paddock::policy {
namespace {

using Rules = std::vector<ApprovalRule>;

ApprovalJudge judge_of(Rules rules, Decision fallback = Decision::ask) {
  return std::move(ApprovalJudge::make({fallback, std::move(rules)}).value());
}

Decision decide(const ApprovalJudge& judge, std::string_view tool, std::string_view command = "") {
  return judge.decide(tool, command).decision;
}

TEST(ApprovalJudge, TheFirstRuleThatMatchesDecides) {
  const auto judge = judge_of({{"Bash", "git .*", Decision::allow}, {"Bash", ".*", Decision::deny}});
  EXPECT_EQ(decide(judge, "Bash", "git status"), Decision::allow);
  EXPECT_EQ(decide(judge, "Bash", "ls"), Decision::deny);
  EXPECT_EQ(judge.decide("Bash", "git status").rule, 0);
  EXPECT_EQ(judge.decide("Bash", "ls").rule, 1);
}

TEST(ApprovalJudge, TheDefaultDecidesWhatNoRuleMatches) {
  const auto judge = judge_of({{"Read", "", Decision::allow}}, Decision::deny);
  EXPECT_EQ(decide(judge, "Write"), Decision::deny);
  EXPECT_EQ(judge.decide("Write", "").rule, -1);
  EXPECT_EQ(decide(judge_of({}), "anything"), Decision::ask);
}

TEST(ApprovalJudge, APatternMustMatchTheWholeText) {
  const auto judge = judge_of({{"Read", "", Decision::allow}, {"Bash", "ls", Decision::allow}});
  EXPECT_EQ(decide(judge, "ReadSecrets"), Decision::ask);
  EXPECT_EQ(decide(judge, "NotRead"), Decision::ask);
  EXPECT_EQ(decide(judge, "Bash", "ls; rm -rf /"), Decision::ask);
  EXPECT_EQ(decide(judge, "Bash", "ls\n"), Decision::ask);
}

TEST(ApprovalJudge, AnAlternativeIsAsWholeAsTheRest) {
  const auto judge = judge_of({{"Read|Glob", "", Decision::allow}});
  EXPECT_EQ(decide(judge, "Glob"), Decision::allow);
  EXPECT_EQ(decide(judge, "ReadX"), Decision::ask);
  EXPECT_EQ(decide(judge, "XGlob"), Decision::ask);
}

TEST(ApprovalJudge, AnEmptyPatternMatchesAnything) {
  EXPECT_EQ(decide(judge_of({{"", "rm .*", Decision::deny}}), "shell", "rm x"), Decision::deny);
  EXPECT_EQ(decide(judge_of({{"Bash", "", Decision::allow}}), "Bash", "whatever"), Decision::allow);
}

TEST(ApprovalJudge, ACommandRuleNeverMatchesAToolWithoutCommand) {
  const auto judge = judge_of({{"Bash", ".*", Decision::allow}});
  EXPECT_EQ(decide(judge, "Bash"), Decision::ask);
}

TEST(ApprovalJudge, ASecondLineDoesNotSlipThroughARuleThatAllows) {
  const auto judge = judge_of({{"Bash", "git status.*", Decision::allow}});
  EXPECT_EQ(decide(judge, "Bash", "git status -s"), Decision::allow);
  EXPECT_EQ(decide(judge, "Bash", "git status\nrm -rf /"), Decision::ask);
}

TEST(ApprovalJudge, ASecondLineDoesNotHideFromARuleThatDenies) {
  const auto judge = judge_of({{"Bash", ".*rm -rf.*", Decision::deny}}, Decision::allow);
  EXPECT_EQ(decide(judge, "Bash", "echo a\nrm -rf /\necho b"), Decision::deny);
}

TEST(ApprovalJudge, ABrokenByteNeitherHidesNorAllows) {
  const auto deny = judge_of({{"Bash", ".*rm -rf.*", Decision::deny}}, Decision::allow);
  EXPECT_EQ(decide(deny, "Bash", "\xff rm -rf /"), Decision::deny);
  EXPECT_EQ(decide(deny, "Bash", "\xff ls"), Decision::ask) << "the default would allow it";
  const auto allow = judge_of({{"Bash", ".*", Decision::allow}});
  EXPECT_EQ(decide(allow, "Bash", "\xff"), Decision::ask);
  EXPECT_EQ(decide(allow, "Ba\xff", "x"), Decision::ask);
}

TEST(ApprovalJudge, AZeroByteDoesNotEndTheText) {
  const auto judge = judge_of({{"Bash", "ls", Decision::allow}, {"Bash", ".*rm.*", Decision::deny}});
  EXPECT_EQ(decide(judge, "Bash", std::string_view("ls\0rm", 5)), Decision::deny);
}

TEST(ApprovalJudge, KeepsDecidingAfterItWasMoved) {
  auto first = judge_of({{"Read", "", Decision::allow}});
  const auto second = std::move(first);
  EXPECT_EQ(decide(second, "Read"), Decision::allow);
}

TEST(ApprovalJudge, RefusesAPatternItCannotReadAndNamesTheRule) {
  const auto made =
      ApprovalJudge::make({Decision::ask, {{"Read", "", Decision::allow}, {"Bash", "(", Decision::deny}}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Errc::bad_config);
  EXPECT_NE(made.error().detail.find("approvals.rules[1]: '(' is not a pattern for 'command'"), std::string::npos)
      << made.error().detail;
  EXPECT_FALSE(check({"[", "", Decision::ask}));
  EXPECT_FALSE(check({"(?=look)", "", Decision::ask})) << "RE2 has no look-ahead, because it has no linear time";
  EXPECT_TRUE(check({"Read", "x", Decision::ask}));
}

TEST(ApprovalJudge, RefusesPatternsAndListsOverTheirLimits) {
  EXPECT_TRUE(check({std::string(base::limits::pattern_bytes, 'x'), "", Decision::ask}));
  EXPECT_FALSE(check({std::string(base::limits::pattern_bytes + 1, 'x'), "", Decision::ask}));
  EXPECT_FALSE(check({"((x{100}){100}){100}", "", Decision::ask})) << "a short pattern with a huge program";
  Rules rules(base::limits::approval_rules + 1, ApprovalRule{"Read", "", Decision::allow});
  EXPECT_FALSE(ApprovalJudge::make({Decision::ask, rules}));
  rules.pop_back();
  EXPECT_TRUE(ApprovalJudge::make({Decision::ask, rules}));
}

TEST(ApprovalJudge, AnEvilPatternDecidesALongTextAllTheSame) {
  // Minutes in an engine that backtracks; the test's own time limit is the check.
  const auto judge = judge_of({{"Bash", "(a*)*(a*)*(a|aa)*b", Decision::deny}});
  EXPECT_EQ(decide(judge, "Bash", std::string(256 << 10, 'a')), Decision::ask);
  EXPECT_EQ(decide(judge, "Bash", std::string(256 << 10, 'a') + "b"), Decision::deny);
}

TEST(DecisionNames, AreTheContracts) {
  EXPECT_EQ(name(Decision::ask), "ask");
  EXPECT_EQ(name(Decision::allow), "allow");
  EXPECT_EQ(name(Decision::deny), "deny");
}

}  // namespace
}  // namespace paddock::policy
