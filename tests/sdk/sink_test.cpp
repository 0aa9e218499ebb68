// The sink: bodies always fit the ABI and are always JSON.
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "sdk/support.hpp"

namespace {

using namespace paddock::sdk;
using paddock::sdk::testing::Driver;

/// Says what the test put into `next`.
class Speaker final : public Plain<Session> {
 public:
  using Plain::Plain;
  void feed(Now, std::uint32_t, std::string_view, Sink& sink) override { next(sink); }
  static inline std::function<void(Sink&)> next;
};

/// What arrives at the host when an adapter does `speak`.
paddock::sdk::testing::Recorded heard(std::function<void(Sink&)> speak) {
  Speaker::next = std::move(speak);
  Driver driver(table_of<Speaker>(), {});
  driver.feed(PDK_CH_STDOUT, "x");
  return driver.seen();
}

json::object body_of(json::object body) {
  const auto seen = heard([&](Sink& sink) { sink.event({.kind = Kind::message, .body = body}); });
  EXPECT_EQ(seen.problems(), "");
  EXPECT_TRUE(seen.failures.empty());
  return seen.events.at(0).at("body").as_object();
}

TEST(Sink, SendsABodyOfExactlyTheLimitAsItIs) {
  const std::string text(256 * 1024 - 11, 'x');  // {"text":""} is 11 bytes
  const json::object body = body_of({{"text", text}});
  EXPECT_EQ(body.at("text").as_string().size(), text.size());
  EXPECT_FALSE(body.contains("truncated"));
}

TEST(Sink, CutsTheLongestTextOfABodyOverTheLimit) {
  const json::object body = body_of({{"role", "assistant"}, {"text", std::string(300'000, 'x')}});
  EXPECT_EQ(body.at("role"), "assistant");
  EXPECT_TRUE(body.at("truncated").as_bool());
  const std::size_t kept = body.at("text").as_string().size();
  EXPECT_GT(kept, 200'000U);
  EXPECT_LE(json::serialize(body).size(), 256U * 1024);
}

TEST(Sink, CutsDeepInsideAndAtCharacters) {
  std::string text;
  while (text.size() < 400'000) text += "€";
  const json::object body = body_of({{"input", {{"file", {{"content", text}}}}}, {"tool", "Write"}});
  const auto& cut = body.at("input").at("file").at("content").as_string();
  EXPECT_TRUE(is_utf8({cut.data(), cut.size()}));
  EXPECT_EQ(cut.size() % 3, 0U);
  EXPECT_EQ(body.at("tool"), "Write");
}

TEST(Sink, CutsTextThatGrowsWhenItIsEscaped) {
  const json::object body = body_of({{"text", std::string(100'000, '\x01')}});
  EXPECT_TRUE(body.at("truncated").as_bool());
  EXPECT_GT(body.at("text").as_string().size(), 10'000U);
}

TEST(Sink, CutsSeveralLongTexts) {
  json::object many;
  for (int i = 0; i < 20; ++i) many[std::to_string(i)] = std::string(20'000, 'a');
  const json::object body = body_of(many);
  EXPECT_EQ(body.size(), 21U);
  EXPECT_LE(json::serialize(body).size(), 256U * 1024);
}

TEST(Sink, DropsWhatCannotBeCut) {
  const json::object body = body_of({{"numbers", json::array(200'000, 7)}, {"text", "kept"}});
  EXPECT_FALSE(body.contains("numbers"));
  EXPECT_EQ(body.at("text"), "kept");
  EXPECT_TRUE(body.at("truncated").as_bool());
}

TEST(Sink, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(body_of({{"text", "a\xFFz"}}).at("text"), "a\xEF\xBF\xBDz");
  // Each bad byte becomes three: this body is over the limit only after that.
  EXPECT_TRUE(body_of({{"text", std::string(200'000, '\xFF')}}).at("truncated").as_bool());
}

TEST(Sink, ANumberThatIsTooLargeForADoubleStaysANumber) {
  const json::object read =
      json::parse(R"({"a": 1e400, "b": [-1e400], "text": "Infinity \" NaN -Infinity", "c": 2.5})").as_object();
  const json::object body = body_of(read);
  EXPECT_EQ(body.at("a").as_double(), std::numeric_limits<double>::max());
  EXPECT_EQ(body.at("b").at(0).as_double(), std::numeric_limits<double>::lowest());
  EXPECT_EQ(body.at("text").as_string(), "Infinity \" NaN -Infinity");
  EXPECT_EQ(body.at("c").as_double(), 2.5);
}

TEST(Sink, WhatIsNotANumberBecomesNull) {
  const json::object body = body_of({{"a", std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_TRUE(body.at("a").is_null());
}

TEST(Sink, CutsARefThatIsTooLongAndSaysWhoIsToBlame) {
  const auto seen = heard([](Sink& sink) { sink.event({.kind = Kind::notice, .ref = std::string(300, 'r')}); });
  EXPECT_EQ(seen.events.at(0).at("ref").as_string().size(), 256U);
  ASSERT_EQ(seen.diags.size(), 1U);
  EXPECT_EQ(seen.diags[0].severity, PDK_SEV_ADAPTER_MISBEHAVING);
}

TEST(Sink, WritesJsonLines) {
  EXPECT_EQ(heard([](Sink& sink) {
              sink.write_line({{"a", "b\nc"}});
              sink.write("raw");
              sink.write("");
            }).written,
            "{\"a\":\"b\\nc\"}\nraw");
}

TEST(Sink, PassesSignalsTimersAndTheEndOfInputOn) {
  const auto seen = heard([](Sink& sink) {
    sink.signal(2);
    sink.wake_at(77);
    sink.close_input();
  });
  EXPECT_EQ(seen.signals, std::vector<int>{2});
  EXPECT_EQ(seen.wake_at, 77U);
  EXPECT_TRUE(seen.input_closed);
  EXPECT_FALSE(heard([](Sink& sink) {
                 sink.wake_at(77);
                 sink.cancel_wake();
               }).wake_at);
}

TEST(Sink, CarriesKindFlagsRefAndSource) {
  const auto seen = heard([](Sink& sink) {
    sink.event({.kind = Kind::tool_call, .ref = "t1", .flags = PDK_EVF_PARTIAL, .source = {PDK_CH_STDOUT, 0, 1}});
  });
  EXPECT_EQ(json::serialize(seen.events.at(0)),
            R"({"kind":"tool_call","ref":"t1","flags":1,"channel":1,"begin":0,"end":1,"body":{}})");
}

}  // namespace
