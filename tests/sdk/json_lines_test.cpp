// JSON lines: what is read, what is not, and that memory is used again.
#include "paddock/json_lines.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sdk/support.hpp"

namespace {

using namespace paddock::sdk;
using paddock::sdk::testing::Driver;

/// Answers each JSON line with a message of the same content.
class Mirror final : public Plain<JsonLinesSession> {
 public:
  using Plain::Plain;
  void on_json(Now, const json::object& line, Source source, Sink& sink) override {
    if (line.contains("throw")) throw std::runtime_error("asked for");
    sink.event({.kind = Kind::message, .body = json::object(line), .source = source});
  }
};

std::vector<std::string> events_of(std::string_view stream, std::uint32_t channel = PDK_CH_STDOUT) {
  Driver driver(table_of<Mirror>(), {});
  driver.feed(channel, stream);
  driver.eof(channel);
  EXPECT_EQ(paddock::sdk::testing::check_contract(driver.seen()), "");
  std::vector<std::string> found;
  for (const json::object& event : driver.seen().events) {
    found.push_back(std::string(event.at("kind").as_string()) + " " + json::serialize(event.at("body")));
  }
  return found;
}

std::string nested(int depth) {
  return "{\"a\":" + std::string(static_cast<std::size_t>(depth - 1), '[') +
         std::string(static_cast<std::size_t>(depth - 1), ']') + "}\n";
}

TEST(JsonLines, ReadsOneObjectPerLine) {
  EXPECT_EQ(
      events_of("{\"a\":1}\n  {\"b\":[true,null]} \r\n{\"c\":\"last\"}"),
      (std::vector<std::string>{R"(message {"a":1})", R"(message {"b":[true,null]})", R"(message {"c":"last"})"}));
}

TEST(JsonLines, SkipsBlankLines) { EXPECT_TRUE(events_of("\n \r\n\t\n").empty()); }

TEST(JsonLines, TurnsEverythingElseIntoUnknown) {
  EXPECT_EQ(events_of("hello\n[1]\n42\n{\"a\":\n{} {}\n"),
            (std::vector<std::string>{
                R"(unknown {"what":"not_json","text":"hello"})", R"(unknown {"what":"not_json","text":"[1]"})",
                R"(unknown {"what":"not_json","text":"42"})", R"(unknown {"what":"not_json","text":"{\"a\":"})",
                R"(unknown {"what":"not_json","text":"{} {}"})"}));
}

TEST(JsonLines, MakesANoticeOfStandardError) {
  EXPECT_EQ(events_of("{\"a\":1}\n", PDK_CH_STDERR),
            (std::vector<std::string>{R"(notice {"code":"stderr","text":"{\"a\":1}"})"}));
}

TEST(JsonLines, ReadsSixtyLevelsAndNoMore) {
  EXPECT_EQ(events_of(nested(60)).at(0).substr(0, 7), "message");
  EXPECT_EQ(events_of(nested(61)).at(0).substr(0, 7), "unknown");
  EXPECT_EQ(events_of(nested(50'000) + "{}\n").size(), 2U);
}

TEST(JsonLines, ReadsHalvesOfCharacters) {
  EXPECT_EQ(events_of("{\"a\":\"\\ud83d\"}\n"), std::vector<std::string>{"message {\"a\":\"\xEF\xBF\xBD\"}"});
  EXPECT_EQ(events_of("{\"a\":\"\xF0\x9F\"}\n"),
            std::vector<std::string>{"message {\"a\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}"});
}

TEST(JsonLines, GoesOnAfterALineThatThrew) {
  Driver driver(table_of<Mirror>(), {});
  driver.feed(PDK_CH_STDOUT, "{\"throw\":1}\n");
  driver.feed(PDK_CH_STDOUT, "{\"a\":1}\n");
  EXPECT_EQ(driver.seen().failures.size(), 1U);
  EXPECT_EQ(driver.seen().events.size(), 1U);
}

TEST(JsonLines, ReportsALineOverTheLimitOnce) {
  Driver driver(table_of<Mirror>(), {});
  for (int i = 0; i < 100; ++i) driver.feed(PDK_CH_STDOUT, std::string(65536, ' '));
  driver.feed(PDK_CH_STDOUT, "\n{}\n");
  ASSERT_EQ(driver.seen().events.size(), 2U);
  EXPECT_EQ(driver.seen().events[0].at("body").at("what"), "line_too_long");
  EXPECT_EQ(driver.seen().events[0].at("end").as_int64(), 100 * 65536 + 1);
  EXPECT_EQ(driver.seen().events[1].at("kind"), "message");
}

TEST(JsonLines, ReadsAGoodLineAfterAMonster) {
  std::string monster = "{\"a\":[1";
  while (monster.size() < 3'000'000) monster += ",1";
  EXPECT_EQ(events_of(monster + "]}\n{\"b\":2}\n" + monster + "\n{\"c\":3}\n").size(), 4U);
}

TEST(JsonReader, UsesItsMemoryAgain) {
  JsonReader reader;
  const void* first = nullptr;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(reader.read(R"({"a":["one","two"]})", [&](const json::object& object) {
      const void* place = object.at("a").as_array().data();
      if (first == nullptr) first = place;
      EXPECT_EQ(place, first);
    }));
  }
}

TEST(JsonReader, ReadsManyLongLinesOneAfterTheOther) {
  JsonReader reader;
  const std::string line = "{\"a\":\"" + std::string(100'000, 'x') + "\"}";
  // More than any number of doublings that still fits into memory.
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(reader.read(line, [](const json::object&) {})) << i;
}

TEST(LineSession, CutsEachChannelOnItsOwn) {
  Driver driver(table_of<Mirror>(), {});
  driver.feed(PDK_CH_STDOUT, "{\"a\":");
  driver.feed(PDK_CH_TAIL, "{\"t\":1}\n");
  driver.feed(PDK_CH_STDERR, "warn\n");
  driver.feed(PDK_CH_STDOUT, "1}\n");
  ASSERT_EQ(driver.seen().events.size(), 3U);
  EXPECT_EQ(driver.seen().events[0].at("channel").as_int64(), PDK_CH_TAIL);
  EXPECT_EQ(driver.seen().events[2].at("end").as_int64(), 8);
}

}  // namespace
