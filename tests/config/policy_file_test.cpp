// `kind: Policy` and `kind: Fleet`: everything is read, and everything wrong is told at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text.hpp"

namespace paddock::config {
namespace {

using namespace std::chrono_literals;
using base::gib;
using policy::Decision;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kFull = R"(apiVersion: paddock/v1
kind: Policy
metadata: {name: full}
resources:
  memory: {max: 4GiB, high: 3GiB, swap: 0}
  cpu: {max: 200%, weight: 100}
  pids: {max: 1024}
  io: {weight: 100}
enforce: best-effort
restart: {on: failure, max: 5, within: 10m, backoff: {first: 1s, factor: 2, max: 60s, jitter: 0.2}}
timeouts: {start: 30s, stop: 10s, idle: 8h, total: 24h}
approvals:
  default: deny
  rules:
    - {tool: Read, decision: allow}
    - {tool: Bash, command: "git (status|diff|log).*", decision: allow}
    - {tool: Bash, command: ".*rm -rf.*", decision: deny}
budget: {cost: 5.00, tokens: 2000000, per: session}
environment: {pass: [SSH_AUTH_SOCK], set: {CI: "1", PORT: 8080}, secrets: {KEY: file:/run/secrets/key}}
notify: {blocked: [desktop, webhook:team], exited: [webhook:team]}
sandbox: {profile: workspace-write, network: loopback}
launch: {yolo: allow, adapters: [claude, codex]}
)";

TEST(PolicyFile, IsReadWhole) {
  const policy::Policy p = parse_policies(kFull, "p").value().policies.at("full");
  EXPECT_EQ(p.name, "full");
  EXPECT_EQ(p.resources, (policy::Resources{gib(4), gib(3), base::ByteSize(0), 200, 100, 1024, 100}));
  EXPECT_EQ(p.enforce, policy::Enforce::best_effort);
  EXPECT_EQ(p.restart, (policy::Restart{policy::Restart::On::failure, 5, 10min, {1s, 2, 60s, 0.2}}));
  EXPECT_EQ(p.timeouts, (policy::Timeouts{30s, 10s, 8h, 24h}));
  EXPECT_EQ(p.approvals.fallback, Decision::deny);
  EXPECT_EQ(p.approvals.rules.at(1), (policy::ApprovalRule{"Bash", "git (status|diff|log).*", Decision::allow}));
  EXPECT_EQ(p.approvals.rules.size(), 3U);
  EXPECT_EQ(p.budget, (policy::Budget{5'000'000, 2'000'000}));
  EXPECT_EQ(
      p.environment,
      (policy::Environment{{"SSH_AUTH_SOCK"}, {{"CI", "1"}, {"PORT", "8080"}}, {{"KEY", "file:/run/secrets/key"}}}));
  EXPECT_EQ(p.notify.at("blocked"), (std::vector<std::string>{"desktop", "webhook:team"}));
  EXPECT_EQ(p.sandbox_profile, "workspace-write");
  EXPECT_EQ(p.sandbox_network, "loopback");
  EXPECT_EQ(p.yolo, true);
  EXPECT_EQ(p.adapters, (std::vector<std::string>{"claude", "codex"}));
}

TEST(PolicyFile, NeedsOnlyItsHead) {
  policy::Policy expected;
  expected.name = "x";
  EXPECT_EQ(parse_policies(kPolicyHead, "p").value().policies.at("x"), expected);
}

TEST(PolicyFile, SectionsWhoseLinesAreAllCommentsAreEmpty) {
  EXPECT_THAT(body_problems("resources:\n  # memory: {max: 1G}\nlaunch:\napprovals:\n  rules:\nnotify:\n"), IsEmpty());
}

TEST(PolicyFile, TellsEveryMistakeAtOnceByPosition) {
  EXPECT_THAT(
      body_problems("resources:\n"
                    "  memory: {max: 4XB, hihg: 3GiB}\n"
                    "  cpu: {max: 0%, weight: 010}\n"
                    "  pids: {max: \"7\"}\n"
                    "timeouts: {stop: 0s, idle: soon}\n"
                    "enforce: maybe\n"
                    "aprovals: {}\n"),
      ElementsAre("p:5:17: resources.memory.max: '4XB' is not a size such as 512MiB or 4GiB",
                  "p:5:22: resources.memory.hihg: is not a known key; did you mean 'high'?",
                  "p:6:14: resources.cpu.max: '0%' is not processor time such as 150% or 1.5 (cores)",
                  "p:6:26: resources.cpu.weight: '010' could be meant as octal; write it without the leading zero",
                  "p:7:15: resources.pids.max: expected a number without quotes, found '7'",
                  "p:8:18: timeouts.stop: must be longer than nothing; leave the key out for 'never'",
                  "p:8:28: timeouts.idle: 'soon' is not a duration such as 30s, 10m or 1h30m",
                  "p:9:10: enforce: expected strict or best-effort, found 'maybe'",
                  "p:10:1: aprovals: is not a known key; did you mean 'approvals'?"));
}

TEST(PolicyFile, NeedsVersionKindAndName) {
  EXPECT_THAT(policy_problems("metadata: {}\n"),
              ElementsAre("p:1:1: apiVersion: is missing", "p:1:1: kind: is missing"));
  EXPECT_THAT(
      policy_problems("apiVersion: paddock/v2\nkind: Policy\n"),
      ElementsAre("p:1:1: metadata: is missing", "p:1:13: apiVersion: expected paddock/v1, found 'paddock/v2'"));
  EXPECT_THAT(policy_problems("apiVersion: paddock/v1\nkind: Polcy\n"),
              ElementsAre("p:2:7: kind: expected Policy or Fleet, found 'Polcy'"));
  EXPECT_THAT(policy_problems("apiVersion: paddock/v1\nkind: Policy\nmetadata: {}\n"),
              ElementsAre("p:3:11: metadata.name: is missing"));
  EXPECT_THAT(policy_problems("apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: ../x}\n"),
              ElementsAre(HasSubstr("p:3:18: metadata.name: expected a name")));
}

struct BadBody {
  const char* body;
  const char* problem;
};

class PolicyFileRefuses : public testing::TestWithParam<BadBody> {};

TEST_P(PolicyFileRefuses, ThisOneMistake) {
  EXPECT_THAT(body_problems(GetParam().body), ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    All, PolicyFileRefuses,
    testing::Values(
        BadBody{"resources: [a]\n", "p:4:12: resources: expected a map, found a list"},
        BadBody{"resources: {memory: 4GiB}\n", "resources.memory: expected a map, found '4GiB'"},
        BadBody{"resources: {memory: {max: [1]}}\n", "resources.memory.max: expected a value, found a list"},
        BadBody{"resources: {memory: {max: 5K}}\n", "5.0 KiB is not from 1.0 MiB"},
        BadBody{"resources: {memory: {max: 1G, high: 2G}}\n", "resources.memory: 'high' is above 'max'"},
        BadBody{"resources: {cpu: {weight: 0}}\n", "resources.cpu.weight: 0 is not from 1 to 10000"},
        BadBody{"resources: {cpu: {weight: 10001}}\n", "10001 is not from 1 to 10000"},
        BadBody{"resources: {pids: {max: 0}}\n", "0 is not from 1 to"},
        BadBody{"resources: {pids: {max: 1e3}}\n", "'1e3' is not a whole number"},
        BadBody{"resources: {pids: {max: 99999999999999999999}}\n", "not a number this program can hold"},
        BadBody{"resources: {pids: {max: }}\n", "expected a value, found nothing"},
        BadBody{"restart: {on: sometimes}\n", "restart.on: expected never, failure or always, found 'sometimes'"},
        BadBody{"restart: {max: -1}\n", "'-1' is not a whole number"},
        BadBody{"restart: {within: 10}\n", "'10' is not a duration"},
        BadBody{"restart: {backoff: {factor: 0.5}}\n", "restart.backoff.factor: 0.5 is not from 1 to 100"},
        BadBody{"restart: {backoff: {factor: .inf}}\n", "expected a number, found '.inf'"},
        BadBody{"restart: {backoff: {jitter: 2}}\n", "restart.backoff.jitter: 2 is not from 0 to 1"},
        BadBody{"restart: {backoff: {first: 2m}}\n", "'max' is shorter than 'first'"},
        BadBody{"approvals: {default: yes}\n", "approvals.default: expected ask, allow or deny, found 'yes'"},
        BadBody{"approvals: {rules: {tool: Read}}\n", "approvals.rules: expected a list, found a map"},
        BadBody{"approvals: {rules: [Read]}\n", "approvals.rules[0]: expected a map, found 'Read'"},
        BadBody{"approvals: {rules: [{tool: Read}]}\n", "approvals.rules[0].decision: is missing"},
        BadBody{"approvals: {rules: [{decision: allow}]}\n", "names neither 'tool' nor 'command'"},
        BadBody{"approvals: {rules: [{tool: \"(\", decision: ask}]}\n", "approvals.rules[0]: '(' is not a pattern for"},
        BadBody{"budget: {cost: five}\n", "budget.cost: 'five' is not an amount in dollars such as 5.00"},
        BadBody{"budget: {cost: 1.0000001}\n", "'1.0000001' is not an amount in dollars"},
        BadBody{"budget: {tokens: 0}\n", "budget.tokens: 0 is not from 1"},
        BadBody{"budget: {per: day}\n", "budget.per: expected session, found 'day'"},
        BadBody{"environment: {pass: [A-B]}\n",
                "environment.pass[0]: 'A-B' is not the name of an environment variable"},
        BadBody{"environment: {set: {1A: b}}\n", "'1A' is not the name of an environment variable"},
        BadBody{"environment: {set: {A: [b]}}\n", "environment.set.A: expected a text, found a list"},
        BadBody{"environment: {secrets: {A: hunter2}}\n", "environment.secrets.A: expected 'file:'"},
        BadBody{"environment: {secrets: {A: file:relative}}\n", "environment.secrets.A: expected 'file:'"},
        BadBody{"environment: {set: {A: b}, secrets: {A: file:/x}}\n", "stands in 'environment.set' as well"},
        BadBody{"notify: {sleeping: [desktop]}\n", "notify.sleeping: is not a state"},
        BadBody{"notify: {exited: [mail]}\n", "'mail' is not 'desktop' or 'webhook:NAME'"},
        BadBody{"notify: {exited: desktop}\n", "notify.exited: expected a list, found 'desktop'"},
        BadBody{"sandbox: {profile: strict}\n", "expected off, read-only or workspace-write"},
        BadBody{"sandbox: {network: off}\n", "expected allow, loopback or deny"},
        BadBody{"launch: {yolo: true}\n", "launch.yolo: expected allow or deny, found 'true'"},
        BadBody{"launch: {adapters: [\"../evil\"]}\n", "launch.adapters[0]: expected a name"}));

TEST(PolicyFile, ProcessorTimeCanBeGivenInCores) {
  const auto set = parse_policies(std::string(kPolicyHead) + "resources: {cpu: {max: 1.5}}\n", "p").value();
  EXPECT_EQ(set.policies.at("x").resources.cpu_percent, 150U);
}

TEST(PolicyFile, TooManyRulesAreRefused) {
  std::string body = "approvals:\n  rules:\n";
  for (int i = 0; i < 1001; ++i) body += "    - {tool: Read, decision: allow}\n";
  EXPECT_THAT(body_problems(body), ElementsAre(HasSubstr("approvals.rules: has more than 1000 elements")));
}

TEST(FleetFile, IsReadWhole) {
  const auto set = parse_policies(R"(apiVersion: paddock/v1
kind: Fleet
metadata: {name: machine}
resources: {memory: {max: 16GiB}}
sessions: {max: 64, working: 8}
admission: {memory_pressure: 20%, cpu_pressure: 60%}
idle: {freeze_after: 30m, stop_after: 8h}
)",
                                  "f")
                       .value();
  EXPECT_EQ(set.fleet.resources.memory_max, gib(16));
  EXPECT_EQ(set.fleet.sessions_max, 64U);
  EXPECT_EQ(set.fleet.sessions_working, 8U);
  EXPECT_EQ(set.fleet.memory_pressure_percent, 20U);
  EXPECT_EQ(set.fleet.cpu_pressure_percent, 60U);
  EXPECT_EQ(set.fleet.idle_freeze_after, 30min);
  EXPECT_EQ(set.fleet.idle_stop_after, 8h);
  EXPECT_TRUE(set.policies.contains("default"));
}

TEST(FleetFile, TellsEveryMistakeAtOnce) {
  EXPECT_THAT(policy_problems("apiVersion: paddock/v1\nkind: Fleet\nsessions: {max: 4, working: 8}\n"
                              "admission: {memory_pressure: 20, cpu_presure: 101%}\nidle: never\n"),
              ElementsAre("p:3:11: sessions: 'working' is above 'max'",
                          "p:4:30: admission.memory_pressure: '20' is not a percentage from 0% to 100%",
                          "p:4:34: admission.cpu_presure: is not a known key; did you mean 'cpu_pressure'?",
                          "p:5:7: idle: expected a map, found 'never'"));
}

}  // namespace
}  // namespace paddock::config
