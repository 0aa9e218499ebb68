// The screen rules against every captured screen of the real program.
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/screen_rules.hpp"
#include "screen/rules.hpp"

namespace {

using namespace paddock;

const std::string kCorpus = PADDOCK_SOURCE_DIR "/tests/corpus/screens/claude/";

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const screen::Rules& rules() {
  static const screen::Rules read = [] {
    const std::string file = PADDOCK_SOURCE_DIR "/plugins/claude/screens.yaml";
    const auto parsed = config::parse_screen_rules(text_of(file), file);
    if (!parsed) throw std::runtime_error(parsed.error().items.front().detail);
    return *parsed;
  }();
  return read;
}

screen::Picture picture_of(const std::string& text) {
  screen::Picture picture;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) picture.lines.push_back(line);
  picture.rows = int(picture.lines.size());
  picture.cols = 100;
  return picture;
}

std::string verdict(const std::string& text) {
  const auto reading = screen::read(rules(), picture_of(text));
  return reading.blocked_on.empty() ? reading.state : reading.state + "/" + reading.blocked_on;
}

struct Labelled {
  std::string label, name;
};

std::vector<Labelled> corpus() {
  std::vector<Labelled> out;
  std::ifstream in(kCorpus + "labels.txt");
  for (Labelled each; in >> each.label >> each.name;) out.push_back(each);
  return out;
}

TEST(ClaudeScreens, AreReadAsTheyWereLabelled) {
  std::map<std::string, std::array<int, 3>> counts;  // right, said wrongly, missed
  for (const auto& [label, name] : corpus()) {
    const std::string said = verdict(text_of(kCorpus + name));
    EXPECT_TRUE(said == label || said == "unknown") << name << " is " << label << ", not " << said;
    if (said == label) ++counts[label][0];
    if (said != label && said != "unknown") ++counts[said][1];
    if (said != label) ++counts[label][2];
  }
  for (const auto& [state, count] : counts) {
    const double recall = double(count[0]) / double(count[0] + count[2]);
    std::printf("%-20s right %3d, wrong %d, missed %d, recall %.3f\n", state.c_str(), count[0], count[1], count[2],
                recall);
    EXPECT_EQ(count[1], 0) << state;
    EXPECT_GE(recall, state == "idle" ? 0.9 : 0.98) << state;
  }
  EXPECT_GE(counts["blocked/approval"][0], 5);
}

TEST(ClaudeScreens, WordsOfAnAnswerAreNoDialog) {
  const std::string rule(40, '-');
  const std::string line = "────────────────────\n";
  const std::string answer = "● Do you want to proceed?\n❯ 1. Yes\nEsc to cancel\n";
  EXPECT_EQ(verdict(answer + line + "❯ \n" + line + "  ? for shortcuts\n"), "idle");
  EXPECT_EQ(verdict("esc to interrupt\n" + line + "❯ \n" + line + "  ? for shortcuts\n"), "idle");
}

TEST(ClaudeScreens, WhatWasNeverSeenIsUnknown) {
  for (const char* text : {"", "Segmentation fault", "$ ", "Do you want to proceed?", "────────\n❯ \n────────\n",
                           "Loading…\n────────\nSomething else entirely\n"}) {
    EXPECT_EQ(verdict(text), "unknown") << text;
  }
}

TEST(ClaudeScreens, AHalfDrawnDialogIsNotAnswered) {
  const std::string whole = text_of(kCorpus + "basic-05-permission-bash.txt");
  ASSERT_EQ(verdict(whole), "blocked/approval");
  for (std::size_t cut = whole.find("Bash command"); cut < whole.rfind("Esc to cancel"); ++cut) {
    EXPECT_NE(verdict(whole.substr(0, cut)), "blocked/approval") << cut;
  }
}

TEST(ClaudeScreens, TheInputLineIsFound) {
  const auto reading = screen::read(rules(), picture_of(text_of(kCorpus + "basic-04-finished.txt")));
  EXPECT_EQ(reading.input, "❯");
}

TEST(ClaudeScreens, EveryRuleIsExplained) {
  const auto tried = screen::explain(rules(), picture_of(text_of(kCorpus + "basic-03-working-streaming.txt")));
  EXPECT_EQ(tried.size(), rules().rules.size());
  EXPECT_TRUE(std::ranges::any_of(tried, [](const auto& each) { return each.holds && each.rule == "interruptible"; }));
  for (const auto& each : tried) EXPECT_NE(each.holds, !each.why.empty()) << each.rule;
}

}  // namespace
