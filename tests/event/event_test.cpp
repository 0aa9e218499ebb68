// Events keep everything on their way through JSON, and their names are the contract's.
#include "event/event.hpp"

#include <set>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace paddock::event {
namespace {

namespace json = boost::json;

Event full_event() {
  Event event;
  event.seq = 12;
  event.number = 3;
  event.time = base::WallTime(std::chrono::milliseconds(1'795'000'000'123));
  event.observed_at = base::WallTime(std::chrono::milliseconds(1'795'000'000'456));
  event.session = base::SessionId::make();
  event.runtime = base::RuntimeId::make();
  event.kind = Kind::tool_call;
  event.source = {Channel::out, 100, 250};
  event.partial = true;
  event.ref = "call_1";
  event.action = base::ActionId::make();
  event.data = {{"tool", "Bash"}, {"input", {{"n", 1}}}};
  return event;
}

json::object through_text(const json::object& object) { return json::parse(json::serialize(object)).as_object(); }

TEST(Events, ReadBackWhatTheyWrite) {
  const Event event = full_event();
  EXPECT_EQ(from_json(through_text(to_json(event, "str_1"))).value(), event);
}

TEST(Events, OfTheHostHaveNeitherRuntimeNorSource) {
  Event event;
  event.seq = 1;
  event.kind = Kind::policy;
  const json::object object = to_json(event, "");
  for (const char* absent : {"stream_id", "number", "session", "runtime_id", "source", "action_id"}) {
    EXPECT_FALSE(object.contains(absent)) << absent;
  }
  EXPECT_TRUE(object.at("data").as_object().empty());
  EXPECT_EQ(from_json(through_text(object)).value(), event);
}

TEST(Events, ShowRefAndPartialInTheirData) {
  const json::object object = to_json(full_event(), "str_1");
  EXPECT_EQ(object.at("data").at("ref"), "call_1");
  EXPECT_EQ(object.at("data").at("partial"), true);
  EXPECT_EQ(object.at("stream_id"), "str_1");
  EXPECT_EQ(object.at("source").at("channel"), "stdout");
}

TEST(Events, KeepAnAdaptersOwnFieldsOfThoseNames) {
  Event event = full_event();
  event.ref.clear();
  event.partial = false;
  event.data = {{"ref", 7}, {"partial", "half"}};
  EXPECT_EQ(from_json(through_text(to_json(event, ""))).value(), event);
}

TEST(Events, ThatCannotBeReadSayWhichField) {
  const json::object good = to_json(full_event(), "str_1");
  for (const char* field : {"time", "session", "runtime_id", "kind", "action_id"}) {
    json::object bad = good;
    bad[field] = "nonsense";
    const auto event = from_json(bad);
    ASSERT_FALSE(event) << field;
    EXPECT_EQ(event.error().code, base::Errc::corrupt);
    EXPECT_NE(event.error().detail.find(std::string("'") + field + "'"), std::string::npos);
  }
}

TEST(Events, SurviveFieldsOfTheWrongType) {
  json::object odd = to_json(full_event(), "str_1");
  odd["seq"] = -1;
  odd["number"] = "three";
  odd["source"] = json::array{1};
  odd["data"] = nullptr;
  odd["observed_at"] = 5;
  const Event event = from_json(odd).value();
  EXPECT_EQ(event.seq, 0U);
  EXPECT_EQ(event.number, 0U);
  EXPECT_EQ(event.source, Source());
  EXPECT_EQ(event.observed_at, event.time);
  EXPECT_FALSE(from_json({}));
}

TEST(EventNames, OfKindsAreDistinctAndReadBack) {
  std::set<std::string_view> seen;
  for (int kind = 0; kind <= int(Kind::unknown); ++kind) {
    EXPECT_TRUE(seen.insert(name(Kind(kind))).second);
    EXPECT_EQ(kind_of(name(Kind(kind))), Kind(kind));
  }
  EXPECT_EQ(name(Kind::approval_request), "approval_request");
  EXPECT_EQ(kind_of("none of them"), std::nullopt);
}

TEST(EventNames, OfChannelsAreDistinctAndReadBack) {
  for (int channel = 0; channel <= int(Channel::host); ++channel) {
    EXPECT_EQ(channel_of(name(Channel(channel))), Channel(channel));
  }
  EXPECT_EQ(name(Channel::err), "stderr");
  EXPECT_EQ(channel_of("radio"), std::nullopt);
}

}  // namespace
}  // namespace paddock::event
