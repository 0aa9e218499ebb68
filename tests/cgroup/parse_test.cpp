// The texts of kernels, and texts no kernel should write.
#include "cgroup/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::cgroup {

namespace {

using std::chrono::microseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Mountinfo, ReadsAV1Hierarchy) {
  const auto mounts =
      parse_mountinfo("35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n");

  EXPECT_THAT(mounts, ElementsAre(Mount{"/sys/fs/cgroup/memory", "/", false, false, {"memory"}}));
}

TEST(Mountinfo, ReadsAV2Tree) {
  const auto mounts = parse_mountinfo("41 31 0:38 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");

  EXPECT_THAT(mounts, ElementsAre(Mount{"/sys/fs/cgroup", "/", true, false, {}}));
}

TEST(Mountinfo, ReadsControllersMountedTogether) {
  const auto mounts = parse_mountinfo(
      "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,xattr,cpu,cpuacct,clone_children\n"
      "31 25 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd\n");

  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_THAT(mounts[0].controllers, ElementsAre("cpu", "cpuacct"));
  EXPECT_THAT(mounts[1].controllers, ElementsAre("name=systemd"));
}

TEST(Mountinfo, ReadsTheRootOfAPartlyVisibleHierarchy) {
  const auto mounts = parse_mountinfo("35 31 0:32 /docker/ab /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n");

  EXPECT_THAT(mounts, ElementsAre(Mount{"/sys/fs/cgroup/pids", "/docker/ab", false, true, {"pids"}}));
}

TEST(Mountinfo, KnowsReadOnlyFromEitherPlace) {
  EXPECT_TRUE(parse_mountinfo("1 1 0:1 / /c ro - cgroup2 cgroup2 rw").at(0).read_only);
  EXPECT_TRUE(parse_mountinfo("1 1 0:1 / /c rw - cgroup2 cgroup2 ro").at(0).read_only);
  EXPECT_FALSE(parse_mountinfo("1 1 0:1 / /c rw - cgroup2 cgroup2 rw").at(0).read_only);
}

TEST(Mountinfo, UnescapesBlanksInPaths) {
  EXPECT_EQ(parse_mountinfo("1 1 0:1 / /my\\040c\\134x rw - cgroup2 none rw").at(0).point, "/my c\\x");
  EXPECT_EQ(parse_mountinfo("1 1 0:1 / /end\\04 rw - cgroup2 none rw").at(0).point, "/end\\04");
}

TEST(Mountinfo, SkipsEverythingElse) {
  EXPECT_THAT(parse_mountinfo("22 28 0:21 / /proc rw - proc proc rw\n"
                              "23 28 0:22 / /sys rw shared:7 master:1 - sysfs sysfs rw\n"),
              IsEmpty());
}

class MalformedMountinfo : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedMountinfo, IsSkipped) { EXPECT_THAT(parse_mountinfo(GetParam()), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(All, MalformedMountinfo,
                         ::testing::Values("", "\n\n\n", "cgroup", "- cgroup", "1 1 0:1 / /c rw", "1 1 0:1 / /c rw -",
                                           "1 1 0:1 / /c rw cgroup2 x rw", "1 1 0:1 / relative rw - cgroup2 x rw",
                                           "1 1 0:1 / ", "                    ", "1 1 0:1  /c rw - cgroup2 x rw"));

TEST(Layouts, FollowFromTheMounts) {
  const Mount memory{"/m", "/", false, false, {"memory"}};
  const Mount named{"/s", "/", false, false, {"name=systemd"}};
  const Mount v2{"/u", "/", true, false, {}};

  EXPECT_EQ(layout_of({}), Layout::none);
  EXPECT_EQ(layout_of({memory, named}), Layout::legacy);
  EXPECT_EQ(layout_of({memory, v2}), Layout::hybrid);
  EXPECT_EQ(layout_of({v2}), Layout::unified);
  EXPECT_EQ(layout_of({named, v2}), Layout::unified);
  EXPECT_EQ(layout_of({named}), Layout::none);
}

TEST(Layouts, HaveNames) {
  EXPECT_EQ(name(Layout::none), "none");
  EXPECT_EQ(name(Layout::legacy), "legacy");
  EXPECT_EQ(name(Layout::hybrid), "hybrid");
  EXPECT_EQ(name(Layout::unified), "unified");
}

TEST(Membership, ReadsEveryHierarchy) {
  const auto paths = parse_membership("9:name=systemd:/\n4:memory:/a/b\n2:cpu,cpuacct:/c:d\n0::/e\n");

  EXPECT_THAT(paths, UnorderedElementsAre(Pair("name=systemd", "/"), Pair("memory", "/a/b"), Pair("cpu", "/c:d"),
                                          Pair("cpuacct", "/c:d"), Pair("", "/e")));
}

TEST(Membership, SkipsMalformedLines) {
  EXPECT_THAT(parse_membership("\nx:memory:/a\n4:memory\n4:memory:relative\n:::\n4\n"), IsEmpty());
}

TEST(DirectoryOf, AddsThePathToTheMountPoint) {
  const Mount mount{"/sys/fs/cgroup/memory", "/", false, false, {"memory"}};

  EXPECT_EQ(directory_of(mount, "/"), "/sys/fs/cgroup/memory");
  EXPECT_EQ(directory_of(mount, "/a/b"), "/sys/fs/cgroup/memory/a/b");
}

TEST(DirectoryOf, TakesAwayTheRootOfTheMount) {
  const Mount mount{"/cg", "/docker/ab", true, false, {}};

  EXPECT_EQ(directory_of(mount, "/docker/ab"), "/cg");
  EXPECT_EQ(directory_of(mount, "/docker/ab/x"), "/cg/x");
  EXPECT_EQ(directory_of(mount, "/docker/abc"), std::nullopt);
  EXPECT_EQ(directory_of(mount, "/"), std::nullopt);
}

TEST(DirectoryOf, RefusesPathsOutsideTheNamespace) {
  const Mount mount{"/cg", "/", true, false, {}};

  EXPECT_EQ(directory_of(mount, "/../x"), std::nullopt);
  EXPECT_EQ(directory_of(mount, ""), std::nullopt);
  EXPECT_EQ(directory_of(mount, "x"), std::nullopt);
}

TEST(Flat, ReadsKeysAndNumbers) {
  const auto stat = parse_flat("cache 4096\nrss 18446744073709551615\ntotal_rss 7\n");

  EXPECT_THAT(stat, UnorderedElementsAre(Pair("cache", 4096U), Pair("rss", UINT64_MAX), Pair("total_rss", 7U)));
}

TEST(Flat, ReadsV1OomControl) {
  EXPECT_THAT(parse_flat("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
              UnorderedElementsAre(Pair("oom_kill_disable", 0U), Pair("under_oom", 0U), Pair("oom_kill", 3U)));
}

TEST(Flat, SkipsLinesThatAreNoNumbers) {
  EXPECT_THAT(parse_flat("max max\nx\n 3\na -1\nb 1 2\nc 99999999999999999999\nd 1x\n\ne 5"),
              ElementsAre(Pair("e", 5U)));
}

TEST(Number, IsOneNumberAndNothingElse) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("123\n"), 123U);
  EXPECT_EQ(parse_number("max\n"), std::nullopt);
  EXPECT_EQ(parse_number(""), std::nullopt);
  EXPECT_EQ(parse_number("\n"), std::nullopt);
  EXPECT_EQ(parse_number("-1\n"), std::nullopt);
  EXPECT_EQ(parse_number("1 2"), std::nullopt);
  EXPECT_EQ(parse_number(" 1"), std::nullopt);
  EXPECT_EQ(parse_number("1\n\n"), std::nullopt);
  EXPECT_EQ(parse_number("18446744073709551616"), std::nullopt);
}

TEST(Pids, AreReadOneALine) {
  EXPECT_THAT(parse_pids("1\n22\n333"), ElementsAre(1, 22, 333));
  EXPECT_THAT(parse_pids(""), IsEmpty());
}

TEST(Pids, NeverHoldWhatWouldSignalSomebodyElse) {
  EXPECT_THAT(parse_pids("0\n-1\n4294967295\nabc\n5\n"), ElementsAre(5));
}

TEST(MemoryEventsText, IsReadWithAndWithoutTheNewestKeys) {
  EXPECT_EQ(parse_memory_events("low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n"),
            (MemoryEvents{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(parse_memory_events("low 0\nhigh 0\nmax 3\noom 4\noom_kill 5\n"), (MemoryEvents{0, 0, 3, 4, 5, 0}));
}

TEST(MemoryEventsText, IsNotGuessed) {
  EXPECT_EQ(parse_memory_events(""), std::nullopt);
  EXPECT_EQ(parse_memory_events("max x\noom_kill 1\n"), std::nullopt);
  EXPECT_EQ(parse_memory_events("max 1\n"), std::nullopt);
}

TEST(PressureText, IsReadForMemory) {
  const auto pressure = parse_pressure(
      "some avg10=1.50 avg60=0.25 avg300=0.00 total=123456\n"
      "full avg10=0.00 avg60=0.00 avg300=100.00 total=7\n");

  ASSERT_TRUE(pressure);
  EXPECT_EQ(pressure->some, (PressureLine{1.5, 0.25, 0, microseconds(123456)}));
  EXPECT_EQ(pressure->full, (PressureLine{0, 0, 100, microseconds(7)}));
}

TEST(PressureText, HasNoFullLineForCpuOfOldKernels) {
  const auto pressure = parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");

  ASSERT_TRUE(pressure);
  EXPECT_EQ(pressure->full, std::nullopt);
}

class MalformedPressure : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedPressure, IsNoPressure) { EXPECT_EQ(parse_pressure(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    All, MalformedPressure,
    ::testing::Values(
        "", "\n", "some\n", "some avg10=0.00 avg60=0.00 avg300=0.00\n",
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=nan avg60=0.00 avg300=0.00 total=0\n",
        "some avg10=-1.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=101 avg60=0.00 avg300=0.00 total=0\n",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=-1\n",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=18446744073709551615\n",
        "some avg60=0.00 avg10=0.00 avg300=0.00 total=0\n",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull nonsense\n",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nmore avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));

}  // namespace

}  // namespace paddock::cgroup
