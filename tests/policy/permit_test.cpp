// Launches: a wish tightens the policy and never loosens it.
#include <gtest/gtest.h>

#include "policy/policy.hpp"

namespace paddock::policy {
namespace {

using base::gib;
using base::mib;

Policy limited() {
  Policy policy;
  policy.name = "team";
  policy.resources.memory_max = gib(4);
  policy.resources.memory_high = gib(3);
  policy.resources.cpu_percent = 200;
  policy.resources.pids_max = 512;
  return policy;
}

TEST(PermitLaunch, WithoutAWishThePolicyIsInForce) {
  EXPECT_EQ(permit_launch(limited(), {.adapter = "exec", .resources = {}}).value(), limited().resources);
}

TEST(PermitLaunch, AWishTightensThePolicy) {
  LaunchWish wish{.adapter = "exec", .resources = {}};
  wish.resources.memory_max = gib(1);
  wish.resources.cpu_percent = 200;
  wish.resources.io_weight = 50;
  const Resources resources = permit_launch(limited(), wish).value();
  EXPECT_EQ(resources.memory_max, gib(1));
  EXPECT_EQ(resources.memory_high, gib(1)) << "the soft limit follows the hard one down";
  EXPECT_EQ(resources.cpu_percent, 200U);
  EXPECT_EQ(resources.pids_max, 512U);
  EXPECT_EQ(resources.io_weight, 50U) << "the policy says nothing about it";
}

TEST(PermitLaunch, EveryLimitAboveThePolicyIsNamed) {
  LaunchWish wish{.adapter = "exec", .resources = {}};
  wish.resources.memory_max = gib(8);
  wish.resources.pids_max = 513;
  const auto refused = permit_launch(limited(), wish);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::policy_denied);
  EXPECT_NE(refused.error().detail.find("'team'"), std::string::npos);
  EXPECT_NE(refused.error().detail.find("'memory_max_bytes' of 8.0 GiB is above its 4.0 GiB"), std::string::npos);
  ASSERT_EQ(refused.error().errors.size(), 2U);
  EXPECT_EQ(refused.error().errors[0].pointer, "/limits/memory_max_bytes");
  EXPECT_EQ(refused.error().errors[1].pointer, "/limits/pids_max");
}

TEST(PermitLaunch, EachKindOfLimitHolds) {
  Policy policy;
  policy.resources = {mib(10), mib(10), mib(10), 10, 10, 10, 10};
  const auto denied = [&](auto set) {
    LaunchWish wish{.adapter = "exec", .resources = {}};
    set(wish.resources);
    return !permit_launch(policy, wish);
  };
  EXPECT_TRUE(denied([](Resources& r) { r.memory_max = mib(11); }));
  EXPECT_TRUE(denied([](Resources& r) { r.memory_high = mib(11); }));
  EXPECT_TRUE(denied([](Resources& r) { r.memory_swap = mib(11); }));
  EXPECT_TRUE(denied([](Resources& r) { r.cpu_percent = 11; }));
  EXPECT_TRUE(denied([](Resources& r) { r.cpu_weight = 11; }));
  EXPECT_TRUE(denied([](Resources& r) { r.pids_max = 11; }));
  EXPECT_TRUE(denied([](Resources& r) { r.io_weight = 11; }));
  EXPECT_FALSE(denied([](Resources& r) { r.io_weight = 10; }));
}

TEST(PermitLaunch, YoloNeedsAPolicyThatSaysSo) {
  Policy policy;
  const LaunchWish wish{.adapter = "exec", .yolo = true, .resources = {}};
  EXPECT_EQ(permit_launch(policy, wish).error().errors.at(0).pointer, "/yolo");
  policy.yolo = false;
  EXPECT_FALSE(permit_launch(policy, wish));
  policy.yolo = true;
  EXPECT_TRUE(permit_launch(policy, wish));
}

TEST(PermitLaunch, OnlyListedAdaptersStart) {
  Policy policy;
  policy.adapters = {"claude", "codex"};
  EXPECT_TRUE(permit_launch(policy, {.adapter = "codex", .resources = {}}));
  const auto refused = permit_launch(policy, {.adapter = "exec", .resources = {}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("'exec'"), std::string::npos);
  EXPECT_EQ(refused.error().errors.at(0).pointer, "/adapter");
}

}  // namespace
}  // namespace paddock::policy
