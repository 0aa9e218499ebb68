// Readers that are slow, many, gone or at random: nobody else waits and nobody misses anything.
#include "watch/hub.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/parse.hpp>

#include "base/limits.hpp"
#include "watch/hub_fixture.hpp"

namespace paddock {
namespace {

using namespace watch_test;
using testing::HasSubstr;
using testing::IsEmpty;

// --- slow readers

TEST_F(HubTest, ASlowReaderIsCutOffAndNobodyWaitsForIt) {
  Reader slow = subscribe();
  Reader quick = subscribe();
  start(quick);
  run();
  for (int i = 0; i < 20; ++i) {
    publish(500);
    run();
  }
  EXPECT_EQ(hub_->dropped(), 0U);
  EXPECT_EQ(hub_->max_lag(), 10'000U);

  publish(1);
  run();

  EXPECT_EQ(hub_->dropped(), 1U);
  EXPECT_EQ(hub_->watchers(), 1U);
  EXPECT_EQ(hub_->max_lag(), 0U);
  EXPECT_EQ(quick.seqs(), expected(0));
  once(slow);
  ASSERT_TRUE(slow.seen->end);
  EXPECT_EQ(slow.seen->end->code, base::Errc::too_large);
  EXPECT_EQ(slow.subscription->cursor().seq, 0U);
}

TEST_F(HubTest, ASlowReaderIsCutOffByBytesToo) {
  Reader slow = subscribe();
  publish(40, 200'000);
  EXPECT_EQ(hub_->dropped(), 0U);

  publish(10, 200'000);

  EXPECT_EQ(hub_->dropped(), 1U);
  once(slow);
  EXPECT_EQ(slow.seen->end->code, base::Errc::too_large);
}

TEST_F(HubTest, ASlowReaderResumesFromItsCursorWithoutAGap) {
  Reader slow = subscribe();
  publish(600);
  once(slow);
  for (int i = 0; i < 21; ++i) publish(500);
  once(slow);
  ASSERT_TRUE(slow.seen->end);

  Reader resumed = subscribe(slow.subscription->cursor());
  start(resumed);
  run();

  auto joined = slow.seqs();
  const auto rest = resumed.seqs();
  joined.insert(joined.end(), rest.begin(), rest.end());
  EXPECT_EQ(joined, expected(0));
}

TEST_F(HubTest, AReaderThatKeepsUpIsNotCutOffByOneLargeBurst) {
  Reader reader = subscribe();
  start(reader);
  run();

  hub_->publish(save_next(25'000));
  run();

  EXPECT_FALSE(reader.seen->end);
  EXPECT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, AReaderThatStillReplaysIsNotCutOff) {
  publish(100);
  Reader replaying = subscribe(at(0));
  once(replaying);

  for (int i = 0; i < 25; ++i) publish(1000);
  EXPECT_FALSE(replaying.seen->end);
  start(replaying);
  run();

  EXPECT_FALSE(replaying.seen->end);
  EXPECT_EQ(replaying.seqs(), expected(0));
}

TEST_F(HubTest, OnceCaughtUpAReplayingReaderIsCutOffLikeAnyOther) {
  publish(10);
  Reader reader = subscribe(at(0));
  once(reader);
  EXPECT_EQ(reader.seen->events.size(), 10U);

  for (int i = 0; i < 11; ++i) publish(1000);

  EXPECT_EQ(hub_->dropped(), 1U);
}

// --- ends

TEST_F(HubTest, StopEndsEveryReaderAndRefusesNewOnes) {
  publish(3);
  Reader waiting = subscribe();
  Reader replaying = subscribe(at(0));
  start(waiting);
  run();

  hub_->stop();
  hub_->stop();
  run();
  once(replaying);

  EXPECT_EQ(waiting.seen->end->code, base::Errc::unavailable);
  EXPECT_EQ(replaying.seen->end->code, base::Errc::unavailable);
  EXPECT_EQ(hub_->subscribe({}, {}).error().code, base::Errc::unavailable);
  EXPECT_EQ(hub_->watchers(), 0U);
}

TEST_F(HubTest, AReaderOutlivesTheHub) {
  Reader waiting = subscribe();
  start(waiting);
  run();

  hub_.reset();
  run();

  EXPECT_EQ(waiting.seen->end->code, base::Errc::unavailable);
  EXPECT_EQ(waiting.subscription->cursor().stream, store_->stream().str());
}

TEST_F(HubTest, ASubscriptionThatGoesEndsTheOneWhoWaits) {
  Reader reader = subscribe();
  start(reader);
  run();

  reader.subscription.reset();
  io_.restart();
  io_.poll_one();

  EXPECT_EQ(hub_->watchers(), 0U);
  EXPECT_TRUE(reader.seen->end);
}

TEST_F(HubTest, WakeReturnsAnEmptyPageToOneWhoWaits) {
  Reader reader = subscribe();
  once(reader);
  EXPECT_THAT(reader.seen->pages, IsEmpty());

  reader.subscription->wake();
  run();

  EXPECT_THAT(reader.seen->pages, testing::ElementsAre(0U));
  EXPECT_FALSE(reader.seen->end);
}

TEST_F(HubTest, WakeDoesNothingWhenNobodyWaitsAndLosesNothingWhenEventsCome) {
  Reader reader = subscribe();
  reader.subscription->wake();
  once(reader);
  EXPECT_THAT(reader.seen->pages, IsEmpty());

  publish(2);
  reader.subscription->wake();
  run();

  EXPECT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, TooManyReadersAreRefusedUntilOneLeaves) {
  std::vector<Reader> readers(base::limits::watchers);
  for (Reader& reader : readers) reader = subscribe();

  EXPECT_EQ(hub_->subscribe({}, {}).error().code, base::Errc::too_many);
  readers.pop_back();

  EXPECT_TRUE(hub_->subscribe({}, {}));
}

TEST_F(HubTest, AThousandReadersEachGetEverything) {
  std::vector<Reader> readers(base::limits::watchers);
  for (Reader& reader : readers) reader = subscribe();
  for (Reader& reader : readers) start(reader);
  run();

  for (int i = 0; i < 20; ++i) {
    publish(20);
    run();
  }

  for (const Reader& reader : readers) ASSERT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, ABrokenStoreEndsTheReplayWithItsError) {
  publish(10);
  Reader reader = subscribe(at(0));
  store_->close();
  std::filesystem::resize_file(file(), 4096);
  std::filesystem::resize_file(file(), 100'000);

  start(reader);
  run();

  // Either the reader's cache still has the pages, or the damage is told; never a hang or a gap.
  if (reader.seen->end) {
    EXPECT_EQ(reader.seen->end->code, base::Errc::corrupt);
    EXPECT_THAT(reader.seen->events, IsEmpty());
  } else {
    EXPECT_EQ(reader.seqs(), expected(0));
  }
}

// --- everything at random

class HubAtRandom : public HubTest, public testing::WithParamInterface<std::uint64_t> {};

store::EventFilter random_filter(std::mt19937_64& random, const std::vector<base::SessionId>& sessions) {
  store::EventFilter filter;
  if (random() % 3 == 0) filter.sessions = {sessions[random() % 3], sessions[random() % 3]};
  if (random() % 3 == 0) filter.kinds = {random() % 2 == 0 ? event::Kind::message : event::Kind::tool_call};
  if (random() % 4 == 0) filter.adapters = {random() % 2 == 0 ? "exec" : "claude"};
  return filter;
}

TEST_P(HubAtRandom, NobodyMissesOrRepeatsAnEvent) {
  struct Case {
    Reader reader;
    std::uint64_t from = 0;
    store::EventFilter filter;
  };
  std::mt19937_64 random(GetParam());
  std::vector<std::unique_ptr<Case>> cases;
  std::vector<watch::PublishedPtr> held;  // stored, not yet published
  for (int step = 0; step < 120; ++step) {
    switch (random() % 5) {
      case 0: {
        auto next = std::make_unique<Case>();
        next->filter = random_filter(random, sessions_);
        const bool now = random() % 3 == 0;
        next->from = now ? hub_->head().seq : random() % (hub_->head().seq + 1);
        next->reader = subscribe(now ? std::nullopt : std::optional(at(next->from)), next->filter);
        start(next->reader);
        cases.push_back(std::move(next));
        break;
      }
      case 1: {
        const auto more = save_next(random() % 40 + 1);
        held.insert(held.end(), more.begin(), more.end());
        break;
      }
      case 2: hub_->publish(std::exchange(held, {})); break;
      case 3:
        if (!cases.empty()) cases[random() % cases.size()]->reader.subscription->wake();
        break;
      default:
        io_.restart();
        for (auto turns = random() % 20; turns > 0; --turns) io_.poll_one();
    }
  }
  hub_->publish(held);
  run();

  for (const auto& each : cases) {
    ASSERT_FALSE(each->reader.seen->end);
    ASSERT_EQ(each->reader.seqs(), expected(each->from, each->filter)) << "from " << each->from;
    EXPECT_EQ(each->reader.subscription->cursor().seq, hub_->head().seq);
  }
  hub_->stop();
  run();
}

INSTANTIATE_TEST_SUITE_P(Seeds, HubAtRandom, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace paddock
