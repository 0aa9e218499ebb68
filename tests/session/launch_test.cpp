// The launch message survives the link.
#include "session/launch.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "session/resources_json.hpp"

namespace paddock::session {
namespace {
namespace json = boost::json;
using namespace std::chrono_literals;

Launch full() {
  Launch launch;
  launch.session = base::SessionId::make();
  launch.runtime = base::RuntimeId::make();
  launch.session_dir = "/var/lib/x";
  launch.adapter_id = "exec";
  launch.adapter_version = "0.1.0";
  launch.adapter_file = "/usr/lib/exec.so";
  launch.adapter_sha256 = "ab";
  launch.adapter_request = json::parse(R"({"prompt":"x","args":["sh"]})").as_object();
  launch.workdir = "/tmp";
  launch.environment = {"A=b", "C=d=e"};
  launch.secrets = {{"KEY", "hush"}};
  launch.cgroup = json::parse(R"({"v2":"/x"})").as_object();
  launch.limits.memory_max = base::mib(64);
  launch.limits.cpu_weight = 10;
  launch.timeouts.start = 1s;
  launch.timeouts.stop = 2s;
  launch.timeouts.idle = 3s;
  launch.timeouts.total = 4s;
  launch.keep_open = true;
  return launch;
}

TEST(LaunchMessage, ComesBackWhole) {
  const Launch launch = full();
  const auto back = launch_from_json(json::parse(json::serialize(to_json(launch))).as_object());
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(to_json(*back), to_json(launch));
  EXPECT_EQ(back->secrets, launch.secrets);
  EXPECT_EQ(back->environment, launch.environment);
  EXPECT_EQ(back->timeouts, launch.timeouts);
  EXPECT_EQ(back->limits, launch.limits);
}

TEST(LaunchMessage, WithoutItsIdsOrPathsIsRefused) {
  for (const char* key : {"session", "runtime", "session_dir", "adapter_file"}) {
    json::object object = to_json(full());
    object.erase(key);
    const auto back = launch_from_json(object);
    ASSERT_FALSE(back) << key;
    EXPECT_NE(back.error().detail.find(key), std::string::npos);
  }
}

TEST(LaunchMessage, WithAWrongTypeIsRefused) {
  for (const char* key : {"environment", "secrets", "limits", "timeouts", "keep_open", "cgroup"}) {
    json::object object = to_json(full());
    object[key] = 17;
    EXPECT_FALSE(launch_from_json(object)) << key;
  }
}

TEST(StoredLimits, OutOfRangeAreRefusedAndUnknownOnesIgnored) {
  EXPECT_FALSE(resources_from_json(json::parse(R"({"cpu_percent":99999999999})").as_object()));
  EXPECT_FALSE(resources_from_json(json::parse(R"({"memory_max_bytes":-1})").as_object()));
  EXPECT_TRUE(resources_from_json(json::parse(R"({"new_limit":1})").as_object()));
}

}  // namespace
}  // namespace paddock::session
