// What a scrape of a real host tells about it.
#include <cstdlib>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

class Metrics : public testing::Test {
 protected:
  /// The value of the series whose line begins with `series` and a space; -1 when there is none.
  double value(const std::string& series) const {
    const std::string text = "\n" + host.api().get("/metrics").body;
    const auto at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + series.size() + 2, nullptr);
  }

  TestHost host;
};

TEST_F(Metrics, TimeTheWritesOfTheStore) {
  host.wait(host.run(exec({"true"})), "exited");
  EXPECT_GT(value(R"(paddock_store_write_duration_seconds_count{op="commit"})"), 0);
}

TEST_F(Metrics, SayFromTheFirstScrapeThatTheConfigurationHolds) {
  EXPECT_EQ(value("paddock_config_reload_success"), 1);
  EXPECT_GT(value("paddock_config_reload_timestamp_seconds"), 1.7e9);
}

}  // namespace
}  // namespace paddock::integration
