// Reading a state from a screen.
#include "screen/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>

namespace paddock::screen {
namespace {

Picture shows(std::vector<std::string> lines, std::string title = {}) {
  Picture picture;
  picture.lines = std::move(lines);
  picture.title = std::move(title);
  return picture;
}

Rule rule(std::string id, std::uint32_t priority, std::string state, std::vector<std::string> all) {
  Rule out;
  out.id = std::move(id);
  out.priority = priority;
  out.state = std::move(state);
  if (out.state == "blocked") out.blocked_on = "approval";
  out.all = std::move(all);
  return out;
}

Rules rules_of(std::vector<Rule> list) {
  Rules rules;
  rules.rules = std::move(list);
  EXPECT_EQ(tidy(rules), std::vector<std::string>());
  return rules;
}

TEST(Patterns, StandForWholeLines) {
  EXPECT_TRUE(fits("", ""));
  EXPECT_TRUE(fits("*", "anything"));
  EXPECT_TRUE(fits("Do you want to *", "Do you want to proceed?"));
  EXPECT_TRUE(fits("*esc*interrupt*", "press esc to interrupt now"));
  EXPECT_TRUE(fits("? #. Yes", "> 1. Yes"));
  EXPECT_TRUE(fits("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(fits("esc", "esc to interrupt"));
  EXPECT_FALSE(fits("#", "x"));
  EXPECT_FALSE(fits("abc", "ab"));
  EXPECT_FALSE(fits("", "x"));
}

TEST(Patterns, OfManyStarsTakeBoundedTime) {
  const std::string text(2000, 'a');
  EXPECT_FALSE(fits("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(Rules, TheHighestPriorityThatHoldsDecides) {
  const Rules rules = rules_of({rule("idle", 10, "idle", {"> *"}), rule("dialog", 90, "blocked", {"Allow?"})});
  EXPECT_EQ(read(rules, shows({"> "})).state, "unknown") << "a line without its blanks has no blank at its end";
  EXPECT_EQ(read(rules, shows({"> x"})).state, "idle");
  const auto both = read(rules, shows({"Allow?", "> x"}));
  EXPECT_EQ(both.state, "blocked");
  EXPECT_EQ(both.blocked_on, "approval");
  EXPECT_EQ(both.rule, "dialog");
}

TEST(Rules, NoneThatHoldsIsUnknown) {
  const auto reading = read(rules_of({rule("idle", 10, "idle", {">"})}), shows({"something new"}));
  EXPECT_EQ(reading.state, "unknown");
  EXPECT_EQ(reading.rule, "");
}

TEST(Rules, ContradictionIsUnknown) {
  const Rules rules =
      rules_of({rule("a", 10, "idle", {">"}), rule("b", 10, "working", {"..."}), rule("c", 5, "idle", {">"})});
  EXPECT_EQ(read(rules, shows({">", "..."})).state, "unknown");
  EXPECT_EQ(read(rules, shows({">"})).state, "idle");
}

TEST(Rules, LookAtTheirRegionOnly) {
  Rules rules;
  rules.regions["end"] = {0, 1, ""};
  rules.regions["foot"] = {0, 0, "---*"};
  rules.regions["top"] = {1, 0, ""};
  Rule end = rule("end", 10, "idle", {"ready"});
  end.region = "end";
  Rule foot = rule("foot", 20, "working", {"busy"});
  foot.region = "foot";
  Rule top = rule("top", 30, "blocked", {"login"});
  top.region = "top";
  rules.rules = {end, foot, top};
  ASSERT_TRUE(tidy(rules).empty());
  EXPECT_EQ(read(rules, shows({"x", "ready", "", ""})).state, "idle");
  EXPECT_EQ(read(rules, shows({"ready", "x"})).state, "unknown");
  EXPECT_EQ(read(rules, shows({"---", "x", "---", "busy"})).state, "working");
  EXPECT_EQ(read(rules, shows({"busy", "---"})).state, "unknown");
  EXPECT_EQ(read(rules, shows({"busy"})).state, "unknown") << "without the line nothing is below it";
  EXPECT_EQ(read(rules, shows({"", "login", "x"})).state, "blocked");
}

TEST(Rules, KnowAnyNoneAndTheTitle) {
  Rule some = rule("some", 10, "idle", {});
  some.any = {"a", "b"};
  some.none = {"busy*"};
  some.title = "* ready";
  const Rules rules = rules_of({some});
  EXPECT_EQ(read(rules, shows({"b"}, "is ready")).state, "idle");
  EXPECT_EQ(read(rules, shows({"c"}, "is ready")).state, "unknown");
  EXPECT_EQ(read(rules, shows({"b", "busy now"}, "is ready")).state, "unknown");
  EXPECT_EQ(read(rules, shows({"b"}, "is not")).state, "unknown");
}

TEST(Rules, FindTheLastInputLine) {
  Rules rules = rules_of({rule("x", 1, "idle", {"x"})});
  rules.input = ">*";
  EXPECT_EQ(read(rules, shows({"> old", "> new", "foot"})).input, "> new");
  EXPECT_EQ(read(rules, shows({"nothing"})).input, std::nullopt);
}

TEST(Rules, ThatMakeNoSenseAreNamed) {
  Rules rules;
  Rule wrong = rule("wrong", 1, "dancing", {"x"});
  Rule blocked = rule("blocked", 1, "blocked", {"x"});
  blocked.blocked_on.clear();
  Rule lost = rule("lost", 1, "idle", {"x"});
  lost.region = "nowhere";
  Rule empty = rule("empty", 1, "idle", {});
  rules.rules = {wrong, blocked, lost, empty, empty};
  EXPECT_THAT(tidy(rules), testing::SizeIs(7));
}

TEST(Rules, GoThroughJson) {
  Rules rules = rules_of({rule("dialog", 90, "blocked", {"Allow?"})});
  rules.regions["end"] = {0, 3, "-*"};
  rules.input = ">*";
  rules.rules.front().region = "end";
  rules.rules.front().allow = {"1", "Enter"};
  rules.rules.front().deny = {"Escape"};
  rules.rules.front().tool = "Run *";
  const auto back = rules_from_json(to_json(rules));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, rules);
  EXPECT_FALSE(rules_from_json({}));
  EXPECT_FALSE(rules_from_json({{"regions", 1}, {"rules", boost::json::array{}}}));
}

TEST(Rules, ExplainedTellWhatDidNotHold) {
  const auto tried = explain(rules_of({rule("a", 20, "idle", {">"}), rule("b", 10, "idle", {"x"})}), shows({"x"}));
  ASSERT_EQ(tried.size(), 2U);
  EXPECT_FALSE(tried[0].holds);
  EXPECT_EQ(tried[0].why, "no line is '>'");
  EXPECT_TRUE(tried[1].holds);
}

}  // namespace
}  // namespace paddock::screen
