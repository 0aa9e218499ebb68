// Claude Code on a terminal: how it is started, the few keys the adapter knows, and what its end means.
#include "terminal.hpp"

#include <gtest/gtest.h>

#include "launches.hpp"
#include "paddock/adapter_testing.hpp"
#include "plan.hpp"
#include "session.hpp"

namespace paddock::claude::test {
namespace {

using Words = std::vector<std::string>;

json::object on_terminal(json::object more = {}) {
  more["mode"] = "interactive";
  return launch(std::move(more));
}

Words argv(json::object more = {}) {
  Words words;
  const json::object made = make_plan({on_terminal(std::move(more))});
  for (const json::value& word : made.at("argv").as_array()) words.emplace_back(word.as_string());
  return words;
}

TEST(TerminalPlan, StartsTheProgramAsAPersonWould) {
  const json::object plan = make_plan({on_terminal()});
  EXPECT_EQ(plan.at("transport").as_string(), "pty");
  EXPECT_EQ(argv(), Words{"claude"});
  EXPECT_EQ(argv({{"model", "opus"}, {"resume", "id-1"}, {"yolo", true}}),
            (Words{"claude", "--model", "opus", "--resume", "id-1", "--dangerously-skip-permissions"}));
}

TEST(TerminalPlan, APromptThatLooksLikeAnOptionIsNone) {
  EXPECT_EQ(argv({{"prompt", "--version"}}), (Words{"claude", "--", "--version"}));
}

TEST(TerminalPlan, RefusesWhatOnlyTheHeadlessModeHas) {
  for (const char* option : {"max_turns", "max_budget_usd"}) {
    EXPECT_THROW((void)argv({{"options", {{option, 3}}}}), sdk::Refusal) << option;
  }
  EXPECT_THROW((void)argv({{"options", {{"permission_mode", "bypassPermissions"}}}}), sdk::Refusal);
}

TEST(TerminalPlan, StopsLikeAPersonFirst) {
  const json::object plan = make_plan({on_terminal()});
  const json::array& steps = plan.at("stop").as_array();
  EXPECT_EQ(steps.front().at("write").as_string(), "\x1b");
  EXPECT_EQ(steps.back().at("signal").as_string(), "SIGTERM");
}

}  // namespace
}  // namespace paddock::claude::test
