// Log lines: one each, readable, and nothing that an agent says moves the operator's cursor.
#include "base/log.hpp"

#include <gtest/gtest.h>

namespace paddock::base::log {
namespace {

std::string logged(Level level, Format format, std::string_view message, std::initializer_list<Field> fields = {}) {
  configure(Level::info, format);
  testing::internal::CaptureStderr();
  write(level, message, fields);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesTimeLevelSentenceAndFields) {
  const std::string line = logged(Level::warn, Format::text, "the store is slow", {{"ms", "12"}});
  EXPECT_NE(line.find("Z warn  the store is slow ms=\"12\"\n"), std::string::npos) << line;
}

TEST(Log, WritesOneJsonObjectALine) {
  const std::string line = logged(Level::error, Format::json, "no \"luck\"", {{"path", "a\\b\n"}});
  EXPECT_TRUE(line.ends_with(R"("level":"error","message":"no \"luck\"","path":"a\\b\u000a"})"
                             "\n"))
      << line;
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) { EXPECT_EQ(logged(Level::debug, Format::text, "noise"), ""); }

TEST(Log, EscapesWhatWouldMoveACursor) {
  const std::string line = logged(Level::info, Format::text,
                                  "a\x1b[2Jb\x7f\xc2\x9b"
                                  "c");
  EXPECT_NE(line.find(R"(a\u001b[2Jb\u007f\u009bc)"), std::string::npos) << line;
}

TEST(Log, ReplacesBrokenUtf8AndKeepsGoodOne) {
  const std::string line = logged(Level::info, Format::json,
                                  "gr\xc3\xbc\xc3\x9f"
                                  "e \xff!");
  EXPECT_NE(line.find("gr\xc3\xbc\xc3\x9f"
                      "e \xef\xbf\xbd!"),
            std::string::npos)
      << line;
}

TEST(Log, CutsLongValuesSoThatALineStaysWholeAndValid) {
  const std::string line =
      logged(Level::info, Format::json, "long", {{"first", std::string(9000, 'a')}, {"second", "kept"}});
  EXPECT_LE(line.size(), 4096U);
  EXPECT_NE(line.find("aaa...\",\"second\":\"kept\"}\n"), std::string::npos) << line;
}

TEST(Log, CutsHarderWhatGrowsByEscaping) {
  const std::string noise(4000, '\x01');
  const std::string line = logged(Level::info, Format::json, noise, {{"a", noise}, {"b", noise}});
  EXPECT_LE(line.size(), 4096U);
  EXPECT_TRUE(line.ends_with("...\"}\n")) << line;
}

TEST(Log, KnowsItsLevelsByName) {
  EXPECT_EQ(parse_level("trace").value(), Level::trace);
  EXPECT_EQ(parse_level("error").value(), Level::error);
  EXPECT_EQ(parse_level("loud").error().code, Errc::invalid_request);
}

}  // namespace
}  // namespace paddock::base::log
