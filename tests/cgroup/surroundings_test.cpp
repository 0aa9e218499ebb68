// Where a process finds its own groups on machines of every kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cgroup/mounts.hpp"
#include "cgroup/tree.hpp"

namespace paddock::cgroup {

namespace {

using ::testing::IsEmpty;

constexpr const char* kHybridMounts =
    "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(Surroundings, OfAHybridMachineHaveBothTrees) {
  const auto around = surroundings_of(kHybridMounts, "4:memory:/box\n1:cpu:/\n0::/\n");

  EXPECT_EQ(around.layout, Layout::hybrid);
  EXPECT_EQ(around.v1.at("memory").own, "/sys/fs/cgroup/memory/box");
  EXPECT_EQ(around.v1.at("cpu").own, "/sys/fs/cgroup/cpu");
  EXPECT_EQ(around.v2.value().own, "/sys/fs/cgroup/unified");
}

TEST(Surroundings, OfAContainerStartAtItsPartOfTheHierarchy) {
  const auto around =
      surroundings_of("35 31 0:32 /docker/ab /cg/memory rw - cgroup cgroup rw,memory\n", "4:memory:/docker/ab/inner\n");

  EXPECT_EQ(around.layout, Layout::legacy);
  EXPECT_EQ(around.v1.at("memory").own, "/cg/memory/inner");
}

TEST(Surroundings, LeaveOutWhatCannotBeSeen) {
  const auto around = surroundings_of(
      "35 31 0:32 /docker/ab /cg/memory rw - cgroup cgroup rw,memory\n"
      "41 31 0:38 /../.. /cg/unified rw - cgroup2 cgroup2 rw\n",
      "4:memory:/elsewhere\n0::/\n");

  EXPECT_EQ(around.layout, Layout::hybrid);
  EXPECT_THAT(around.v1, IsEmpty());
  EXPECT_FALSE(around.v2);
}

TEST(Surroundings, TakeTheFirstMountInWhichWeAreVisible) {
  const auto around =
      surroundings_of("1 1 0:1 /other /first rw - cgroup2 x rw\n1 1 0:1 / /second rw - cgroup2 x rw\n", "0::/me\n");

  EXPECT_EQ(around.v2.value().own, "/second/me");
}

TEST(Surroundings, OfNothingAreNone) {
  const auto around = surroundings_of("", "");

  EXPECT_EQ(around.layout, Layout::none);
  EXPECT_THAT(around.v1, IsEmpty());
}

TEST(Surroundings, NameGroupsRelativeToTheMount) {
  const auto around = surroundings_of(kHybridMounts, "4:memory:/box\n0::/\n");

  EXPECT_EQ(around.v1.at("memory").relative("/sys/fs/cgroup/memory/box/base/s1"), "box/base/s1");
  EXPECT_EQ(around.v2.value().relative("/sys/fs/cgroup/unified"), "");
}

TEST(Surroundings, CanBeThoseOfAnotherGroup) {
  const std::string text = moved_to("4:memory:/box\n1:name=x:/a:b\n0::/\n", "/paddock.slice");

  EXPECT_EQ(text, "4:memory:/paddock.slice\n1:name=x:/paddock.slice\n0::/paddock.slice\n");
  EXPECT_EQ(surroundings_of(kHybridMounts, text).v1.at("memory").own, "/sys/fs/cgroup/memory/paddock.slice");
}

TEST(Surroundings, AreNotMadeUpFromMalformedMembership) {
  EXPECT_EQ(moved_to("", "/x"), "");
  EXPECT_EQ(moved_to("\n\n", "/x"), "");
  EXPECT_EQ(moved_to("4", "/x"), "");
  EXPECT_EQ(moved_to("4:memory", "/x"), "");
  EXPECT_EQ(moved_to(":", "/x"), "");
}

TEST(Surroundings, OfThisMachineFitItsLayout) {
  const auto around = look_around();

  EXPECT_EQ(around.layout, detect());
  EXPECT_TRUE(around.layout != Layout::unified || around.v1.empty());
}

}  // namespace

}  // namespace paddock::cgroup
