// The body of a request as JSON: what is taken can be passed on.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "api/http.hpp"

namespace paddock::api {
namespace {

using testing::HasSubstr;

TEST(Body, IsTakenAsItStands) {
  const auto value = parse_body(R"({"a": [1, -2, 1.5e3, 1e308, null, "x"]})");
  ASSERT_TRUE(value);
  EXPECT_TRUE(parse_body(boost::json::serialize(*value)));
}

TEST(Body, ANumberThatWouldBecomeInfinityIsRefused) {
  for (const std::string number : {"1e400", "-1e400", "88818e88888888"}) {
    for (const std::string& body : {number, "[" + number + "]", R"({"options": {"x": [)" + number + "]}}"}) {
      const auto value = parse_body(body);
      ASSERT_FALSE(value) << body;
      EXPECT_EQ(value.error().code, base::Errc::invalid_request);
      EXPECT_THAT(value.error().detail, HasSubstr("too large"));
    }
  }
}

TEST(Body, SaysWhereItIsBroken) {
  const auto value = parse_body(R"({"a": })");
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().detail, HasSubstr("at byte 6"));
}

}  // namespace
}  // namespace paddock::api
