// paddock.yaml.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "text.hpp"

namespace paddock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHead = "apiVersion: paddock/v1\nkind: Host\n";

std::vector<std::string> host_problems(std::string_view body) {
  const auto loaded = parse_host_file(std::string(kHead) + std::string(body), "h", "/etc/paddock");
  return loaded ? std::vector<std::string>() : lines_of(loaded.error());
}

TEST(HostFile, IsReadWhole) {
  const Layer layer = parse_host_file(std::string(kHead) + R"(state_dir: /var/lib/paddock
socket: run/paddock.sock
listen: 127.0.0.1:8642
log: {level: debug, format: json}
adapters: {dirs: [/usr/lib/paddock/adapters, mine], allow: [claude, codex], required: [claude]}
policies: {dir: ../policies}
cgroup: {base: paddock-test}
metrics: {max_sessions: 50}
access: {uids: [1000, 0]}
)",
                                      "h", "/etc/paddock")
                          .value();
  EXPECT_EQ(layer.state_dir, "/var/lib/paddock");
  EXPECT_EQ(layer.socket, "/etc/paddock/run/paddock.sock");
  EXPECT_EQ(layer.listen, (ListenAddress{"127.0.0.1", 8642}));
  EXPECT_EQ(layer.log_level, base::log::Level::debug);
  EXPECT_EQ(layer.log_format, base::log::Format::json);
  EXPECT_EQ(layer.adapter_dirs, (std::vector<std::filesystem::path>{"/usr/lib/paddock/adapters", "/etc/paddock/mine"}));
  EXPECT_EQ(layer.adapters_allow, (std::vector<std::string>{"claude", "codex"}));
  EXPECT_EQ(layer.adapters_required, (std::vector<std::string>{"claude"}));
  EXPECT_EQ(layer.policy_dir, "/etc/policies");
  EXPECT_EQ(layer.cgroup_base, "paddock-test");
  EXPECT_EQ(layer.metrics_max_sessions, 50U);
  EXPECT_EQ(layer.access_uids, (std::vector<uid_t>{1000, 0}));
}

TEST(HostFile, MakesAnAdapterOfALibraryAndItsOptions) {
  const Layer layer = parse_host_file(std::string(kHead) + R"(adapters:
  entries:
    goose: {library: acp, command: goose, arguments: [acp, "1"], quirks: [], env: {PORT: 8080, RATE: 0.5, ZIP: 010}}
    plain: {library: acp, yes: true, none: null}
)",
                                      "h", "/etc/paddock")
                          .value();
  ASSERT_TRUE(layer.adapter_entries);
  ASSERT_EQ(layer.adapter_entries->size(), 2U);
  const AdapterEntry& goose = layer.adapter_entries->front();
  EXPECT_EQ(goose.id, "goose");
  EXPECT_EQ(goose.library, "acp");
  EXPECT_EQ(boost::json::serialize(goose.options),
            R"({"command":"goose","arguments":["acp","1"],"quirks":[],"env":{"PORT":8080,"RATE":5E-1,"ZIP":"010"}})");
  EXPECT_EQ(boost::json::serialize(layer.adapter_entries->back().options), R"({"yes":true,"none":null})");
}

TEST(HostFile, AnAdapterNeedsANameAndALibrary) {
  EXPECT_THAT(
      host_problems("adapters:\n  entries:\n    Goose: {library: acp}\n    duck: {command: duck}\n    swan: 3\n"),
      ElementsAre(HasSubstr("adapters.entries.Goose: 'Goose' is no name for an adapter"),
                  HasSubstr("adapters.entries.duck: needs a 'library'"),
                  HasSubstr("adapters.entries.swan: expected a map"),
                  HasSubstr("adapters.entries.swan: needs a 'library'")));
}

TEST(HostFile, SaysNothingWhenItSaysNothing) { EXPECT_EQ(parse_host_file(kHead, "h", "/").value(), Layer()); }

TEST(HostFile, TellsEveryMistakeAtOnce) {
  EXPECT_THAT(host_problems("state_dir: ~/paddock\n"
                            "socket: ''\n"
                            "listen: 0.0.0.0:8642\n"
                            "log: {level: loud, fromat: json}\n"
                            "adapters: {dirs: $HOME, allow: [a/b]}\n"
                            "access: {uids: [root]}\n"
                            "metrics: {max_sessions: 1000000}\n"
                            "cgroup: {base: ../..}\n"),
              ElementsAre(HasSubstr("h:3:12: state_dir: '~' and variables are not expanded here"),
                          HasSubstr("h:4:9: socket: expected a path, found an empty text"),
                          HasSubstr("h:5:9: listen: '0.0.0.0:8642' can be reached from other machines"),
                          HasSubstr("h:6:14: log.level: expected trace, debug, info, warn or error, found 'loud'"),
                          HasSubstr("h:6:20: log.fromat: is not a known key; did you mean 'format'?"),
                          HasSubstr("h:7:18: adapters.dirs: expected a list, found '$HOME'"),
                          HasSubstr("h:7:33: adapters.allow[0]: expected a name"),
                          HasSubstr("h:8:17: access.uids[0]: 'root' is not a whole number"),
                          HasSubstr("h:9:25: metrics.max_sessions: 1000000 is not from 0 to 10000"),
                          HasSubstr("h:10:16: cgroup.base: expected a name")));
}

TEST(HostFile, IsNotAPolicy) {
  const auto loaded = parse_host_file(kPolicyHead, "h", "/");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(lines_of(loaded.error()), ElementsAre("h:2:7: kind: expected Host, found 'Policy'"));
}

TEST(HostFile, ThatDoesNotExistIsAProblem) {
  const auto loaded = load_host_file("/nonexistent/paddock.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(lines_of(loaded.error()), ElementsAre(HasSubstr("'/nonexistent/paddock.yaml' does not exist")));
}

}  // namespace
}  // namespace paddock::config
