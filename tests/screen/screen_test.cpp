// What a terminal shows after bytes.
#include "screen/screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace paddock::screen {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> top(const Screen& screen, std::size_t count) {
  auto lines = screen.picture().lines;
  lines.resize(count);
  return lines;
}

TEST(Screen, ShowsLinesWithoutTrailingBlanks) {
  Screen screen(3, 20);
  screen.write("one  \r\n\r\nthree");
  EXPECT_THAT(screen.picture().lines, ElementsAre("one", "", "three"));
}

TEST(Screen, ShowsTheSameHoweverTheBytesAreSplit) {
  const std::string text = "\x1b[2J\x1b[1;1H\x1b[31mr\xc3\xb6t\x1b[0m \xe4\xbd\xa0\xe5\xa5\xbd\x1b]0;title\a\x1b[2;3Hx";
  Screen whole(4, 30);
  whole.write(text);
  Screen bytes(4, 30);
  for (const char c : text) bytes.write({&c, 1});
  EXPECT_EQ(whole.picture(), bytes.picture());
  EXPECT_THAT(top(whole, 2), ElementsAre("r\xc3\xb6t \xe4\xbd\xa0\xe5\xa5\xbd", "  x"));
  EXPECT_EQ(whole.picture().title, "title");
}

TEST(Screen, KnowsWhereTheCursorIsAndWhetherItShows) {
  Screen screen(5, 20);
  screen.write("\x1b[3;7H\x1b[?25l");
  EXPECT_EQ(screen.picture().cursor, (Cursor{2, 6, false}));
  screen.write("\x1b[?25h");
  EXPECT_TRUE(screen.picture().cursor.visible);
}

TEST(Screen, GivesTheFirstScreenBackWhenTheSecondIsLeft) {
  Screen screen(3, 20);
  screen.write("shell$ \x1b[?1049h\x1b[2J\x1b[Hvi");
  EXPECT_TRUE(screen.picture().alternate);
  EXPECT_EQ(top(screen, 1).front(), "vi");
  screen.write("\x1b[?1049l");
  EXPECT_FALSE(screen.picture().alternate);
  EXPECT_EQ(top(screen, 1).front(), "shell$");
}

TEST(Screen, KeepsABoundedNumberOfLinesThatLeftTheTop) {
  Screen screen(2, 20);
  for (int i = 0; i < 2000; ++i) screen.write("line " + std::to_string(i) + "\r\n");
  EXPECT_EQ(screen.scrollback(100'000).size(), base::limits::scrollback_lines);
  EXPECT_THAT(screen.scrollback(2), ElementsAre("line 1997", "line 1998"));
}

TEST(Screen, AnswersWhatAProgramAsksOfATerminal) {
  Screen screen(5, 20);
  EXPECT_EQ(screen.write("\x1b[2;4H\x1b[6n"), "\x1b[2;4R");
  EXPECT_THAT(screen.write("\x1b[c"), HasSubstr("\x1b[?"));
  EXPECT_EQ(screen.write("text"), "");
}

TEST(Screen, AskedWithoutEndAnswersABoundedAmount) {
  Screen screen(5, 20);
  std::string questions;
  for (int i = 0; i < 100'000; ++i) questions += "\x1b[6n";
  EXPECT_LE(screen.write(questions).size(), 4096U);
}

TEST(Screen, TellsWhichModesTheProgramAskedFor) {
  Screen screen(5, 20);
  EXPECT_FALSE(screen.wants_paste_marks());
  EXPECT_FALSE(screen.wants_application_keys());
  screen.write("\x1b[?2004h\x1b[?1h");
  EXPECT_TRUE(screen.wants_paste_marks());
  EXPECT_TRUE(screen.wants_application_keys());
  EXPECT_EQ(screen.write(""), "") << "asking about the modes answers nobody";
}

TEST(Screen, TakesMegabytesAtOnce) {
  Screen screen(24, 80);
  screen.write(std::string(4U << 20U, 'x') + "\r\nend");
  EXPECT_EQ(screen.picture().lines.back(), "end");
}

TEST(Screen, SurvivesGarbageAndEndlessSequences) {
  Screen screen(10, 40);
  std::string bytes;
  std::uint32_t seed = 1;
  for (int i = 0; i < 300'000; ++i) bytes += char((seed = seed * 1664525U + 1013904223U) >> 24U);
  screen.write(bytes);
  screen.write("\x1b]0;" + std::string(1U << 20U, 't') + "\a");
  screen.write("\x1b[" + std::string(100'000, '9') + "C");
  EXPECT_LE(screen.picture().title.size(), 256U * 3);
  EXPECT_EQ(screen.picture().lines.size(), 10U);
}

TEST(Screen, ResizedKeepsWhatFits) {
  Screen screen(4, 20);
  screen.write("first\r\nsecond");
  screen.resize(6, 10);
  EXPECT_EQ(screen.rows(), 6);
  EXPECT_EQ(screen.cols(), 10);
  EXPECT_THAT(top(screen, 2), ElementsAre("first", "second"));
  screen.resize(0, 100'000);
  EXPECT_EQ(screen.rows(), 1);
  EXPECT_EQ(screen.cols(), int(base::limits::terminal_cells));
}

TEST(Screen, PaintedOnAnotherTerminalIsTheSame) {
  Screen screen(6, 30);
  screen.write(
      "\x1b[1;31mbold red\x1b[0m plain \x1b[48;5;20m \x1b[0m\r\n\xe4\xbd\xa0 wide\x1b[4;10Hx\x1b[?2004h\x1b[?25l"
      "\x1b]0;named\a\x1b[5;5H");
  Screen other(6, 30);
  other.write("something else\r\n\x1b[7m that must go");
  other.write(screen.paint());
  EXPECT_EQ(other.picture(), screen.picture());
  EXPECT_EQ(other.paint(), screen.paint()) << "colours and modes too";
  EXPECT_TRUE(other.wants_paste_marks());
}

TEST(Screen, PaintedWhileAnEditorRunsLeavesTheEditorsScreen) {
  Screen screen(4, 20);
  screen.write("below\x1b[?1049h\x1b[H\x1b[2Jabove\x1b[?1000h");
  Screen other(4, 20);
  other.write(screen.paint());
  EXPECT_TRUE(other.picture().alternate);
  EXPECT_EQ(other.picture(), screen.picture());
}

TEST(Picture, FindsTextThatWasWrapped) {
  Screen screen(4, 10);
  screen.write("a sentence that is longer");
  EXPECT_TRUE(shows(screen.picture(), "sentence that is longer"));
  EXPECT_FALSE(shows(screen.picture(), "sentence that was longer"));
  EXPECT_TRUE(shows(screen.picture(), ""));
}

TEST(Picture, ItsLastLinesAreForMessages) {
  Screen screen(5, 20);
  screen.write("one\r\n\r\n  two\r\nthree");
  EXPECT_EQ(last_lines(screen.picture(), 2), "two | three");
  EXPECT_EQ(last_lines(Screen(2, 2).picture(), 2), "");
}

TEST(Picture, AsJsonHasWhatTheApiShows) {
  Screen screen(2, 10);
  screen.write("hi");
  const auto json = to_json(screen.picture());
  EXPECT_EQ(boost::json::serialize(json),
            R"({"rows":2,"cols":10,"cursor":{"row":0,"col":2,"visible":true},"title":"","alternate":false,)"
            R"("lines":["hi",""]})");
}

}  // namespace
}  // namespace paddock::screen
