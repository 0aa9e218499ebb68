// Limits hold, and the group can say which one was hit.
#include <csignal>

#include "live.hpp"

namespace paddock::cgroup {

namespace {

using base::mib;
using test::LiveTree;
using test::read_line;
using test::start_in;
using test::wait_empty;
using test::wait_exit;
using test::wait_readable;

using Enforcement = LiveTree;

TEST_F(Enforcement, MemoryHogIsKilledAtItsLimitAndSaidToBe) {
  PADDOCK_NEEDS(memory_max);
  Limits limits;
  limits.memory_max = mib(32);
  if (tree_->features().swap_max) limits.swap_max = base::ByteSize(0);
  Group group = open(create("s1", limits));
  const int notice = group.oom_fd().value();
  ASSERT_FALSE(wait_readable(notice, 0));

  process::Child child = start_in(group, {"memory", "256"});

  EXPECT_TRUE(wait_readable(notice));
  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
  const Usage usage = group.usage();
  EXPECT_GE(usage.oom_kills, 1U);
  EXPECT_EQ(usage.memory_limit, mib(32));
  if (usage.memory_peak) {
    EXPECT_LE(usage.memory_peak, mib(32));
    EXPECT_GE(usage.memory_peak, mib(30));
  }
  EXPECT_EQ(usage.memory_events.has_value(), unified());
}

TEST_F(Enforcement, ProcessAtItsLimitDoesNotDisturbAnotherSession) {
  PADDOCK_NEEDS(memory_max);
  Limits limits;
  limits.memory_max = mib(32);
  if (tree_->features().swap_max) limits.swap_max = base::ByteSize(0);
  Group hog = open(create("hog", limits));
  Group other = open(create("other", limits));
  process::Child quiet = start_in(other, {"memory", "16"});
  ASSERT_EQ(read_line(quiet.out.get()), "ready");

  EXPECT_EQ(wait_exit(start_in(hog, {"memory", "256"})).signal, SIGKILL);

  EXPECT_EQ(other.usage().oom_kills, 0U);
  quiet.in.reset();
  EXPECT_EQ(wait_exit(quiet).code, 0);
}

TEST_F(Enforcement, OomTakesTheWholeSessionOnV2) {
  PADDOCK_NEEDS(oom_group);
  Limits limits;
  limits.memory_max = mib(32);
  Group group = open(create("s1", limits));
  process::Child bystander = start_in(group, {"wait"});
  ASSERT_EQ(read_line(bystander.out.get()), "ready");

  EXPECT_EQ(wait_exit(start_in(group, {"memory", "256"})).signal, SIGKILL);

  EXPECT_EQ(wait_exit(bystander).signal, SIGKILL);
  EXPECT_GE(group.usage().memory_events.value().oom_group_kill, 1U);
}

TEST_F(Enforcement, ForkBombIsStoppedAtItsLimitAndSaidToBe) {
  PADDOCK_NEEDS(pids_max);
  Limits limits;
  limits.pids_max = 20;
  Group group = open(create("s1", limits));
  process::Child child = start_in(group, {"forks", "100"});

  EXPECT_EQ(read_line(child.out.get()), "forked 19 error " + std::to_string(EAGAIN));

  const Usage usage = group.usage();
  EXPECT_EQ(usage.pids, 20U);
  EXPECT_GE(usage.pids_max_hits, 1U);
  ASSERT_TRUE(group.kill());
  EXPECT_TRUE(wait_empty(group));
  wait_exit(child);
}

TEST_F(Enforcement, BusyLoopIsThrottledAndSaidToBe) {
  PADDOCK_NEEDS(cpu_percent);
  Limits limits;
  limits.cpu_percent = 20;
  Group group = open(create("s1", limits));

  // Three times its share of a period, so at least one period ends throttled.
  EXPECT_EQ(wait_exit(start_in(group, {"cpu", "60"})).code, 0);

  const Usage usage = group.usage();
  EXPECT_GT(usage.cpu_throttled_periods, 0U);
  EXPECT_GT(usage.cpu_throttled.value().count(), 0);
  EXPECT_GE(usage.cpu_periods, usage.cpu_throttled_periods);
}

TEST_F(Enforcement, MemoryAboveHighIsCountedNotKilled) {
  PADDOCK_NEEDS(memory_high);
  Limits limits;
  limits.memory_high = mib(8);
  Group group = open(create("s1", limits));
  process::Child child = start_in(group, {"memory", "9"});
  ASSERT_EQ(read_line(child.out.get()), "ready");

  EXPECT_GT(group.usage().memory_events.value().high, 0U);
  EXPECT_EQ(group.usage().oom_kills, 0U);
  child.in.reset();
  EXPECT_EQ(wait_exit(child).code, 0);
}

TEST_F(Enforcement, CeilingStopsSessionsTogether) {
  PADDOCK_NEEDS(pids_max);
  Limits ceiling;
  ceiling.pids_max = 10;
  ASSERT_TRUE(tree_->set_ceiling(ceiling));
  Group one = open(create("one"));
  Group two = open(create("two"));
  process::Child first = start_in(one, {"forks", "5"});
  EXPECT_EQ(read_line(first.out.get()), "forked 5 error 0");

  process::Child second = start_in(two, {"forks", "5"});

  EXPECT_EQ(read_line(second.out.get()), "forked 3 error " + std::to_string(EAGAIN));
  for (Group* group : {&one, &two}) {
    EXPECT_TRUE(group->kill());
    EXPECT_TRUE(wait_empty(*group));
  }
  wait_exit(first);
  wait_exit(second);
}

}  // namespace

}  // namespace paddock::cgroup
