// Times and durations, read and written.
#include "base/time.hpp"

#include <gtest/gtest.h>

namespace paddock::base {
namespace {

using namespace std::chrono_literals;

TEST(Times, ReadBackWhatTheyWrite) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-01-31T12:34:56.789Z", "2024-02-29T23:59:59.999Z",
                           "1969-12-31T23:59:59.999Z"}) {
    EXPECT_EQ(format_time(parse_time(text).value()), text);
  }
  EXPECT_EQ(format_time(WallTime(1ms)), "1970-01-01T00:00:00.001Z");
}

TEST(Times, OfOtherFormsAreRefused) {
  for (const char* text :
       {"", "2026-01-31", "2026-01-31T12:34:56Z", "2026-01-31T12:34:56.789", "2026-02-30T00:00:00.000Z",
        "2026-01-31T24:00:00.000Z", "2026-01-31T12:60:00.000Z", "2026-01-31T12:00:60.000Z", "2026-13-01T00:00:00.000Z",
        "2026-01-31T12:34:56.789Z ", " 2026-01-31T12:34:56.789Z", "2026- 1-31T12:34:56.789Z", "2026-01-31T12:34:56.7Z",
        "2026-01-31T12:34:56.789+01:00", "2026-1-31T12:34:56.789Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Durations, AreReadInParts) {
  EXPECT_EQ(parse_duration("30s").value(), 30s);
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("2d").value(), 48h);
  EXPECT_EQ(parse_duration("0s").value(), 0s);
  EXPECT_EQ(parse_duration("1m5ms").value(), 60005ms);
  EXPECT_EQ(parse_duration("3650d").value(), 87600h);
}

TEST(Durations, OfOtherFormsAreRefused) {
  for (const char* text : {"", "30", "s", "-1s", "+1s", "1.5h", "1 h", "1h ", "1y", "4000d", "999999999999999999999s",
                           "9223372036854775807ms", "3000d3000d", "1H"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, ReadBackWhatTheyWrite) {
  for (const auto duration : {0ms, 1ms, 999ms, 1000ms, 61'001ms, 86'400'000ms, 90'061'001ms}) {
    EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration);
  }
  EXPECT_EQ(format_duration(90min), "1h30m");
  EXPECT_EQ(format_duration(0s), "0s");
}

}  // namespace
}  // namespace paddock::base
