// The daemon dies, links break, runners die, disks fill: nothing is lost, nothing doubled.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bench.hpp"

namespace paddock::control::testing {
namespace {

namespace json = boost::json;
using base::Errc;
using event::Kind;
using session::State;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostRecovery : public ::testing::Test {
 protected:
  HostRecovery() {
    bench.boot();
    id = bench.idle_session("ada");
    bench.until([&] { return runner().acked == runner().journal.size(); });
  }

  FakeRunner& runner() { return bench.world.runner_of(id); }
  void talk(int messages) {
    for (int i = 0; i < messages; ++i) runner().emit(Kind::message, {{"text", i}});
  }
  void wait_stored() {
    bench.until([&] { return bench.store.all_events().size() == runner().journal.size(); });
  }
  /// Every event of the journal is stored, once, in order.
  void expect_complete() {
    ASSERT_THAT(bench.store.all_events(), SizeIs(runner().journal.size()));
    for (std::size_t i = 0; i < runner().journal.size(); ++i) {
      EXPECT_EQ(bench.store.all_events()[i].number, i + 1);
      EXPECT_EQ(bench.store.all_events()[i].data, runner().journal[i].data);
    }
  }

  Bench bench;
  std::string id;
};

TEST_F(HostRecovery, EventsAreAcknowledgedWhenTheyAreOnDisk) {
  bench.store.hold();
  const auto before = runner().acked;
  talk(3);
  bench.settle();
  EXPECT_EQ(runner().acked, before);

  bench.store.release();
  bench.until([&] { return runner().acked == runner().journal.size(); });
  expect_complete();
}

TEST_F(HostRecovery, NothingIsShownThatIsNotOnDisk) {
  bench.store.hold();
  runner().state("working");
  bench.settle();
  EXPECT_EQ(bench.record(id).state, State::idle);

  bench.store.release();
  bench.until([&] { return bench.record(id).state == State::working; });
}

TEST_F(HostRecovery, EventsSentTwiceAreStoredOnce) {
  talk(3);
  wait_stored();
  runner().send_again(1);
  talk(1);
  wait_stored();

  expect_complete();
}

TEST_F(HostRecovery, ANewDaemonGoesOnAfterTheLastStoredEvent) {
  talk(3);
  wait_stored();
  bench.crash();
  talk(5);
  bench.boot();
  wait_stored();

  expect_complete();
  EXPECT_THAT(runner().hellos, ::testing::ElementsAre(5));
  EXPECT_EQ(bench.record(id).state, State::idle);
}

TEST_F(HostRecovery, ADaemonThatDiedBetweenDiskAndAckDoublesNothing) {
  talk(2);
  wait_stored();
  bench.store.hold();
  talk(4);  // received, not stored: lost with the daemon
  bench.settle();
  bench.crash();
  bench.boot();
  wait_stored();

  expect_complete();
}

TEST_F(HostRecovery, ManyRestartsLoseNothing) {
  for (int i = 0; i < 20; ++i) {
    talk(i % 4);
    if (i % 3 == 0) wait_stored();
    if (i % 2 == 0) bench.settle();
    bench.crash();
    talk(i % 3);
    bench.boot();
  }
  wait_stored();

  expect_complete();
}

TEST_F(HostRecovery, ABrokenLinkIsMadeAnew) {
  runner().hang_up();
  bench.until([&] { return runner().hellos.size() == 1; });
  talk(2);
  wait_stored();

  expect_complete();
  EXPECT_TRUE(bench.act(id, {{"type", "interrupt"}}));
}

TEST_F(HostRecovery, AHoleInTheNumbersMakesItAskAgain) {
  const event::Event lost = runner().journal.back();
  event::Event skipped = lost;
  skipped.number = runner().journal.size() + 1;
  runner().journal.push_back(skipped);  // made, but never sent
  talk(1);

  wait_stored();
  EXPECT_THAT(runner().hellos, SizeIs(1));
}

TEST_F(HostRecovery, AfterAFailedCommitTheEventsAreAskedForAgain) {
  bench.store.fail_next(1);
  talk(3);
  bench.until([&] { return runner().hellos.size() == 1; });
  wait_stored();

  expect_complete();
  bench.until([&] { return bench.record(id).last_number == runner().journal.size(); });
}

TEST_F(HostRecovery, ARunnerThatDiesEndsItsSessionAsLost) {
  talk(1);
  wait_stored();
  runner().die();
  bench.until([&] { return bench.record(id).state == State::exited; });
  bench.settle();

  EXPECT_EQ(bench.record(id).exit->reason, session::ExitReason::lost);
  EXPECT_EQ(bench.store.all_events().back().data.at("exit").at("reason"), "lost");
  EXPECT_THAT(bench.world.groups, IsEmpty());
}

TEST_F(HostRecovery, TheJournalOfADeadRunnerIsReplayed) {
  bench.crash();
  talk(3);
  runner().die();
  bench.boot();

  EXPECT_EQ(bench.record(id).state, State::exited);
  EXPECT_EQ(bench.record(id).exit->reason, session::ExitReason::lost);
  EXPECT_THAT(bench.store.all_events(), SizeIs(runner().journal.size() + 2));
}

TEST_F(HostRecovery, ASessionThatEndedUnseenHasItsOwnEnd) {
  bench.crash();
  runner().exit("completed");
  runner().die();
  bench.boot();

  EXPECT_EQ(bench.record(id).exit->reason, session::ExitReason::completed);
  expect_complete();
}

TEST_F(HostRecovery, ASessionThatEndedWhileTheDaemonWasAwayIsTakenFromItsRunner) {
  bench.crash();
  runner().exit("completed");
  bench.boot();
  bench.until([&] { return bench.record(id).state == State::exited; });
  bench.until([&] { return runner().closed; });

  expect_complete();
}

TEST_F(HostRecovery, AnEndedSessionLetsItsRunnerGoAndItsGroupIsRemoved) {
  runner().exit("completed");
  bench.until([&] { return runner().closed && bench.world.groups.empty(); });

  EXPECT_EQ(bench.record(id).state, State::exited);
  EXPECT_EQ(bench.record(id).exit->reason, session::ExitReason::completed);
}

TEST_F(HostRecovery, AnEndedSessionIsNotLookedForAtEveryStart) {
  runner().exit("completed");
  bench.until([&] { return runner().closed && bench.world.groups.empty(); });
  // What a runner leaves that was killed after its session's end.
  const auto socket = bench.settings.state_dir / "sessions" / id / "link";
  std::filesystem::create_directories(socket.parent_path());
  std::ofstream(socket) << "";

  bench.crash();
  bench.boot();
  bench.until([&] { return !std::filesystem::exists(socket); });
  EXPECT_EQ(bench.record(id).state, State::exited);
}

TEST_F(HostRecovery, AStartThatWasNeverAnsweredNeverWas) {
  bench.world.on_launch = OnLaunch::ignore;
  bool answered = false;
  boost::asio::co_spawn(bench.io, bench.host->start_session(request("x"), ""),
                        [&](const std::exception_ptr&, const base::Result<Answer>&) { answered = true; });
  bench.until([&] { return bench.store.records().size() == 2; });
  for (auto& [folder, each] : bench.world.runners) {
    if (!folder.ends_with(id)) each->die();
  }
  bench.crash();
  bench.boot();

  EXPECT_THAT(bench.store.records(), SizeIs(1));
  EXPECT_THAT(bench.host->sessions({})->items, SizeIs(1));
  EXPECT_FALSE(answered);
}

TEST_F(HostRecovery, GroupsNobodyOwnsAreRemoved) {
  const std::string stray = base::SessionId::make().str();
  bench.world.groups[stray] = {};
  bench.world.groups["not-ours"] = {};
  bench.crash();
  bench.boot();

  EXPECT_FALSE(bench.world.groups.contains(stray));
  EXPECT_TRUE(bench.world.groups.contains("not-ours"));
  EXPECT_TRUE(bench.world.groups.contains(id));
}

TEST_F(HostRecovery, AHostThatStopsKeepsTheGroupsOfItsLivingSessions) {
  bench.run(bench.host->stop());
  EXPECT_THAT(bench.world.groups, SizeIs(1));
  EXPECT_TRUE(bench.world.has_base);
}

TEST_F(HostRecovery, AHostThatStopsRightAfterItsLastSessionLeavesNoGroup) {
  runner().exit("completed");
  bench.until([&] { return bench.record(id).state == State::exited; });
  bench.world.groups.try_emplace(id);  // its removal was still on its way
  bench.run(bench.host->stop());
  EXPECT_THAT(bench.world.groups, IsEmpty());
  EXPECT_FALSE(bench.world.has_base);
}

TEST_F(HostRecovery, IsReadyWhenItIsOver) {
  bench.crash();
  bench.boot();

  for (const Check& check : bench.host->ready()) EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
}

TEST_F(HostRecovery, AMissingRequiredAdapterIsNotReady) {
  bench.settings.adapters_required = {"nobody"};
  bench.crash();
  bench.boot();

  const auto checks = bench.host->ready();
  EXPECT_TRUE(std::ranges::any_of(checks, [](const Check& check) { return !check.ok; }));
}

TEST_F(HostRecovery, WatchersSeeEveryEventOnceInOrder) {
  auto watcher = bench.hub->subscribe(watch::Cursor{bench.store.stream().str(), 0}, {});
  ASSERT_TRUE(watcher) << watcher.error().detail;
  talk(10);
  wait_stored();
  std::vector<std::uint64_t> seen;
  while (seen.size() < runner().journal.size()) {
    auto events = bench.run((*watcher)->next());
    ASSERT_TRUE(events);
    for (const auto& event : *events) seen.push_back(event->event.number);
  }

  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 1);
}

}  // namespace
}  // namespace paddock::control::testing
