// Which of flag, environment, file and default wins.
#include <map>

#include <gtest/gtest.h>

#include "config/host_config.hpp"

namespace paddock::config {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string, std::less<>>;

Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

HostConfig decided(const Layer& flags, const Layer& environment_says, const Layer& file, Variables variables) {
  return decide(flags, environment_says, file, environment_of(std::move(variables)), "/opt/bin", "/here").value();
}

TEST(Settings, FollowTheXdgFoldersWhenNobodySaysOtherwise) {
  const HostConfig config = decided({}, {}, {}, {{"HOME", "/home/a"}, {"XDG_RUNTIME_DIR", "/run/user/1"}});
  EXPECT_EQ(config.state_dir, "/home/a/.local/state/paddock");
  EXPECT_EQ(config.socket, "/run/user/1/paddock/paddock.sock");
  EXPECT_EQ(config.runner_program, "/opt/bin/paddock-runner");
  EXPECT_EQ(config.adapter_dirs, std::vector<fs::path>{"/opt/lib/paddock/adapters"});
  EXPECT_EQ(config.policy_places,
            (std::vector<fs::path>{"/opt/share/paddock/policies", "/home/a/.config/paddock/policies"}));
  EXPECT_FALSE(config.listen);
  EXPECT_EQ(config.cgroup_base, default_cgroup_base(config.state_dir));
}

TEST(Settings, XdgVariablesWinOverHome) {
  const HostConfig config =
      decided({}, {}, {}, {{"HOME", "/home/a"}, {"XDG_STATE_HOME", "/s"}, {"XDG_CONFIG_HOME", "/c"}});
  EXPECT_EQ(config.state_dir, "/s/paddock");
  EXPECT_EQ(config.socket, "/s/paddock/run/paddock.sock") << "no runtime folder";
  EXPECT_EQ(config.policy_places.at(1), "/c/paddock/policies");
}

TEST(Settings, RelativeXdgVariablesAreIgnored) {
  const HostConfig config = decided({}, {}, {}, {{"HOME", "/h"}, {"XDG_STATE_HOME", "s"}, {"XDG_RUNTIME_DIR", "r"}});
  EXPECT_EQ(config.state_dir, "/h/.local/state/paddock");
  EXPECT_EQ(config.socket, "/h/.local/state/paddock/run/paddock.sock");
}

TEST(Settings, WithoutAnyHomeNeedAFlag) {
  const auto none = decide({}, {}, {}, environment_of({}), "/opt/bin", "/here");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().detail.find("--state-dir"), std::string::npos);
  Layer flags;
  flags.state_dir = "state";
  const HostConfig config = decided(flags, {}, {}, {});
  EXPECT_EQ(config.state_dir, "/here/state");
  EXPECT_EQ(config.policy_places.size(), 1U);
}

Layer layer_of(const std::string& word, base::log::Level level) {
  Layer layer;
  layer.state_dir = "/" + word;
  layer.socket = "/" + word + ".sock";
  layer.listen = ListenAddress{"127.0.0.1", std::uint16_t(word.size())};
  layer.log_level = level;
  layer.log_format = base::log::Format::json;
  layer.adapter_dirs = {"/" + word + "/adapters"};
  layer.adapters_allow = {word};
  layer.adapters_required = {word};
  layer.adapter_entries = {{word, "acp", {{"command", word}}}};
  layer.policy_dir = "/" + word + "/policies";
  layer.cgroup_base = word;
  layer.metrics_max_sessions = std::uint32_t(word.size());
  layer.access_uids = {uid_t(word.size())};
  return layer;
}

TEST(Settings, FlagsWinOverEnvironmentOverFile) {
  const Layer flag = layer_of("flag", base::log::Level::error);
  const Layer variable = layer_of("variable", base::log::Level::warn);
  const Layer file = layer_of("file_", base::log::Level::debug);
  EXPECT_EQ(merge(merge(flag, variable), file), flag);
  EXPECT_EQ(merge(merge({}, variable), file), variable);
  EXPECT_EQ(merge(merge({}, {}), file), file);
  const HostConfig config = decided(flag, variable, file, {{"HOME", "/h"}});
  EXPECT_EQ(config.state_dir, "/flag");
  EXPECT_EQ(config.socket, "/flag.sock");
  EXPECT_EQ(config.listen, (ListenAddress{"127.0.0.1", 4}));
  EXPECT_EQ(config.log_level, base::log::Level::error);
  EXPECT_EQ(config.log_format, base::log::Format::json);
  EXPECT_EQ(config.adapter_dirs, std::vector<fs::path>{"/flag/adapters"});
  EXPECT_EQ(config.adapters_allow, std::vector<std::string>{"flag"});
  EXPECT_EQ(config.adapters_required, std::vector<std::string>{"flag"});
  EXPECT_EQ(config.adapter_entries, (std::vector<AdapterEntry>{{"flag", "acp", {{"command", "flag"}}}}));
  EXPECT_EQ(config.policy_places, std::vector<fs::path>{"/flag/policies"});
  EXPECT_EQ(config.cgroup_base, "flag");
  EXPECT_EQ(config.metrics_max_sessions, 4U);
  EXPECT_EQ(config.access_uids, std::vector<uid_t>{4});
}

TEST(Settings, OfDifferentLayersCombine) {
  Layer flags;
  flags.socket = "/tmp/x.sock";
  Layer file;
  file.state_dir = "/var/lib/paddock";
  const HostConfig config = decided(flags, {}, file, {{"HOME", "/h"}});
  EXPECT_EQ(config.socket, "/tmp/x.sock");
  EXPECT_EQ(config.state_dir, "/var/lib/paddock");
}

TEST(Settings, ShowFiveHundredSessionsInTheMetricsWhenNobodySaysOtherwise) {
  EXPECT_EQ(decided({}, {}, {}, {{"HOME", "/h"}}).metrics_max_sessions, 500U);
}

TEST(Settings, GiveEveryStateFolderAGroupOfItsOwn) {
  EXPECT_EQ(default_cgroup_base("/a"), default_cgroup_base("/a/../a"));
  EXPECT_NE(default_cgroup_base("/a"), default_cgroup_base("/b"));
  EXPECT_EQ(default_cgroup_base("/a").size(), std::string("paddock-00000000").size());
}

TEST(EnvironmentLayer, ReadsTheVariables) {
  const Layer layer = environment_layer(environment_of({{"PADDOCK_STATE_DIR", "/s"},
                                                        {"PADDOCK_SOCKET", "/s.sock"},
                                                        {"PADDOCK_ADAPTER_PATH", "/a::/b:"},
                                                        {"PADDOCK_POLICY_DIR", "/p"},
                                                        {"PADDOCK_LISTEN", "[::1]:1"},
                                                        {"PADDOCK_LOG_LEVEL", "debug"},
                                                        {"PADDOCK_LOG_FORMAT", "json"}}))
                          .value();
  EXPECT_EQ(layer.state_dir, "/s");
  EXPECT_EQ(layer.socket, "/s.sock");
  EXPECT_EQ(layer.adapter_dirs, (std::vector<fs::path>{"/a", "/b"}));
  EXPECT_EQ(layer.policy_dir, "/p");
  EXPECT_EQ(layer.listen, (ListenAddress{"::1", 1}));
  EXPECT_EQ(layer.log_level, base::log::Level::debug);
  EXPECT_EQ(layer.log_format, base::log::Format::json);
  EXPECT_EQ(environment_layer(environment_of({})).value(), Layer());
}

TEST(EnvironmentLayer, NamesTheVariableThatIsWrong) {
  for (const char* name : {"PADDOCK_LISTEN", "PADDOCK_LOG_LEVEL", "PADDOCK_LOG_FORMAT"}) {
    const auto layer = environment_layer(environment_of({{name, "nonsense"}}));
    ASSERT_FALSE(layer) << name;
    EXPECT_TRUE(layer.error().detail.starts_with(name));
  }
}

TEST(ConfigFile, StandsInTheConfigFolder) {
  EXPECT_EQ(default_config_file(environment_of({{"HOME", "/h"}})), "/h/.config/paddock/paddock.yaml");
  EXPECT_EQ(default_config_file(environment_of({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}})),
            "/c/paddock/paddock.yaml");
  EXPECT_EQ(default_config_file(environment_of({})), "");
}

TEST(ProcessEnvironment, TakesEmptyVariablesAsUnset) {
  ::setenv("PADDOCK_TEST_EMPTY", "", 1);
  ::setenv("PADDOCK_TEST_FULL", "x", 1);
  EXPECT_EQ(process_environment()("PADDOCK_TEST_EMPTY"), std::nullopt);
  EXPECT_EQ(process_environment()("PADDOCK_TEST_FULL"), "x");
  EXPECT_EQ(process_environment()("PADDOCK_TEST_NONE"), std::nullopt);
}

}  // namespace
}  // namespace paddock::config
