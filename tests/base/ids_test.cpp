// Ids: their form, their order, and that no two are alike.
#include "base/ids.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace paddock::base {
namespace {

TEST(Ulids, HaveTheirFormAndSortInTheOrderTheyWereMade) {
  std::vector<std::string> made;
  for (int i = 0; i < 10'000; ++i) made.push_back(make_ulid());
  EXPECT_TRUE(std::ranges::all_of(made, [](const std::string& text) { return is_ulid(text); }));
  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::ranges::adjacent_find(made), made.end());
}

TEST(Ulids, MadeByManyThreadsAreAllDifferent) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  std::vector<std::vector<std::string>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto& own : made) {
    threads.emplace_back([&own] {
      for (int i = 0; i < kEach; ++i) own.push_back(make_ulid());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& own : made) {
    EXPECT_TRUE(std::ranges::is_sorted(own));
    all.insert(own.begin(), own.end());
  }
  EXPECT_EQ(all.size(), std::size_t(kThreads * kEach));
}

TEST(Ulids, OfOtherFormsAreRefused) {
  const std::string good = make_ulid();
  ASSERT_TRUE(is_ulid(good));
  EXPECT_FALSE(is_ulid(""));
  EXPECT_FALSE(is_ulid(good.substr(1)));
  EXPECT_FALSE(is_ulid(good + "0"));
  EXPECT_FALSE(is_ulid("8" + good.substr(1))) << "more than 128 bits";
  for (const char bad : {'I', 'L', 'O', 'U', 'a', '-', '\0'}) {
    std::string changed = good;
    changed[20] = bad;
    EXPECT_FALSE(is_ulid(changed)) << bad;
  }
}

TEST(Ids, ReadBackWhatTheyWrite) {
  const SessionId id = SessionId::make();
  EXPECT_TRUE(id.str().starts_with("ses_"));
  EXPECT_EQ(SessionId::parse(id.str()).value(), id);
  EXPECT_FALSE(id.empty());
  EXPECT_TRUE(SessionId().empty());
}

TEST(Ids, OfOneKindAreNotThoseOfAnother) {
  const auto wrong = SessionId::parse(RuntimeId::make().str());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::invalid_request);
  EXPECT_NE(wrong.error().detail.find("ses_<ULID>"), std::string::npos);
  EXPECT_FALSE(SessionId::parse("ses_"));
  EXPECT_FALSE(SessionId::parse(""));
}

TEST(Ids, CanBeKeys) {
  std::unordered_set<SessionId> ids{SessionId::make(), SessionId::make()};
  EXPECT_EQ(ids.size(), 2U);
}

}  // namespace
}  // namespace paddock::base
