// What a watcher gets: everything after its cursor, once, in order, whoever else is slow.
#include "watch/hub.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "store/fixture.hpp"

namespace paddock {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::IsEmpty;

/// What came to a reader, and how it ended. Outlives the reader for a next() that still waits.
struct Seen {
  std::vector<watch::PublishedPtr> events;
  std::vector<std::size_t> pages;
  std::optional<base::Error> end;
};

/// Somebody who watches.
struct Reader {
  std::unique_ptr<watch::Subscription> subscription;
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();

  std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> out;
    for (const auto& event : seen->events) out.push_back(event->event.seq);
    return out;
  }
};

asio::awaitable<void> read_once(watch::Subscription& subscription, std::shared_ptr<Seen> seen) {
  auto page = co_await subscription.next();
  if (!page) {
    seen->end = page.error();
    co_return;
  }
  seen->pages.push_back(page->size());
  seen->events.insert(seen->events.end(), page->begin(), page->end());
}

asio::awaitable<void> read_until_end(watch::Subscription& subscription, std::shared_ptr<Seen> seen) {
  while (!seen->end) co_await read_once(subscription, seen);
}

class HubTest : public store_test::WithStore {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    for (int i = 0; i < 3; ++i) {
      sessions_.push_back(base::SessionId::make());
      runtimes_.push_back(base::RuntimeId::make());
      numbers_.push_back(0);
    }
    store::Batch batch;
    for (std::size_t i = 0; i < 3; ++i) batch.sessions.push_back(store_test::record_of(sessions_[i], adapter(i)));
    ASSERT_TRUE(store_test::commit(*store_, std::move(batch)));
    start_hub();
  }

  void TearDown() override {
    hub_.reset();
    run();
  }

  void start_hub() { hub_ = watch::Hub::make(io_.get_executor(), *store_); }

  static std::string adapter(std::size_t session) { return session == 0 ? "claude" : "exec"; }

  /// Runs everything that can run now.
  void run() {
    io_.restart();
    io_.poll();
  }

  /// Stores `count` events of the sessions in turn.
  std::vector<watch::PublishedPtr> save_next(std::size_t count, std::size_t bytes = 0) {
    store::Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t session = turn_++ % sessions_.size();
      batch.events.push_back(store_test::event_of(sessions_[session], runtimes_[session], ++numbers_[session]));
      if (bytes != 0) batch.events.back().data["text"] = std::string(bytes, 'x');
    }
    auto saved = store_test::commit(*store_, std::move(batch));
    EXPECT_TRUE(saved) << saved.error().detail;
    std::vector<watch::PublishedPtr> published;
    for (event::Event& event : *saved) {
      watch::Published one;
      const auto at = std::ranges::find(sessions_, event.session) - sessions_.begin();
      one.adapter = adapter(static_cast<std::size_t>(at));
      one.json = boost::json::serialize(event::to_json(event, store_->stream().str()));
      one.event = std::move(event);
      published.push_back(std::make_shared<watch::Published>(std::move(one)));
    }
    all_.insert(all_.end(), published.begin(), published.end());
    return published;
  }

  void publish(std::size_t count, std::size_t bytes = 0) { hub_->publish(save_next(count, bytes)); }

  watch::Cursor at(std::uint64_t seq) const { return {store_->stream().str(), seq}; }

  Reader subscribe(std::optional<watch::Cursor> cursor = {}, store::EventFilter filter = {}) {
    auto subscription = hub_->subscribe(std::move(cursor), std::move(filter));
    EXPECT_TRUE(subscription) << subscription.error().detail;
    Reader reader;
    if (subscription) reader.subscription = std::move(*subscription);
    return reader;
  }

  void start(Reader& reader) { asio::co_spawn(io_, read_until_end(*reader.subscription, reader.seen), asio::detached); }
  void once(Reader& reader) {
    asio::co_spawn(io_, read_once(*reader.subscription, reader.seen), asio::detached);
    run();
  }

  /// What a watcher with that cursor and filter has to get.
  std::vector<std::uint64_t> expected(std::uint64_t after, const store::EventFilter& filter = {}) const {
    std::vector<std::uint64_t> out;
    for (const auto& event : all_) {
      const auto in = [](const auto& list, const auto& item) {
        return list.empty() || std::ranges::find(list, item) != list.end();
      };
      if (event->event.seq > after && in(filter.sessions, event->event.session) &&
          in(filter.kinds, event->event.kind) && in(filter.adapters, event->adapter)) {
        out.push_back(event->event.seq);
      }
    }
    return out;
  }

  asio::io_context io_;
  std::unique_ptr<watch::Hub> hub_;
  std::vector<base::SessionId> sessions_;
  std::vector<base::RuntimeId> runtimes_;
  std::vector<std::uint64_t> numbers_;
  std::size_t turn_ = 0;
  std::vector<watch::PublishedPtr> all_;
};

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
