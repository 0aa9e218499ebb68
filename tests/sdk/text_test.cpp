// UTF-8 from strangers, and JSON with halves of characters.
#include "paddock/text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "paddock/detail/json_repair.hpp"

namespace {

using namespace std::string_literals;
using paddock::sdk::cut_utf8;
using paddock::sdk::is_utf8;
using paddock::sdk::to_utf8;
using paddock::sdk::detail::repair_json;

TEST(Text, KnowsWellFormedUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain ascii that is longer than one machine word"));
  EXPECT_TRUE(is_utf8("\0 nul is fine"s));
  EXPECT_TRUE(is_utf8("é € 😀 \xEF\xBF\xBF \xF4\x8F\xBF\xBF"));
}

TEST(Text, KnowsWhatIsNoUtf8) {
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE2\x82", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "twelve bytes\xFE"}) {
    EXPECT_FALSE(is_utf8(bad)) << testing::PrintToString(bad);
  }
}

TEST(Text, ReplacesOnlyTheBadBytes) {
  EXPECT_EQ(to_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(to_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("€"), "€");
  EXPECT_TRUE(is_utf8(to_utf8("\xED\xA0\x80\xFF\xC3(")));
}

TEST(Text, NeverCutsInsideACharacter) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("a€", 3), "a");
  EXPECT_EQ(cut_utf8("a€", 4), "a€");
  EXPECT_EQ(cut_utf8("😀", 3), "");
}

TEST(JsonRepair, LeavesGoodJsonAlone) { EXPECT_FALSE(repair_json(R"({"a":"\ud83d\ude00 \\ud83d"})")); }

TEST(JsonRepair, MendsLoneSurrogates) {
  EXPECT_EQ(repair_json(R"("\ud83d")"), R"("\uFFFD")");
  EXPECT_EQ(repair_json(R"("\ude00\ud83d\ude00")"), R"("\uFFFD\ud83d\ude00")");
  EXPECT_EQ(repair_json(R"("\ud83d\u0041")"), R"("\uFFFD\u0041")");
  EXPECT_EQ(repair_json(R"("\\\ud83d)"), R"("\\\uFFFD)");
}

TEST(JsonRepair, MendsBadBytes) { EXPECT_EQ(repair_json("\"\xFF\""), "\"\xEF\xBF\xBD\""); }

TEST(JsonRepair, LivesWithAnEscapeThatIsCutOff) {
  for (const char* cut : {"\\", "\\u", "\\ud83", "\\uzzzz", "\\ud83d\\"}) {
    EXPECT_NO_THROW(repair_json(cut)) << cut;
  }
}

}  // namespace
