// Amounts of memory, read and written.
#include "base/size.hpp"

#include <gtest/gtest.h>

namespace paddock::base {
namespace {

TEST(Sizes, AreReadInEveryUsualForm) {
  EXPECT_EQ(parse_size("0").value(), ByteSize(0));
  EXPECT_EQ(parse_size("1048576").value(), mib(1));
  EXPECT_EQ(parse_size("17B").value(), ByteSize(17));
  EXPECT_EQ(parse_size("4K").value(), kib(4));
  EXPECT_EQ(parse_size("512M").value(), mib(512));
  EXPECT_EQ(parse_size("512MB").value(), mib(512));
  EXPECT_EQ(parse_size("4Gi").value(), gib(4));
  EXPECT_EQ(parse_size("4GiB").value(), gib(4));
  EXPECT_EQ(parse_size("1.5G").value(), mib(1536));
  EXPECT_EQ(parse_size("1TiB").value(), gib(1024));
}

TEST(Sizes, OfOtherFormsAreRefusedByName) {
  for (const char* text : {"", "G", "-1G", "1.5", "1X", "1 G", "1GG", "1iB", "1GiBB", "0x10", "1e3", "inf", "nan",
                           "1,5G", "9999999999G", "4GiB "}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, Errc::invalid_request);
    EXPECT_NE(size.error().detail.find("'" + std::string(text) + "'"), std::string::npos);
  }
}

TEST(Sizes, ReadWellForPeople) {
  EXPECT_EQ(format_size(ByteSize(0)), "0 B");
  EXPECT_EQ(format_size(ByteSize(1023)), "1023 B");
  EXPECT_EQ(format_size(kib(1)), "1.0 KiB");
  EXPECT_EQ(format_size(mib(1536)), "1.5 GiB");
  EXPECT_EQ(format_size(gib(5000)), "4.9 TiB");
  EXPECT_EQ(format_size(gib(5'000'000)), "4882.8 TiB");
}

}  // namespace
}  // namespace paddock::base
