// The splitter: lines do not depend on how a stream was cut, and nothing grows without end.
#include "paddock/lines.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;
using paddock::sdk::LineSplitter;

struct Line {
  std::string text;
  std::uint64_t begin, end;
  bool too_long = false;

  friend bool operator==(const Line&, const Line&) = default;
  // NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
  friend void PrintTo(const Line& line, std::ostream* out) {
    *out << (line.too_long ? "(long)" : testing::PrintToString(line.text)) << " [" << line.begin << ", " << line.end
         << ")";
  }
};

/// Feeds `pieces` and gives all lines, the last one of the end included.
std::vector<Line> lines_of(const std::vector<std::string>& pieces, std::size_t limit = 1000) {
  LineSplitter splitter(limit);
  std::vector<Line> lines;
  const auto on_line = [&](std::string_view text, std::uint64_t begin, std::uint64_t end) {
    lines.push_back({std::string(text), begin, end});
  };
  const auto on_long = [&](std::uint64_t begin, std::uint64_t end) { lines.push_back({"", begin, end, true}); };
  for (const std::string& piece : pieces) splitter.feed(piece, on_line, on_long);
  splitter.eof(on_line, on_long);
  return lines;
}

TEST(LineSplitter, CutsAtLineFeedsAndCountsEveryByte) {
  EXPECT_EQ(lines_of({"one\ntwo\n"}), (std::vector<Line>{{"one", 0, 4}, {"two", 4, 8}}));
}

TEST(LineSplitter, TakesOffOneCarriageReturnOnly) {
  EXPECT_EQ(lines_of({"a\r\nb\r\r\n\rc\n"}), (std::vector<Line>{{"a", 0, 3}, {"b\r", 3, 7}, {"\rc", 7, 10}}));
}

TEST(LineSplitter, KeepsEmptyLines) {
  EXPECT_EQ(lines_of({"\n\r\n\n"}), (std::vector<Line>{{"", 0, 1}, {"", 1, 3}, {"", 3, 4}}));
}

TEST(LineSplitter, ReportsALastLineWithoutEnd) {
  EXPECT_EQ(lines_of({"a\nhalf"}), (std::vector<Line>{{"a", 0, 2}, {"half", 2, 6}}));
}

TEST(LineSplitter, HasNothingToSayAboutAnEmptyStream) {
  EXPECT_EQ(lines_of({}), std::vector<Line>{});
  EXPECT_EQ(lines_of({"a\n"}).size(), 1U);
}

TEST(LineSplitter, PassesNulAndBytesThatAreNoUtf8Through) {
  EXPECT_EQ(lines_of({"a\0b\n\xff\xfe\n"s}), (std::vector<Line>{{"a\0b"s, 0, 4}, {"\xff\xfe", 4, 7}}));
}

TEST(LineSplitter, GivesTheSameLinesForEveryTwoCuts) {
  const std::string stream = "one\r\ntwo\n\n\xE2\x82\xAC three\r\na line of more than sixteen\nlast"s;
  const std::vector<Line> whole = lines_of({stream}, 16);
  ASSERT_EQ(whole.size(), 6U);
  EXPECT_TRUE(whole[4].too_long);
  for (std::size_t i = 0; i <= stream.size(); ++i) {
    for (std::size_t j = i; j <= stream.size(); ++j) {
      ASSERT_EQ(lines_of({stream.substr(0, i), stream.substr(i, j - i), stream.substr(j)}, 16), whole) << i << " " << j;
    }
  }
}

TEST(LineSplitter, GivesTheSameLinesByteByByte) {
  const std::string stream = "one\r\ntwo\n\na line of more than sixteen\nlast";
  std::vector<std::string> bytes;
  for (const char c : stream) bytes.emplace_back(1, c);
  EXPECT_EQ(lines_of(bytes, 16), lines_of({stream}, 16));
}

TEST(LineSplitter, AcceptsALineOfExactlyTheLimit) {
  EXPECT_EQ(lines_of({"12345678\n"}, 8), (std::vector<Line>{{"12345678", 0, 9}}));
  EXPECT_EQ(lines_of({"123456789\nok\n"}, 8), (std::vector<Line>{{"", 0, 10, true}, {"ok", 10, 13}}));
}

TEST(LineSplitter, SkipsTheRestOfALongLineAndGoesOn) {
  std::vector<std::string> pieces(100, std::string(1000, 'x'));
  pieces.emplace_back("\nnext\n");
  EXPECT_EQ(lines_of(pieces), (std::vector<Line>{{"", 0, 100'001, true}, {"next", 100'001, 100'006}}));
}

TEST(LineSplitter, ReportsALongLastLineAtTheEnd) {
  EXPECT_EQ(lines_of({std::string(20, 'x')}, 8), (std::vector<Line>{{"", 0, 20, true}}));
}

TEST(LineSplitter, DoesNotCopyALineThatArrivesWhole) {
  LineSplitter splitter;
  const std::string stream = "whole\nalso\n";
  std::vector<const char*> places;
  const auto on_line = [&](std::string_view text, std::uint64_t, std::uint64_t) { places.push_back(text.data()); };
  splitter.feed(stream, on_line, [](std::uint64_t, std::uint64_t) {});
  EXPECT_EQ(places, (std::vector<const char*>{stream.data(), stream.data() + 6}));
}

TEST(LineSplitter, GoesOnAfterTheReaderOfALineThrew) {
  LineSplitter splitter;
  std::vector<std::string> seen;
  const auto on_line = [&](std::string_view text, std::uint64_t, std::uint64_t) {
    if (text == "bad") throw std::runtime_error("no");
    seen.emplace_back(text);
  };
  const auto on_long = [](std::uint64_t, std::uint64_t) {};
  splitter.feed("ba", on_line, on_long);
  EXPECT_THROW(splitter.feed("d\n", on_line, on_long), std::runtime_error);
  splitter.feed("good\n", on_line, on_long);
  EXPECT_EQ(seen, std::vector<std::string>{"good"});
}

}  // namespace
