// Limits are enforced by the kernel, the session says which one and with which number, and nobody
// else feels it.
#include <unistd.h>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using support::of_kind;

class Limits : public testing::Test {
 protected:
  void SetUp() override { PADDOCK_NEED_CGROUPS(); }
  TestHost host;
};

json::object limited(json::object request, json::object limits) {
  request["limits"] = std::move(limits);
  return request;
}

TEST_F(Limits, AMemoryHogIsKilledAtItsLimitAndTheEventNamesTheNumber) {
  const std::string id =
      host.run(limited(exec({test_program("hog"), "memory", "400"}), {{"memory_max_bytes", 64 << 20}}));
  const json::object session = host.wait(id, "exited");

  EXPECT_EQ(exit_reason(session), "out_of_memory") << json::serialize(session);
  EXPECT_THAT(text_of(session.at("exit").as_object(), "detail"), testing::HasSubstr("64.0 MiB"));
  const auto& resources = session.at("resources").as_object();
  EXPECT_GE(number_of(resources, "oom_kills"), 1U);
  EXPECT_LE(number_of(resources, "memory_peak_bytes"), 64U << 20U);
  EXPECT_GE(number_of(resources, "memory_peak_bytes"), 60U << 20U);
}

TEST_F(Limits, AForkBombIsStoppedByItsPidsLimit) {
  const std::string id = host.run(limited(exec({test_program("hog"), "forks", "500"}), {{"pids_max", 20}}));
  const json::object session = host.wait(id, "exited");
  const std::string said = host.api().get("/v1/sessions/" + id + "/output").body;
  EXPECT_THAT(said, testing::HasSubstr("forked 19: Resource temporarily unavailable")) << json::serialize(session);
}

TEST_F(Limits, ABusyLoopIsHeldToItsShareWhileOthersGetTheirEvents) {
  const std::string id = host.run(limited(exec({test_program("hog"), "cpu", "300"}), {{"cpu_percent", 10}}));
  const std::string quick = host.run(exec({"seq", "1", "50"}));
  EXPECT_EQ(exit_reason(host.wait(quick, "exited")), "completed");
  EXPECT_NE(text_of(host.session(id), "state"), "exited") << "300 ms at 10 per cent of a core take three seconds";
  const json::object session = host.wait(id, "exited");
  EXPECT_EQ(exit_reason(session), "completed");
  const auto& resources = session.at("resources").as_object();
  EXPECT_GT(number_of(resources, "cpu_throttled_us") + number_of(resources, "throttled_us") +
                static_cast<std::uint64_t>(resources.contains("cpu_throttled_seconds")),
            0U)
      << json::serialize(resources);
}

TEST_F(Limits, AHogInOneSessionLeavesItsNeighboursAlone) {
  json::object cat = exec({"cat"});
  cat["keep_open"] = true;
  const std::string neighbour = host.run(cat);
  const std::string hog =
      host.run(limited(exec({test_program("hog"), "memory", "400"}), {{"memory_max_bytes", 32 << 20}}));
  EXPECT_EQ(exit_reason(host.wait(hog, "exited")), "out_of_memory");
  EXPECT_EQ(text_of(host.act(neighbour, {{"type", "send"}, {"text", "still here"}}), "state"), "applied");
  EXPECT_NE(text_of(host.session(neighbour), "state"), "exited");
}

TEST_F(Limits, ALimitAboveThePolicysIsRefused) {
  TestHost::Options options;
  options.policies.emplace_back("default.yaml",
                                "apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: default}\n"
                                "resources: {memory: {max: 128MiB}}\n");
  TestHost strict(options);
  const auto reply =
      strict.api().post("/v1/sessions", limited(exec({"true"}), {{"memory_max_bytes", std::int64_t(1) << 30}}));
  EXPECT_EQ(reply.status, 403) << reply.body;
  EXPECT_EQ(reply.code(), "policy_denied");
}

}  // namespace
}  // namespace paddock::integration
