// Amounts as people write them, and words they misspell.
#include <gtest/gtest.h>

#include "config/units.hpp"

namespace paddock::config {
namespace {

TEST(Cpu, IsPerCentOrCores) {
  EXPECT_EQ(parse_cpu("150%").value(), 150U);
  EXPECT_EQ(parse_cpu("1%").value(), 1U);
  EXPECT_EQ(parse_cpu("2").value(), 200U);
  EXPECT_EQ(parse_cpu("0.5").value(), 50U);
  EXPECT_EQ(parse_cpu("1024").value(), 102'400U);
  for (const char* text : {"", "%", "0", "0%", "0.001", "-1", "1.5%", "1025", "102401%", "two", "1e2", "nan", "2 "}) {
    EXPECT_FALSE(parse_cpu(text)) << text;
  }
}

TEST(Percent, IsFromNothingToAll) {
  EXPECT_EQ(parse_percent("0%").value(), 0U);
  EXPECT_EQ(parse_percent("100%").value(), 100U);
  for (const char* text : {"", "20", "101%", "-1%", "1.5%", "%", "20 %"}) EXPECT_FALSE(parse_percent(text)) << text;
}

TEST(Money, IsExact) {
  EXPECT_EQ(parse_money("5.00").value(), 5'000'000);
  EXPECT_EQ(parse_money("5").value(), 5'000'000);
  EXPECT_EQ(parse_money("0.000001").value(), 1);
  EXPECT_EQ(parse_money("0.1").value(), 100'000);
  EXPECT_EQ(parse_money("1000000000").value(), 1'000'000'000'000'000);
  for (const char* text : {"", ".", "5.", ".5", "-1", "1.0000001", "1,5", "$5", "1e3", "1000000001", "05"}) {
    EXPECT_FALSE(parse_money(text)) << text;
  }
}

TEST(Count, IsPlainDecimal) {
  EXPECT_EQ(parse_count("0").value(), 0U);
  EXPECT_EQ(parse_count("18446744073709551615").value(), 18446744073709551615U);
  for (const char* text : {"", "010", "00", "0x10", "1_000", "+1", "-1", "18446744073709551616", "1.0", " 1"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
}

TEST(Nearest, GuessesSlipsAndNothingElse) {
  const std::vector<std::string> words{"memory", "cpu", "pids", "io", "max"};
  EXPECT_EQ(nearest("memroy", words), "memory");
  EXPECT_EQ(nearest("memor", words), "memory");
  EXPECT_EQ(nearest("pid", words), "pids");
  EXPECT_EQ(nearest("cpus", words), "cpu");
  EXPECT_EQ(nearest("disk", words), "");
  EXPECT_EQ(nearest("xy", words), "");
  EXPECT_EQ(nearest("", words), "");
}

}  // namespace
}  // namespace paddock::config
