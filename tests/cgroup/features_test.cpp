// Dividing limits into those that hold here and those that do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cgroup/limits.hpp"

namespace paddock::cgroup {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Screen, KeepsWhatCanBeEnforcedAndSaysWhyTheRestCannot) {
  Features features;
  features.memory_max = {true, {}};
  features.memory_high = {false, "no such file"};
  features.pids_max = {false, "not permitted"};
  Limits wanted;
  wanted.memory_max = base::mib(1);
  wanted.memory_high = base::mib(2);
  wanted.pids_max = 3;

  const Screened screened = features.screen(wanted);

  Limits kept;
  kept.memory_max = base::mib(1);
  EXPECT_EQ(screened.enforced, kept);
  EXPECT_THAT(screened.dropped, ElementsAre("memory_high: no such file", "pids_max: not permitted"));
}

TEST(Screen, SaysNothingOfLimitsNobodyAskedFor) {
  const Screened screened = Features().screen(Limits());

  EXPECT_EQ(screened.enforced, Limits());
  EXPECT_THAT(screened.dropped, IsEmpty());
}

TEST(Screen, DropsEverythingWhereNothingIsPossible) {
  Limits all;
  all.memory_max = base::mib(1);
  all.memory_high = base::mib(1);
  all.swap_max = base::mib(1);
  all.cpu_percent = 1;
  all.cpu_weight = 1;
  all.pids_max = 1;

  const Screened screened = Features().screen(all);

  EXPECT_EQ(screened.enforced, Limits());
  EXPECT_EQ(screened.dropped.size(), 6U);
}

TEST(GroupPaths, AreEmptyOnlyWithoutAnyDirectory) {
  GroupPaths paths;
  paths.session = "s";
  EXPECT_TRUE(paths.empty());

  paths.v2 = "/x";
  EXPECT_FALSE(paths.empty());

  paths = {"s", {{"memory", "/m"}}, "", false};
  EXPECT_FALSE(paths.empty());
}

}  // namespace

}  // namespace paddock::cgroup
