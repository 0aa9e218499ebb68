// Messages are cut out of a stream whatever way it arrives.
#include "link/frame.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"

namespace paddock::link {
namespace {
namespace json = boost::json;

json::object object(std::string_view text) { return json::parse(std::string(text)).as_object(); }

std::vector<std::string> all_of(FrameReader& reader) {
  std::vector<std::string> out;
  for (;;) {
    auto next = reader.next();
    if (!next || !*next) return out;
    out.push_back(json::serialize(**next));
  }
}

TEST(Frames, ComeBackWhereverTheStreamIsCut) {
  const std::string stream =
      *encode_frame(object(R"({"a":1})")) + *encode_frame(object("{}")) + *encode_frame(object(R"({"b":"two"})"));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader reader;
    reader.feed(std::string_view(stream).substr(0, cut));
    auto seen = all_of(reader);
    reader.feed(std::string_view(stream).substr(cut));
    for (auto& text : all_of(reader)) seen.push_back(text);
    EXPECT_EQ(seen, (std::vector<std::string>{R"({"a":1})", "{}", R"({"b":"two"})"})) << "cut at " << cut;
  }
}

TEST(Frames, ComeBackByteByByte) {
  const std::string stream = *encode_frame(object(R"({"a":[1,2,3]})"));
  FrameReader reader;
  std::vector<std::string> seen;
  for (const char byte : stream) {
    reader.feed({&byte, 1});
    for (auto& text : all_of(reader)) seen.push_back(text);
  }
  EXPECT_EQ(seen, std::vector<std::string>{R"({"a":[1,2,3]})"});
}

TEST(Frames, OverTheLimitAreNotSent) {
  const auto frame = encode_frame({{"text", std::string(base::limits::link_frame_bytes, 'x')}});
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, base::Errc::too_large);
}

TEST(Frames, OverTheLimitBreakTheStreamAtOnce) {
  FrameReader reader;
  reader.feed(std::string_view("\xff\xff\xff\xff", 4));
  ASSERT_FALSE(reader.next());
  reader.feed(*encode_frame(object("{}")));
  const auto again = reader.next();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::Errc::too_large);
}

TEST(Frames, ThatAreNoObjectAreCorrupt) {
  for (const char* text : {"", "[]", "17", "{", "{\"a\":1}x", "\"\xff\""}) {
    FrameReader reader;
    reader.feed(*encode_frame_text(text));
    const auto next = reader.next();
    ASSERT_FALSE(next) << text;
    EXPECT_EQ(next.error().code, base::Errc::corrupt);
  }
}

TEST(Frames, NestedWithoutEndAreCorrupt) {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100; ++i) deep += '[';
  for (int i = 0; i < 100; ++i) deep += ']';
  FrameReader reader;
  reader.feed(*encode_frame_text(deep + "}"));
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace paddock::link
