// What of a watching terminal's words reaches the program.
#include "screen/input_filter.hpp"

#include <gtest/gtest.h>

namespace paddock::screen {
namespace {

/// The same input whole and byte by byte must give the same, but for a lone Escape.
std::string passed(std::string_view bytes) { return InputFilter().pass(bytes); }

TEST(InputFilter, KeysPass) {
  for (const char* keys : {"hello", "\x1b", "\x1b[A", "\x1bOA", "\x1b[15~", "\x1b[1;5C", "\x1b[Z", "\x03", "\x1bx",
                           "\x1b[<0;10;20M", "\x1b[200~paste\x1b[201~", "\xc3\xbc", "\x1b[I"}) {
    EXPECT_EQ(passed(keys), keys);
  }
}

TEST(InputFilter, WhatTheTerminalSaysByItselfDoesNot) {
  for (const char* report : {"\x1b[?1;2c", "\x1b[>0;276;0c", "\x1b[12;40R", "\x1b[0n", "\x1b[?2004;1$y", "\x1b[?0u",
                             "\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b]10;rgb:ff/ff/ff\a", "\x1bP1$r0m\x1b\\"}) {
    EXPECT_EQ(passed(report), "") << report;
    EXPECT_EQ(passed(std::string("a") + report + "b"), "ab") << report;
  }
}

TEST(InputFilter, AReportInTwoPiecesIsStillOne) {
  InputFilter filter;
  EXPECT_EQ(filter.pass("x\x1b[12;"), "x");
  EXPECT_EQ(filter.pass("40Ry"), "y");
}

TEST(InputFilter, AnUnfinishedSequenceIsNotKeptForEver) {
  InputFilter filter;
  std::string out;
  for (int i = 0; i < 5000; ++i) out += filter.pass(i == 0 ? "\x1b[1" : "1");
  EXPECT_GT(out.size(), 1000U);
}

TEST(InputFilter, AStringThatIsNoReportEndsSomewhere) {
  InputFilter filter;
  EXPECT_EQ(filter.pass("\x1b]" + std::string(3000, 'a')).size(), 3002U);
}

}  // namespace
}  // namespace paddock::screen
