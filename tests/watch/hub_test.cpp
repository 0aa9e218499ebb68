// What a watcher gets: everything after its cursor, once, in order, whoever else is slow.
#include "watch/hub.hpp"

#include <algorithm>

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

// --- replay and live

TEST_F(HubTest, WithoutACursorStartsNow) {
  publish(5);
  Reader reader = subscribe();
  start(reader);
  run();
  EXPECT_THAT(reader.seen->events, IsEmpty());

  publish(3);
  run();

  EXPECT_EQ(reader.seqs(), expected(5));
  EXPECT_EQ(reader.subscription->cursor().seq, 8U);
}

TEST_F(HubTest, FromZeroReplaysAllThatIsKept) {
  publish(1000);
  Reader reader = subscribe(at(0));
  start(reader);

  run();

  EXPECT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, ReplayGivesTheSameEventsAsWatchingLive) {
  Reader live = subscribe();
  start(live);
  for (int i = 0; i < 10; ++i) {
    publish(7);
    run();
  }
  Reader replayed = subscribe(at(0));
  start(replayed);
  run();

  ASSERT_EQ(replayed.seen->events.size(), live.seen->events.size());
  for (std::size_t i = 0; i < live.seen->events.size(); ++i) {
    EXPECT_EQ(replayed.seen->events[i]->event, live.seen->events[i]->event);
    EXPECT_EQ(replayed.seen->events[i]->adapter, live.seen->events[i]->adapter);
    EXPECT_EQ(boost::json::parse(replayed.seen->events[i]->json), boost::json::parse(live.seen->events[i]->json));
  }
}

TEST_F(HubTest, ReadInTwoHalvesAtAnyCursorIsTheWhole) {
  publish(60);
  Reader whole = subscribe(at(0));
  start(whole);
  run();

  for (std::uint64_t cut = 1; cut <= 60; ++cut) {
    Reader second = subscribe(at(cut));
    start(second);
    run();
    auto joined = whole.seqs();
    joined.resize(cut);
    const auto rest = second.seqs();
    joined.insert(joined.end(), rest.begin(), rest.end());
    ASSERT_EQ(joined, whole.seqs()) << "cut at " << cut;
    second.subscription.reset();
    run();
  }
}

TEST_F(HubTest, ResumesAfterTheCursorOfAnotherReader) {
  publish(700);
  Reader first = subscribe(at(0));
  once(first);
  const watch::Cursor cursor = first.subscription->cursor();
  Reader second = subscribe(cursor);
  start(second);
  run();

  auto joined = first.seqs();
  const auto rest = second.seqs();
  joined.insert(joined.end(), rest.begin(), rest.end());
  EXPECT_EQ(joined, expected(0));
}

TEST_F(HubTest, GoesOnAfterARestartOfTheHost) {
  publish(50);
  hub_.reset();
  reopen();
  start_hub();
  EXPECT_EQ(hub_->head().seq, 50U);

  Reader reader = subscribe(at(20));
  start(reader);
  publish(10);
  run();

  EXPECT_EQ(reader.seqs(), expected(20));
}

TEST_F(HubTest, EventsThatAreStoredButNotYetPublishedComeOnceAndWhenPublished) {
  publish(10);
  const auto waiting = save_next(5);
  Reader reader = subscribe(at(0));
  start(reader);
  run();
  EXPECT_EQ(reader.seen->events.size(), 10U);

  hub_->publish(waiting);
  run();

  EXPECT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, EventsPublishedTwiceComeOnce) {
  Reader reader = subscribe();
  start(reader);
  run();
  const auto events = save_next(5);

  hub_->publish(events);
  hub_->publish(events);
  run();

  EXPECT_EQ(reader.seqs(), expected(0));
}

TEST_F(HubTest, PagesAreNeverLargerThanPromised) {
  publish(1500);
  Reader replayed = subscribe(at(0));
  Reader live = subscribe();
  publish(1500);
  start(replayed);
  start(live);
  run();

  EXPECT_EQ(replayed.seqs(), expected(0));
  EXPECT_EQ(live.seqs(), expected(1500));
  for (const Reader* reader : {&replayed, &live}) {
    EXPECT_LE(*std::ranges::max_element(reader->seen->pages), 512U);
    EXPECT_GT(*std::ranges::min_element(reader->seen->pages), 0U);
  }
}

TEST_F(HubTest, ManyLargeEventsAreReplayedInSmallPages) {
  publish(64, 200'000);
  Reader reader = subscribe(at(0));
  start(reader);
  run();

  EXPECT_EQ(reader.seqs(), expected(0));
  EXPECT_LE(reader.seen->pages[1], 8U);
}

// --- filters

TEST_F(HubTest, FiltersApplyToReplayAndLiveAlike) {
  store::EventFilter session;
  session.sessions = {sessions_[1]};
  store::EventFilter kind;
  kind.kinds = {event::Kind::tool_call};
  store::EventFilter adapter;
  adapter.adapters = {"exec"};
  store::EventFilter both = kind;
  both.adapters = {"claude"};
  for (const auto& filter : {session, kind, adapter, both}) {
    publish(100);
    const std::uint64_t live_from = all_.size();
    Reader replayed = subscribe(at(0), filter);
    Reader live = subscribe({}, filter);
    start(replayed);
    start(live);
    run();
    publish(100);
    run();

    EXPECT_EQ(replayed.seqs(), expected(0, filter));
    EXPECT_EQ(live.seqs(), expected(live_from, filter));
    replayed.subscription.reset();
    live.subscription.reset();
    run();
  }
}

TEST_F(HubTest, TheCursorPassesEventsThatTheFilterLeavesOut) {
  store::EventFilter nothing;
  nothing.sessions = {base::SessionId::make()};
  publish(5000);
  Reader reader = subscribe(at(0), nothing);
  start(reader);
  run();
  EXPECT_EQ(reader.subscription->cursor().seq, 5000U);

  publish(100);
  run();

  EXPECT_EQ(reader.subscription->cursor().seq, 5100U);
  EXPECT_THAT(reader.seen->events, IsEmpty());
  EXPECT_EQ(hub_->max_lag(), 0U);
}

TEST_F(HubTest, AReaderWhoseFilterFitsNothingIsNeverSlow) {
  store::EventFilter nothing;
  nothing.kinds = {event::Kind::job};
  Reader reader = subscribe({}, nothing);
  start(reader);
  run();

  for (int i = 0; i < 25; ++i) publish(1000);
  run();

  EXPECT_FALSE(reader.seen->end);
  EXPECT_EQ(hub_->dropped(), 0U);
}

TEST_F(HubTest, AFilterWithTooManyEntriesIsRefused) {
  store::EventFilter filter;
  filter.adapters.resize(base::limits::store_filter_items + 1, "x");

  const auto subscription = hub_->subscribe({}, filter);

  ASSERT_FALSE(subscription);
  EXPECT_EQ(subscription.error().code, base::Errc::invalid_request);
}

// --- cursors that do not fit

TEST_F(HubTest, ACursorOfAnotherStreamIsRefused) {
  const auto subscription = hub_->subscribe(watch::Cursor{"str_other", 0}, {});

  ASSERT_FALSE(subscription);
  EXPECT_EQ(subscription.error().code, base::Errc::cursor_mismatch);
  EXPECT_THAT(subscription.error().detail, HasSubstr("str_other:0"));
}

TEST_F(HubTest, ACursorAheadOfTheStreamIsRefused) {
  publish(5);

  EXPECT_EQ(hub_->subscribe(at(6), {}).error().code, base::Errc::cursor_mismatch);
  EXPECT_TRUE(hub_->subscribe(at(5), {}));
}

TEST_F(HubTest, ACursorOlderThanWhatIsKeptIsRefusedWithTheOldestOne) {
  publish(9);
  store::Batch forget;
  forget.forget = {sessions_[0]};  // 1, 4, 7
  ASSERT_TRUE(store_test::commit(*store_, forget));
  forget.forget = {sessions_[1]};  // 2, 5, 8
  ASSERT_TRUE(store_test::commit(*store_, forget));

  const auto expired = hub_->subscribe(at(1), {});

  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, base::Errc::cursor_expired);
  EXPECT_THAT(expired.error().detail, HasSubstr(to_string(at(2))));
  Reader oldest = subscribe(at(2));
  Reader all = subscribe(at(0));
  start(oldest);
  start(all);
  run();
  EXPECT_EQ(oldest.seqs(), (std::vector<std::uint64_t>{3, 6, 9}));
  EXPECT_EQ(all.seqs(), oldest.seqs());
}

TEST_F(HubTest, WhenEverythingIsForgottenTheHeadStillResumes) {
  publish(3);
  store::Batch forget;
  forget.forget = sessions_;
  ASSERT_TRUE(store_test::commit(*store_, forget));

  EXPECT_EQ(hub_->subscribe(at(1), {}).error().code, base::Errc::cursor_expired);
  EXPECT_TRUE(hub_->subscribe(at(3), {}));
  EXPECT_TRUE(hub_->subscribe(at(0), {}));
}

}  // namespace
}  // namespace paddock
