// What is put into the store comes out again: values, order, identity, filters.
#include "store/store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "store/fixture.hpp"

namespace paddock {
namespace {

using store_test::batch_of;
using store_test::commit;
using store_test::event_of;
using store_test::events_of;
using testing::ElementsAre;
using testing::IsEmpty;

class StoreEvents : public store_test::WithStore {};
class StoreSessions : public store_test::WithStore {};
class StoreActions : public store_test::WithStore {};
class StoreTokens : public store_test::WithStore {};

std::vector<std::uint64_t> seqs(const std::vector<event::Event>& events) {
  std::vector<std::uint64_t> out;
  for (const event::Event& event : events) out.push_back(event.seq);
  return out;
}

std::vector<std::uint64_t> numbers(const std::vector<event::Event>& events) {
  std::vector<std::uint64_t> out;
  for (const event::Event& event : events) out.push_back(event.number);
  return out;
}

// --- events

TEST_F(StoreEvents, ComeBackAsTheyWereStored) {
  event::Event event = event_of(session_, runtime_, 7);
  event.kind = event::Kind::approval_request;
  event.source = {event::Channel::hook, 1ULL << 40, (1ULL << 40) + 5};
  event.partial = true;
  event.action = base::ActionId::make();
  event.data = {{"text", "quote \" backslash \\ newline \n tab \t ä 🐎"},
                {"nested", {{"list", {1, -2, 3.5, true, nullptr}}}},
                {"big", UINT64_MAX}};

  const auto saved = commit(*store_, batch_of({event}));

  ASSERT_TRUE(saved) << saved.error().detail;
  event.seq = 1;
  EXPECT_THAT(*saved, ElementsAre(event));
  EXPECT_THAT(read(), ElementsAre(event));
}

TEST_F(StoreEvents, WithoutSessionRuntimeOrDataComeBackToo) {
  event::Event event;
  event.kind = event::Kind::policy;

  ASSERT_TRUE(commit(*store_, batch_of({event, event})));

  const auto events = read();
  ASSERT_EQ(events.size(), 2U);
  event.seq = 1;
  EXPECT_EQ(events[0], event);
  event.seq = 2;
  EXPECT_EQ(events[1], event);
}

TEST_F(StoreEvents, OfEveryKindAndChannelComeBack) {
  std::vector<event::Event> events;
  for (int kind = 0; kind <= static_cast<int>(event::Kind::unknown); ++kind) {
    event::Event event = event_of(session_, runtime_, static_cast<std::uint64_t>(kind) + 1);
    event.kind = static_cast<event::Kind>(kind);
    event.source.channel = static_cast<event::Channel>(kind % (static_cast<int>(event::Channel::host) + 1));
    events.push_back(event);
  }

  const auto saved = commit(*store_, batch_of(events));

  ASSERT_TRUE(saved);
  EXPECT_EQ(read(), *saved);
}

TEST_F(StoreEvents, WithBytesThatAreNotUtf8StayReadable) {
  event::Event event = event_of(session_, runtime_, 1);
  event.data["text"] = "\xff\xfe broken";

  ASSERT_TRUE(commit(*store_, batch_of({event})));

  ASSERT_EQ(read().size(), 1U);
  EXPECT_EQ(read()[0].data.at("text"), "\xff\xfe broken");
}

TEST_F(StoreEvents, WithDeeplyNestedDataStayReadable) {
  boost::json::value deep = 1;
  for (std::size_t depth = 1; depth < base::limits::json_depth; ++depth) deep = boost::json::object{{"d", deep}};
  event::Event event = event_of(session_, runtime_, 1);
  event.data["deep"] = deep;

  ASSERT_TRUE(commit(*store_, batch_of({event})));

  EXPECT_EQ(read().size(), 1U);
}

TEST_F(StoreEvents, OfTheLargestBodyStayReadable) {
  event::Event event = event_of(session_, runtime_, 1);
  event.data["text"] = std::string(base::limits::event_body_bytes, 'x');

  ASSERT_TRUE(commit(*store_, batch_of({event})));

  EXPECT_EQ(read()[0].data, event.data);
}

TEST_F(StoreEvents, GetRisingNumbersWithoutHoles) {
  EXPECT_THAT(seqs(save(1, 3)), ElementsAre(1, 2, 3));
  EXPECT_THAT(seqs(save(4, 5)), ElementsAre(4, 5));
  EXPECT_THAT(seqs(read()), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(StoreEvents, StoredBeforeAreLeftOutAndCostNoNumber) {
  save(1, 3);

  EXPECT_THAT(numbers(save(2, 5)), ElementsAre(4, 5));

  EXPECT_THAT(seqs(read()), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(numbers(read()), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(StoreEvents, RepeatedInsideOneBatchAreStoredOnce) {
  const event::Event event = event_of(session_, runtime_, 1);

  const auto saved = commit(*store_, batch_of({event, event, event}));

  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->size(), 1U);
  EXPECT_EQ(read().size(), 1U);
}

TEST_F(StoreEvents, OfTwoRuntimesMayHaveTheSameNumber) {
  save(1, 2);
  runtime_ = base::RuntimeId::make();
  save(1, 2);

  EXPECT_THAT(numbers(read()), ElementsAre(1, 2, 1, 2));
}

TEST_F(StoreEvents, MadeByTheHostAboutARuntimeAreNeverTakenForRepeated) {
  event::Event event = event_of(session_, runtime_, 0);

  ASSERT_TRUE(commit(*store_, batch_of({event})));
  ASSERT_TRUE(commit(*store_, batch_of({event})));

  ASSERT_EQ(read().size(), 2U);
  EXPECT_EQ(read()[1].runtime, runtime_);
}

TEST_F(StoreEvents, AreKeptOverARestart) {
  const auto saved = save(1, 100);
  const base::StreamId stream = store_->stream();

  reopen();

  EXPECT_EQ(read(), saved);
  EXPECT_EQ(store_->stream(), stream);
  EXPECT_THAT(seqs(save(101, 101)), ElementsAre(101));
}

TEST_F(StoreEvents, StoredBeforeARestartAreStillRecognised) {
  save(1, 10);

  reopen();

  EXPECT_THAT(numbers(save(9, 11)), ElementsAre(11));
}

TEST_F(StoreEvents, AreReadInPages) {
  const auto saved = save(1, 25);

  std::vector<event::Event> all;
  for (auto page = read(0, 10); !page.empty(); page = read(all.back().seq, 10)) {
    EXPECT_LE(page.size(), 10U);
    all.insert(all.end(), page.begin(), page.end());
  }

  EXPECT_EQ(all, saved);
}

TEST_F(StoreEvents, ReadFromEveryCursorAreTheRestOfTheWhole) {
  const auto saved = save(1, 40);

  for (std::size_t cursor = 0; cursor <= saved.size() + 1; ++cursor) {
    const auto from = saved.begin() + static_cast<std::ptrdiff_t>(std::min(cursor, saved.size()));
    EXPECT_EQ(read(cursor), std::vector<event::Event>(from, saved.end())) << "cursor " << cursor;
  }
}

TEST_F(StoreEvents, AreReadNoFurtherThanAsked) {
  save(1, 20);
  store::EventFilter filter;
  filter.until = 12;

  EXPECT_THAT(seqs(read(9, 100, filter)), ElementsAre(10, 11, 12));
}

TEST_F(StoreEvents, WithTheLargestCursorAreNone) {
  save(1, 3);

  EXPECT_THAT(read(UINT64_MAX), IsEmpty());
}

// --- filters

class StoreFilters : public store_test::WithStore {
 protected:
  /// Three sessions of two adapters, 30 events in turn.
  void SetUp() override {
    WithStore::SetUp();
    store::Batch batch;
    for (std::size_t i = 0; i < 3; ++i)
      batch.sessions.push_back(store_test::record_of(sessions_.at(i), i == 0 ? "claude" : "exec"));
    for (std::uint64_t number = 1; number <= 10; ++number) {
      for (std::size_t i = 0; i < 3; ++i) batch.events.push_back(event_of(sessions_.at(i), runtimes_.at(i), number));
    }
    ASSERT_TRUE(commit(*store_, std::move(batch)));
  }

  std::vector<base::SessionId> sessions_{base::SessionId::make(), base::SessionId::make(), base::SessionId::make()};
  std::vector<base::RuntimeId> runtimes_{base::RuntimeId::make(), base::RuntimeId::make(), base::RuntimeId::make()};
};

TEST_F(StoreFilters, BySessionGiveOnlyItsEvents) {
  store::EventFilter filter;
  filter.sessions = {sessions_[1]};

  const auto events = read(0, 100, filter);

  EXPECT_EQ(events.size(), 10U);
  EXPECT_TRUE(std::ranges::all_of(events, [this](const auto& event) { return event.session == sessions_[1]; }));
}

TEST_F(StoreFilters, BySeveralSessionsKeepTheOrderOfTheHost) {
  store::EventFilter filter;
  filter.sessions = {sessions_[2], sessions_[0]};

  const auto events = read(0, 100, filter);

  EXPECT_EQ(events.size(), 20U);
  EXPECT_TRUE(std::ranges::is_sorted(seqs(events)));
}

TEST_F(StoreFilters, ByKindGiveOnlyThatKind) {
  store::EventFilter filter;
  filter.kinds = {event::Kind::tool_call, event::Kind::outcome};

  const auto events = read(0, 100, filter);

  EXPECT_EQ(events.size(), 15U);
  EXPECT_TRUE(std::ranges::all_of(events, [](const auto& event) { return event.kind == event::Kind::tool_call; }));
}

TEST_F(StoreFilters, ByAdapterGiveTheEventsOfItsSessions) {
  store::EventFilter filter;
  filter.adapters = {"claude"};

  const auto events = read(0, 100, filter);

  EXPECT_EQ(events.size(), 10U);
  EXPECT_TRUE(std::ranges::all_of(events, [this](const auto& event) { return event.session == sessions_[0]; }));
}

TEST_F(StoreFilters, TogetherMustAllFit) {
  store::EventFilter filter;
  filter.sessions = {sessions_[0], sessions_[1]};
  filter.kinds = {event::Kind::message};
  filter.adapters = {"exec"};

  const auto events = read(0, 100, filter);

  EXPECT_EQ(events.size(), 5U);
  EXPECT_TRUE(std::ranges::all_of(events, [this](const auto& event) { return event.session == sessions_[1]; }));
}

TEST_F(StoreFilters, ForUnknownThingsGiveNothing) {
  store::EventFilter sessions;
  sessions.sessions = {base::SessionId::make()};
  store::EventFilter adapters;
  adapters.adapters = {"nobody", "'; DROP TABLE events; --"};

  EXPECT_THAT(read(0, 100, sessions), IsEmpty());
  EXPECT_THAT(read(0, 100, adapters), IsEmpty());
  EXPECT_EQ(read().size(), 30U);
}

TEST_F(StoreFilters, WithTooManyEntriesAreRefused) {
  store::EventFilter filter;
  filter.adapters.resize(base::limits::store_filter_items + 1, "x");

  const auto events = store_->events(0, 1, filter);

  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, base::Errc::invalid_request);
}

TEST_F(StoreFilters, TellTheAdapterOfASession) {
  EXPECT_EQ(store_->adapter_of(sessions_[0]).value(), "claude");
  EXPECT_EQ(store_->adapter_of(base::SessionId::make()).value(), "");
}

// --- sessions

TEST_F(StoreSessions, AreInsertedAndReplaced) {
  session::Record record = store_test::record_of(session_, "exec");
  store::Batch first;
  first.sessions = {record};
  ASSERT_TRUE(commit(*store_, first));
  record.state = session::State::exited;
  record.result = "done";
  store::Batch second;
  second.sessions = {record};
  ASSERT_TRUE(commit(*store_, second));

  const auto sessions = store_->sessions();

  ASSERT_TRUE(sessions) << sessions.error().detail;
  EXPECT_THAT(*sessions, ElementsAre(record));
}

TEST_F(StoreSessions, AreForgottenWithEventsAndActions) {
  const base::SessionId other = base::SessionId::make();
  store::Action action;
  action.id = base::ActionId::make();
  action.session = session_;
  store::Batch batch = batch_of(events_of(session_, runtime_, 1, 5));
  batch.events.push_back(event_of(other, base::RuntimeId::make(), 1));
  batch.sessions = {store_test::record_of(session_, "exec"), store_test::record_of(other, "exec")};
  batch.actions = {action};
  ASSERT_TRUE(commit(*store_, std::move(batch)));

  store::Batch forget;
  forget.forget = {session_};
  ASSERT_TRUE(commit(*store_, forget));

  EXPECT_THAT(seqs(read()), ElementsAre(6));
  EXPECT_EQ(store_->sessions().value().size(), 1U);
  EXPECT_FALSE(store_->action(action.id).value());
  EXPECT_EQ(store_->range().value().oldest, 6U);
}

TEST_F(StoreSessions, ForgottenNeverGiveTheirNumbersToOthers) {
  save(1, 5);
  store::Batch forget;
  forget.forget = {session_};
  ASSERT_TRUE(commit(*store_, forget));
  EXPECT_EQ(store_->range().value().newest, 0U);
  EXPECT_EQ(store_->range().value().last, 5U);

  reopen();

  EXPECT_THAT(seqs(save(1, 1)), ElementsAre(6));
}

TEST_F(StoreSessions, UnknownAreForgottenWithoutHarm) {
  save(1, 2);
  store::Batch forget;
  forget.forget = {base::SessionId::make()};

  EXPECT_TRUE(commit(*store_, forget));

  EXPECT_EQ(read().size(), 2U);
}

// --- actions

store::Action action_of(const base::SessionId& session, const std::string& ref) {
  store::Action action;
  action.id = base::ActionId::make();
  action.session = session;
  action.type = "send";
  action.request_ref = ref;
  action.body_hash = "hash";
  action.body = {{"text", "hello"}};
  action.created_at = base::WallTime(std::chrono::milliseconds(5));
  action.updated_at = base::WallTime(std::chrono::milliseconds(6));
  return action;
}

store::Batch batch_of_actions(std::vector<store::Action> actions) {
  store::Batch batch;
  batch.actions = std::move(actions);
  return batch;
}

TEST_F(StoreActions, ComeBackAsTheyWereStored) {
  store::Action action = action_of(session_, "ref");
  action.state = store::Action::State::failed;
  action.code = "busy";
  action.detail = "it's \"busy\"";
  action.events = {1, 5, 1ULL << 50};

  ASSERT_TRUE(commit(*store_, batch_of_actions({action})));

  EXPECT_EQ(store_->action(action.id).value(), action);
  EXPECT_EQ(store_->action_by_ref("send", "ref").value(), action);
}

TEST_F(StoreActions, AreFoundByTypeAndRefTogether) {
  ASSERT_TRUE(commit(*store_, batch_of_actions({action_of(session_, "ref"), action_of(session_, "")})));

  EXPECT_FALSE(store_->action_by_ref("approve", "ref").value());
  EXPECT_FALSE(store_->action_by_ref("send", "other").value());
  EXPECT_FALSE(store_->action_by_ref("send", "").value());
  EXPECT_FALSE(store_->action(base::ActionId::make()).value());
}

TEST_F(StoreActions, ThatAreOpenAreListedOldestFirst) {
  std::vector<store::Action> actions;
  for (int i = 0; i < 5; ++i) {
    actions.push_back(action_of(session_, ""));
    actions.back().state = static_cast<store::Action::State>(i);
  }
  ASSERT_TRUE(commit(*store_, batch_of_actions(actions)));

  EXPECT_THAT(store_->open_actions().value(), ElementsAre(actions[0], actions[1]));
}

TEST_F(StoreActions, AreNoLongerOpenWhenApplied) {
  store::Action action = action_of(session_, "");
  ASSERT_TRUE(commit(*store_, batch_of_actions({action})));
  action.state = store::Action::State::applied;
  ASSERT_TRUE(commit(*store_, batch_of_actions({action})));

  EXPECT_THAT(store_->open_actions().value(), IsEmpty());
  EXPECT_EQ(store_->action(action.id).value(), action);
}

TEST_F(StoreActions, AreListedNewestFirstInPages) {
  const base::SessionId other = base::SessionId::make();
  const std::vector<store::Action> all{action_of(session_, ""), action_of(other, ""), action_of(session_, ""),
                                       action_of(session_, "")};
  ASSERT_TRUE(commit(*store_, batch_of_actions(all)));

  EXPECT_THAT(store_->actions({}, {}, 10).value(), ElementsAre(all[3], all[2], all[1], all[0]));
  EXPECT_THAT(store_->actions({}, all[2].id, 1).value(), ElementsAre(all[1]));
  EXPECT_THAT(store_->actions(session_, {}, 2).value(), ElementsAre(all[3], all[2]));
  EXPECT_THAT(store_->actions(session_, all[2].id, 2).value(), ElementsAre(all[0]));
}

TEST_F(StoreActions, WithARefThatIsTakenAreRefusedAndTheFirstStays) {
  const store::Action first = action_of(session_, "ref");
  ASSERT_TRUE(commit(*store_, batch_of_actions({first})));
  store::Batch second = batch_of_actions({action_of(session_, "ref")});
  second.events = events_of(session_, runtime_, 1, 3);

  const auto refused = commit(*store_, std::move(second));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::already_exists);
  EXPECT_EQ(store_->action_by_ref("send", "ref").value(), first);
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_THAT(seqs(save(1, 3)), ElementsAre(1, 2, 3));
}

// --- tokens

TEST_F(StoreTokens, AreKeptUntilRevoked) {
  const store::Token first{base::TokenId::make(), "ci", "viewer", "aa", base::WallTime(std::chrono::milliseconds(1))};
  const store::Token second{base::TokenId::make(), "me", "admin", "bb", base::WallTime(std::chrono::milliseconds(2))};
  store::Batch batch;
  batch.tokens = {first, second};
  ASSERT_TRUE(commit(*store_, batch));
  EXPECT_THAT(store_->tokens().value(), ElementsAre(first, second));

  store::Batch revoke;
  revoke.revoke = {first.id};
  ASSERT_TRUE(commit(*store_, revoke));
  reopen();

  EXPECT_THAT(store_->tokens().value(), ElementsAre(second));
}

// --- the file

TEST_F(StoreEvents, AreReadableByTheOwnerOnly) {
  save(1, 1);

  struct stat status {};
  for (const char* suffix : {"", "-wal", "-shm"}) {
    ASSERT_EQ(::stat((file().string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(StoreEvents, OfAnEmptyStoreHaveAnEmptyRange) {
  const auto range = store_->range();

  ASSERT_TRUE(range);
  EXPECT_EQ(range->oldest, 0U);
  EXPECT_EQ(range->newest, 0U);
  EXPECT_EQ(range->last, 0U);
}

TEST_F(StoreEvents, MakeTheStoreLarger) {
  const std::uint64_t before = store_->size_bytes();
  save(1, 2000);

  EXPECT_GT(store_->size_bytes(), before + 100'000);
  EXPECT_EQ(store_->range().value().newest, 2000U);
}

TEST(StoreBatch, KnowsWhetherItIsEmpty) {
  EXPECT_TRUE(store::Batch().empty());
  store::Batch batch;
  batch.revoke.push_back(base::TokenId::make());
  EXPECT_FALSE(batch.empty());
}

}  // namespace
}  // namespace paddock
