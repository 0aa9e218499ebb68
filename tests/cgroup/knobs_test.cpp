// Which files get which values, and whether what they read back is what was asked for.
#include "cgroup/knobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::cgroup {

namespace {

using base::ByteSize;
using base::mib;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMib = 1U << 20U;

Setting memory(const char* file, const std::string& value) { return {"memory", file, value}; }
std::string mib_text(std::uint64_t n) { return std::to_string(n * kMib); }

TEST(V2Settings, NameOneFileForEachLimit) {
  Limits limits;
  limits.memory_max = mib(64);
  limits.memory_high = mib(48);
  limits.swap_max = ByteSize(0);
  limits.cpu_percent = 150;
  limits.cpu_weight = 50;
  limits.pids_max = 20;

  EXPECT_THAT(v2_settings(limits),
              ElementsAre(memory("memory.max", mib_text(64)), memory("memory.high", mib_text(48)),
                          memory("memory.swap.max", "0"), Setting{"cpu", "cpu.max", "150000 100000"},
                          Setting{"cpu", "cpu.weight", "50"}, Setting{"pids", "pids.max", "20"}));
}

TEST(V1Settings, NameOneOrTwoFilesForEachLimit) {
  Limits limits;
  limits.memory_max = mib(64);
  limits.cpu_percent = 25;
  limits.cpu_weight = 100;
  limits.pids_max = 20;

  EXPECT_THAT(v1_settings(limits, {}),
              ElementsAre(memory("memory.limit_in_bytes", mib_text(64)), Setting{"cpu", "cpu.cfs_period_us", "100000"},
                          Setting{"cpu", "cpu.cfs_quota_us", "25000"}, Setting{"cpu", "cpu.shares", "1024"},
                          Setting{"pids", "pids.max", "20"}));
}

TEST(V1Settings, LimitMemoryBeforeMemoryWithSwap) {
  Limits limits;
  limits.memory_max = mib(64);
  limits.swap_max = mib(16);

  EXPECT_THAT(v1_settings(limits, {}), ElementsAre(memory("memory.limit_in_bytes", mib_text(64)),
                                                   memory("memory.memsw.limit_in_bytes", mib_text(80))));
}

TEST(V1Settings, RaiseTheSumOutOfTheWayOfAnyNewLimit) {
  Limits limits;
  limits.memory_max = mib(200);

  EXPECT_THAT(v1_settings(limits, {64 * kMib, 80 * kMib}),
              ElementsAre(memory("memory.memsw.limit_in_bytes", "-1"), memory("memory.limit_in_bytes", mib_text(200)),
                          memory("memory.memsw.limit_in_bytes", mib_text(216))));
}

TEST(V1Settings, ChangeSwapAloneOnTopOfThePresentLimit) {
  Limits limits;
  limits.swap_max = mib(1);

  EXPECT_THAT(v1_settings(limits, {64 * kMib, {}}), ElementsAre(memory("memory.memsw.limit_in_bytes", mib_text(65))));
  EXPECT_THAT(v1_settings(limits, {}), IsEmpty());
}

TEST(V1Settings, NeverAskForFewerSharesThanTheKernelTakes) {
  Limits limits;
  limits.cpu_weight = 1;
  EXPECT_THAT(v1_settings(limits, {}), ElementsAre(Setting{"cpu", "cpu.shares", "10"}));

  limits.cpu_weight = 10'000;
  EXPECT_THAT(v1_settings(limits, {}), ElementsAre(Setting{"cpu", "cpu.shares", "102400"}));
}

TEST(Settings, OfNoLimitsAreNone) {
  EXPECT_THAT(v1_settings({}, {}), IsEmpty());
  EXPECT_THAT(v2_settings({}), IsEmpty());
}

TEST(Holds, AllowsRoundingDownToAPage) {
  EXPECT_TRUE(holds(memory("memory.max", "67108864"), "67108864\n"));
  EXPECT_TRUE(holds(memory("memory.max", "67108865"), "67108864\n"));
  EXPECT_FALSE(holds(memory("memory.max", "67108864"), "67112960\n"));
  EXPECT_FALSE(holds(memory("memory.max", "67108864"), "1048576\n"));
  EXPECT_FALSE(holds(memory("memory.max", "67108864"), "max\n"));
  EXPECT_FALSE(holds(memory("memory.max", "67108864"), ""));
}

TEST(Holds, KnowsV1Unlimited) {
  EXPECT_TRUE(holds(memory("memory.memsw.limit_in_bytes", "-1"), "9223372036854771712\n"));
  EXPECT_FALSE(holds(memory("memory.memsw.limit_in_bytes", "-1"), "4096\n"));
}

TEST(Holds, TakesOtherValuesLiterally) {
  EXPECT_TRUE(holds({"cpu", "cpu.max", "25000 100000"}, "25000 100000\n"));
  EXPECT_FALSE(holds({"cpu", "cpu.max", "25000 100000"}, "max 100000\n"));
  EXPECT_FALSE(holds({"pids", "pids.max", "20"}, "200\n"));
}

struct BadLimits {
  const char* name;
  void (*spoil)(Limits&);
};

class ImpossibleLimits : public ::testing::TestWithParam<BadLimits> {};

TEST_P(ImpossibleLimits, AreRefused) {
  Limits limits;
  GetParam().spoil(limits);

  const auto checked = check(limits);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Errc::invalid_request);
}

INSTANTIATE_TEST_SUITE_P(
    All, ImpossibleLimits,
    ::testing::Values(BadLimits{"NoMemory", [](Limits& l) { l.memory_max = ByteSize(0); }},
                      BadLimits{"NoHigh", [](Limits& l) { l.memory_high = ByteSize(0); }},
                      BadLimits{"TooMuchMemory", [](Limits& l) { l.memory_max = ByteSize(UINT64_MAX); }},
                      BadLimits{"TooMuchSwap", [](Limits& l) { l.swap_max = ByteSize(UINT64_MAX); }},
                      BadLimits{"NoProcessor", [](Limits& l) { l.cpu_percent = 0; }},
                      BadLimits{"TooManyProcessors", [](Limits& l) { l.cpu_percent = UINT32_MAX; }},
                      BadLimits{"NoWeight", [](Limits& l) { l.cpu_weight = 0; }},
                      BadLimits{"TooMuchWeight", [](Limits& l) { l.cpu_weight = 10'001; }},
                      BadLimits{"NoProcesses", [](Limits& l) { l.pids_max = 0; }},
                      BadLimits{"TooManyProcesses", [](Limits& l) { l.pids_max = UINT64_MAX; }}),
    [](const auto& test_case) { return std::string(test_case.param.name); });

TEST(PossibleLimits, ArePassed) {
  Limits limits;
  EXPECT_TRUE(check(limits));
  limits.memory_max = ByteSize(1);
  limits.swap_max = ByteSize(0);
  limits.cpu_percent = 1;
  limits.cpu_weight = 10'000;
  limits.pids_max = 1;
  EXPECT_TRUE(check(limits));
}

}  // namespace

}  // namespace paddock::cgroup
