// Cursors as people and programs write them.
#include <gtest/gtest.h>

#include "watch/hub.hpp"

namespace paddock {
namespace {

TEST(Cursor, IsReadAsItIsWritten) {
  const watch::Cursor cursor{"str_01ABC", 18'446'744'073'709'551'615U};

  const auto read = watch::parse_cursor(watch::to_string(cursor));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->stream, cursor.stream);
  EXPECT_EQ(read->seq, cursor.seq);
}

class CursorText : public testing::TestWithParam<std::string> {};

TEST_P(CursorText, ThatIsNoCursorIsRefused) {
  const auto read = watch::parse_cursor(GetParam());

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, base::Errc::invalid_request);
}

INSTANTIATE_TEST_SUITE_P(All, CursorText,
                         testing::Values("", ":", "str_1", "str_1:", ":5", "str_1:x", "str_1:5x", "str_1:-1",
                                         "str_1: 5", "str_1:18446744073709551616", "5"));

}  // namespace
}  // namespace paddock
