// Stopping is polite first and sure at last.
#include "session/stop_ladder.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace paddock::session {
namespace {
using namespace std::chrono_literals;

std::uint64_t ns(std::chrono::milliseconds time) { return std::uint64_t(std::chrono::nanoseconds(time).count()); }

Rung bytes(std::string text, std::chrono::milliseconds patience) {
  Rung rung;
  rung.write = std::move(text);
  rung.patience = patience;
  return rung;
}

TEST(StopLadder, AsksNothingBeforeStart) {
  StopLadder ladder({bytes("\x03", 2s)}, 10s);
  EXPECT_FALSE(ladder.next(ns(1h)));
  EXPECT_FALSE(ladder.wake_at_ns());
}

TEST(StopLadder, ClimbsOneRungPerPatience) {
  StopLadder ladder({bytes("\x03", 2s)}, 10s);
  ladder.start(ns(0ms));

  const auto first = ladder.next(ns(0ms));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->write, "\x03");
  EXPECT_EQ(ladder.wake_at_ns(), ns(2s));
  EXPECT_FALSE(ladder.next(ns(1999ms)));
  EXPECT_EQ(ladder.next(ns(2s))->signal, SIGTERM);
}

TEST(StopLadder, AlwaysEndsInKill) {
  for (const auto total : {0ms, 1ms, 10'000ms}) {
    StopLadder ladder({}, total);
    ladder.start(0);
    EXPECT_EQ(ladder.next(0)->signal, SIGTERM);
    const auto last = ladder.next(ns(total));
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->kill);
    EXPECT_FALSE(ladder.next(ns(1h)));
  }
}

TEST(StopLadder, NeverTakesLongerThanItsWhole) {
  StopLadder ladder({bytes("a", 1h), bytes("b", 1h), bytes("c", 1h)}, 10s);
  ladder.start(ns(5s));
  int rungs = 0;
  std::uint64_t now = ns(5s);
  bool killed = false;
  while (const auto at = ladder.wake_at_ns()) {
    now = *at;
    const auto rung = ladder.next(now);
    ASSERT_TRUE(rung);
    killed = rung->kill;
    ++rungs;
  }
  EXPECT_EQ(rungs, 5);
  EXPECT_TRUE(killed);
  EXPECT_LE(now, ns(15s));
}

TEST(StopLadder, LeavesTheSigtermAtLeastHalfOfTheTime) {
  StopLadder ladder({bytes("a", 1h)}, 10s);
  ladder.start(0);
  (void)ladder.next(0);
  (void)ladder.next(ns(5s));
  EXPECT_EQ(ladder.wake_at_ns(), ns(10s));
}

TEST(StopLadder, AsksNothingAfterTheAgentIsGone) {
  StopLadder ladder({}, 10s);
  ladder.start(0);
  (void)ladder.next(0);
  ladder.exited();
  EXPECT_FALSE(ladder.next(ns(1h)));
  EXPECT_FALSE(ladder.wake_at_ns());
}

TEST(StopLadder, DoesNotBeginAgain) {
  StopLadder ladder({}, 10s);
  ladder.start(0);
  (void)ladder.next(0);
  ladder.start(ns(9s));
  EXPECT_FALSE(ladder.next(ns(9s)));
  EXPECT_TRUE(ladder.next(ns(10s))->kill);
}

TEST(StopLadder, DoesNotLetAnAdapterKill) {
  Rung eager;
  eager.kill = true;
  eager.patience = 1s;
  StopLadder ladder({eager}, 10s);
  ladder.start(0);
  EXPECT_FALSE(ladder.next(0)->kill);
}

}  // namespace
}  // namespace paddock::session
