// Answers are read leniently: what is missing or odd counts as not there.
#include "main/cli/fields.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "main/cli/follow.hpp"

namespace paddock::cli {
namespace {

TEST(Fields, OfTheWrongTypeCountAsMissing) {
  const boost::json::value value = boost::json::parse(
      R"({"t":1,"n":"x","o":[],"l":[1,{"a":"b"},"s"],"f":1,"big":1e300,"time":"2026-01-31T12:00:00.000Z","bad":"x"})");
  const auto& object = value.get_object();
  EXPECT_EQ(text_at(object, "t"), "");
  EXPECT_EQ(text_at(object, "none"), "");
  EXPECT_EQ(count_at(object, "n"), 0);
  EXPECT_EQ(count_at(object, "t"), 1);
  EXPECT_EQ(count_at(object, "big"), 0);
  EXPECT_EQ(number_at(object, "n"), std::nullopt);
  EXPECT_TRUE(object_at(object, "o").empty());
  EXPECT_EQ(objects_at(object, "l").size(), 1U);
  EXPECT_EQ(texts_at(object, "l"), (std::vector<std::string_view>{"s"}));
  EXPECT_FALSE(flag_at(object, "f"));
  EXPECT_TRUE(millis_at(object, "time"));
  EXPECT_FALSE(millis_at(object, "bad"));
  EXPECT_TRUE(as_object(boost::json::value(1)).empty());
}

TEST(LineReader, GivesWholeLinesHoweverTheyArrive) {
  const std::string text = "one\n\ntwo\nrest";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    LineReader reader;
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size(); at += size) {
      reader.add(std::string_view(text).substr(at, size));
      while (auto line = reader.line()) lines.push_back(*line);
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two"}));
  }
}

}  // namespace
}  // namespace paddock::cli
