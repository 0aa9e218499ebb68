// Text for terminals: safe, short, and in line.
#include "main/cli/text.hpp"

#include <clocale>

#include <gtest/gtest.h>

#include "main/cli/table.hpp"

namespace paddock::cli {
namespace {

class Text : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
};

TEST_F(Text, ControlsDoNotReachATerminal) {
  EXPECT_EQ(plain("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(plain("a\rb\bc\x7f\a"), "a\\x0db\\x08c\\x7f\\x07");
  EXPECT_EQ(plain(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(plain("a\xc2\x9b"
                  "31m"),
            "a\\x9b31m")
      << "a C1 control begins a sequence in some terminals";
  EXPECT_EQ(plain("a\xe2\x80\xae"
                  "b"),
            "a\\u202eb")
      << "turns the direction of text";
  EXPECT_EQ(plain("a\xe2\x81\xa6"
                  "b"),
            "a\\u2066b");
}

TEST_F(Text, LinesAndTabsStay) { EXPECT_EQ(plain("a\n\tb\n"), "a\n\tb\n"); }

TEST_F(Text, GoodUtf8StaysAndBrokenIsReplaced) {
  EXPECT_EQ(plain("gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x98\x80"),
            "gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x98\x80");
  EXPECT_EQ(plain("a\xff"), "a\xef\xbf\xbd");
}

TEST_F(Text, OneLineHasNoLineEnds) {
  EXPECT_EQ(one_line("a\n\n b\tc \r\n"), "a b c");
  EXPECT_EQ(one_line(" \n "), "");
  EXPECT_EQ(one_line("a\x1b"
                     "b"),
            "a\\x1bb");
}

TEST_F(Text, OneLineIsCutAtItsColumns) {
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdefg", 6), "abcde…");
  EXPECT_EQ(one_line("漢字漢字", 5), "漢字…");
}

TEST_F(Text, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(columns_of("漢字"), 4U);
  EXPECT_EQ(columns_of("e\xcc\x81"), 1U) << "a combining accent takes none";
  EXPECT_EQ(padded("漢", 4), "漢  ");
  EXPECT_EQ(padded("long", 2), "long");
}

TEST_F(Text, AgesNameTheLargestUnit) {
  EXPECT_EQ(age_text(0), "now");
  EXPECT_EQ(age_text(-5000), "now");
  EXPECT_EQ(age_text(59'999), "59s");
  EXPECT_EQ(age_text(60'000), "1m");
  EXPECT_EQ(age_text(3'600'000), "1h");
  EXPECT_EQ(age_text(90'000'000), "1d");
}

TEST_F(Text, ClocksCountsAndMoneyAreShort) {
  EXPECT_EQ(clock_text(5'000), "0:05");
  EXPECT_EQ(clock_text(754'000), "12:34");
  EXPECT_EQ(clock_text(3'723'000), "1:02:03");
  EXPECT_EQ(clock_text(-1), "0:00");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1234), "1.2k");
  EXPECT_EQ(count_text(999'999), "1.0M");
  EXPECT_EQ(count_text(3'400'000'000), "3.4G");
  EXPECT_EQ(money_text(1'200), "$0.0012");
  EXPECT_EQ(money_text(1'234'567), "$1.23");
  EXPECT_EQ(money_text(0), "$0.0000");
}

TEST_F(Text, TablesLineUpWithoutBlanksAtTheEnd) {
  Table table({"A", "BB"});
  EXPECT_TRUE(table.empty());
  table.add({"漢字", "x"});
  table.add({"1", ""});
  EXPECT_EQ(table.text(), "A     BB\n漢字  x\n1\n");
  EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace paddock::cli
