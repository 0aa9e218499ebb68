// Screen rules from YAML, with every mistake named where it stands.
#include "config/screen_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::config {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kHead = "apiVersion: paddock/v1\nkind: ScreenRules\nengine: 1\n";

Checked<screen::Rules> parse(const std::string& rest) { return parse_screen_rules(kHead + rest, "rules.yaml"); }

std::vector<std::string> problems(const std::string& rest) {
  const auto parsed = parse(rest);
  std::vector<std::string> out;
  if (parsed) return out;
  for (const Problem& each : parsed.error().items) {
    out.push_back(std::to_string(each.line) + " " + each.path + " " + each.detail);
  }
  return out;
}

TEST(ScreenRules, AreReadWithTheHighestPriorityFirst) {
  const auto rules = parse(R"(input: ">*"
regions:
  foot: {below: "---*", last: 3}
rules:
  - {id: ready, priority: 10, state: idle, region: foot, any: ["a", "b"], none: ["c"], title: "* x"}
  - id: dialog
    priority: 90
    state: blocked
    blocked_on: approval
    all: ["Allow?"]
    tool: "Allow?"
    answer: {allow: [Down, Enter], deny: [Escape]}
)");
  ASSERT_TRUE(rules) << rules.error().items.front().detail;
  ASSERT_EQ(rules->rules.size(), 2U);
  EXPECT_EQ(rules->rules[0].id, "dialog");
  EXPECT_EQ(rules->rules[0].allow, (std::vector<std::string>{"Down", "Enter"}));
  EXPECT_EQ(rules->rules[0].deny, (std::vector<std::string>{"Escape"}));
  EXPECT_EQ(rules->rules[1].any, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rules->rules[1].none, (std::vector<std::string>{"c"}));
  EXPECT_EQ(rules->regions.at("foot"), (screen::Region{0, 3, "---*"}));
  EXPECT_EQ(rules->input, ">*");
}

TEST(ScreenRules, OfANewerEngineAreRefused) {
  const auto parsed = parse_screen_rules("apiVersion: paddock/v1\nkind: ScreenRules\nengine: 2\nrules: []\n", "f");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().items.front().detail, HasSubstr("newer"));
}

TEST(ScreenRules, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(problems("rules:\n  - {id: a, state: dancing, all: [x]}\n"), Contains(HasSubstr("5 rules[0].state")));
  EXPECT_THAT(problems("rules:\n  - {id: a, state: idle, all: [x], colour: red}\n"), Contains(HasSubstr("colour")));
  EXPECT_THAT(problems("rules:\n  - {id: a, state: idle, all: [x], answer: {allow: [Return]}}\n"),
              Contains(HasSubstr("'Return' is no key")));
  EXPECT_THAT(problems("rules:\n  - {id: a, state: idle, all: [x], region: nowhere}\n"),
              Contains(HasSubstr("region that is not there")));
  EXPECT_THAT(problems("rules:\n  - {id: a, state: blocked, all: [x]}\n"), Contains(HasSubstr("blocked_on")));
  EXPECT_THAT(problems("rules:\n  - {id: a, state: idle}\n"), Contains(HasSubstr("every screen")));
  EXPECT_THAT(problems("rules:\n  - {state: idle, all: [x]}\n"), Contains(HasSubstr("id")));
}

TEST(ScreenRules, WithoutRulesAreNone) {
  EXPECT_FALSE(problems("").empty());
  EXPECT_FALSE(parse_screen_rules("", "f"));
}

}  // namespace
}  // namespace paddock::config
