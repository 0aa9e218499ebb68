// Error codes have one stable name each, and failures carry sentences.
#include "base/error.hpp"

#include <set>
#include <stdexcept>

#include <gtest/gtest.h>
#include <cerrno>

namespace paddock::base {
namespace {

TEST(ErrorNames, AreDistinctAndSnakeCase) {
  std::set<std::string_view> seen;
  for (auto code = int(Errc::internal); code <= int(Errc::lost); ++code) {
    const std::string_view text = name(Errc(code));
    EXPECT_TRUE(seen.insert(text).second) << text << " stands for two codes";
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << text;
  }
  EXPECT_EQ(seen.size(), 31U);
}

TEST(ErrorNames, OfACodeFromTheFutureIsInternal) { EXPECT_EQ(name(Errc(9999)), "internal"); }

TEST(Failures, NameWhatWasTriedAndWhatTheSystemSaid) {
  const Error error = fail_errno("cannot open '/x'", EACCES);
  EXPECT_EQ(error.code, Errc::io);
  EXPECT_EQ(error.detail, "cannot open '/x': Permission denied");
}

TEST(Failures, TakenAsAValueThrowWithTheirOwnSentence) {
  const Result<int> failed = fail(Errc::not_found, "no 'thing'");
  try {
    (void)failed.value();
    FAIL() << "a value came out of a failure";
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("not_found: no 'thing'"), std::string::npos);
  }
}

}  // namespace
}  // namespace paddock::base
