// Starting a session: what the caller gets, and that a refused start leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bench.hpp"

namespace paddock::control::testing {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostStart : public ::testing::Test {
 protected:
  HostStart() { bench.boot(); }

  void expect_nothing_left() {
    EXPECT_THAT(bench.store.records(), IsEmpty());
    EXPECT_THAT(bench.store.all_events(), IsEmpty());
    EXPECT_THAT(bench.world.groups, IsEmpty());
    EXPECT_TRUE(bench.host->sessions({})->items.empty());
    const fs::path sessions = bench.settings.state_dir / "sessions";
    EXPECT_TRUE(!fs::exists(sessions) || fs::is_empty(sessions));
  }

  Bench bench;
};

TEST_F(HostStart, AnswersTheSessionAsStarting) {
  const Answer answer = bench.start(request("say hello"));

  EXPECT_EQ(answer.body.at("state"), "starting");
  EXPECT_EQ(answer.body.at("adapter"), "agent");
  EXPECT_EQ(answer.body.at("adapter_version"), "1.2.3");
  EXPECT_FALSE(answer.replayed);
}

TEST_F(HostStart, IsListedAndOnDiskWhenAnswered) {
  const Answer answer = bench.start(request("say hello"));

  EXPECT_THAT(bench.host->sessions({})->items, SizeIs(1));
  EXPECT_THAT(bench.store.records(), SizeIs(1));
}

TEST_F(HostStart, ShowsNoEventThatIsNotOnDisk) {
  bench.world.on_launch = OnLaunch::run_to_end;
  bool answered = false;
  boost::asio::co_spawn(bench.io, bench.host->start_session(request("x"), ""),
                        [&](const std::exception_ptr&, const base::Result<Answer>&) { answered = true; });
  bench.until([&] { return bench.store.commits() == 1; });
  bench.store.hold();  // the row is there; the events of a quick agent are not
  bench.until([&] { return answered; });
  bench.settle();
  const std::string id = bench.store.records().begin()->first.str();
  EXPECT_EQ(bench.record(id).state, session::State::starting);

  bench.store.release();
  bench.until([&] { return bench.record(id).state == session::State::exited; });
}

TEST_F(HostStart, TellsTheRunnerEverythingItNeeds) {
  session::Request wish = request("say hello");
  wish.env["GREETING"] = "hi";
  wish.args = {"--fast"};
  bench.start(wish);

  const session::Launch& launch = *bench.world.runner().launch;
  EXPECT_EQ(launch.adapter_id, "agent");
  EXPECT_EQ(launch.adapter_request.at("prompt"), "say hello");
  EXPECT_EQ(launch.adapter_request.at("args"), (json::array{"--fast"}));
  EXPECT_THAT(launch.environment, Contains("GREETING=hi"));
  EXPECT_EQ(launch.adapter_request.at("env").at("GREETING"), true);
  EXPECT_FALSE(launch.cgroup.empty());
  EXPECT_TRUE(fs::is_directory(launch.workdir));
}

TEST_F(HostStart, KeepsTheWorkingDirectoryAskedFor) {
  session::Request wish = request("look around");
  wish.workdir = bench.scratch.path().string();

  EXPECT_EQ(bench.start(wish).body.at("workdir").get_string(), bench.scratch.path().string());
}

TEST_F(HostStart, PutsTheSessionInAGroupWithThePolicysLimits) {
  policy::Policy small;
  small.resources.memory_max = base::mib(64);
  bench.settings.policies.policies["default"] = small;
  bench.host->replace_policies(bench.settings.policies);
  bench.start(request("work"));

  ASSERT_THAT(bench.world.groups, SizeIs(1));
  EXPECT_EQ(bench.world.groups.begin()->second.memory_max, base::mib(64));
}

TEST_F(HostStart, RefusesAnUnknownAdapter) {
  session::Request wish = request("x");
  wish.adapter = "nobody";

  EXPECT_EQ(bench.try_start(wish).error().code, Errc::not_found);
  expect_nothing_left();
}

TEST_F(HostStart, SaysWhyAnAdapterIsRefused) {
  const auto file = (bench.scratch / "adapters/broken.so").string();
  support::write_file(file, "");
  bench.world.describes[file] = R"({"code": "symbol", "message": "refused 'broken.so': no symbol", "hint": ""})";
  bench.crash();
  bench.boot();
  bench.until([&] { return bench.host->adapters().size() == 2; });
  session::Request wish = request("x");
  wish.adapter = "broken";

  const auto refused = bench.try_start(wish);

  EXPECT_EQ(refused.error().code, Errc::adapter_refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("no symbol"));
}

TEST_F(HostStart, RefusesAnUnknownPolicy) {
  session::Request wish = request("x");
  wish.policy = "nowhere";

  EXPECT_EQ(bench.try_start(wish).error().code, Errc::not_found);
  expect_nothing_left();
}

TEST_F(HostStart, RefusesWhatThePolicyForbids) {
  session::Request wish = request("x");
  wish.yolo = true;

  EXPECT_EQ(bench.try_start(wish).error().code, Errc::policy_denied);
  expect_nothing_left();
}

TEST_F(HostStart, RefusesAModeTheAdapterDoesNotHave) {
  session::Request wish = request("x");
  wish.mode = session::Mode::interactive;

  EXPECT_EQ(bench.try_start(wish).error().code, Errc::unsupported);
  expect_nothing_left();
}

TEST_F(HostStart, RefusesOptionsTheAdapterDoesNotKnow) {
  session::Request wish = request("x");
  wish.options = {{"efort", "low"}, {"turns", 0}};
  const base::Error error = bench.try_start(wish).error();

  EXPECT_EQ(error.code, Errc::invalid_request);
  EXPECT_EQ(error.detail,
            "'/options/efort' is not known here, and 1 more; 'paddock adapter show agent' lists its options");
  ASSERT_THAT(error.errors, SizeIs(2));
  EXPECT_EQ(error.errors[1], (base::FieldError{"/options/turns", "must be at least 1"}));
  expect_nothing_left();
}

TEST(HostStartOfAConfiguredAdapter, TakesItsSettledOptionsFromTheConfigurationAlone) {
  Bench bench;
  std::string& described = bench.world.describes.begin()->second;
  const std::string properties = R"("properties")";
  described.replace(described.find(properties), properties.size(), R"("required":["effort"],"properties")");
  bench.settings.adapter_entries = {{"made", "agent", {{"effort", "low"}}}};
  bench.boot();
  session::Request wish = request("x");
  EXPECT_EQ(bench.try_start(wish).error().errors.at(0), (base::FieldError{"/options/effort", "is missing"}));

  wish.adapter = "made";
  wish.options = {{"effort", "high"}};
  EXPECT_EQ(bench.try_start(wish).error().errors.at(0), (base::FieldError{"/options/effort", "is not known here"}));

  wish.options = {};
  bench.start(wish);
  EXPECT_EQ(bench.world.runner().launch->adapter_request.at("options"), (json::object{{"effort", "low"}}));
}

TEST_F(HostStart, HandsFittingOptionsToTheAdapter) {
  session::Request wish = request("x");
  wish.options = {{"effort", "low"}};
  bench.start(wish);

  EXPECT_EQ(bench.world.runner().launch->adapter_request.at("options"), (json::object{{"effort", "low"}}));
}

TEST_F(HostStart, RefusesAWorkingDirectoryThatIsNotThere) {
  session::Request wish = request("x");
  wish.workdir = "/no/such/folder";
  const auto refused = bench.try_start(wish);

  ASSERT_EQ(refused.error().code, Errc::invalid_request);
  EXPECT_EQ(refused.error().errors.at(0).pointer, "/workdir");
  expect_nothing_left();
}

TEST_F(HostStart, RefusesMoreSessionsThanTheFleetAllows) {
  bench.settings.policies.fleet.sessions_max = 1;
  bench.host->replace_policies(bench.settings.policies);
  bench.start(request("first"));

  EXPECT_EQ(bench.try_start(request("second")).error().code, Errc::too_many);
}

TEST_F(HostStart, RefusesTheNameOfALivingSession) {
  bench.idle_session("ada");
  session::Request wish = request("x");
  wish.name = "ada";

  EXPECT_EQ(bench.try_start(wish).error().code, Errc::already_exists);
}

TEST_F(HostStart, RefusesALimitTheMachineCannotEnforce) {
  policy::Policy soft;
  soft.resources.memory_high = base::mib(64);
  bench.settings.policies.policies["default"] = soft;
  bench.host->replace_policies(bench.settings.policies);

  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::limit_unavailable);
  expect_nothing_left();
}

TEST_F(HostStart, NamesTheLimitThatIsNotEnforcedAtBestEffort) {
  policy::Policy soft;
  soft.resources.memory_high = base::mib(64);
  soft.enforce = policy::Enforce::best_effort;
  bench.settings.policies.policies["default"] = soft;
  bench.host->replace_policies(bench.settings.policies);
  bench.start(request("x"));

  EXPECT_THAT(bench.store.records().begin()->second.unenforced, SizeIs(1));
}

TEST_F(HostStart, SaysThatTheSandboxOfThePolicyIsNotEnforced) {
  policy::Policy& policy = bench.settings.policies.policies["default"];
  policy.sandbox_profile = "read-only";
  policy.sandbox_network = "deny";
  bench.host->replace_policies(bench.settings.policies);
  const Answer answer = bench.start(request("x"));

  EXPECT_EQ(answer.body.at("unenforced"), (json::array{"sandbox.profile: nothing enforces 'read-only' yet",
                                                       "sandbox.network: nothing enforces 'deny' yet"}));
  EXPECT_EQ(bench.host->policy("default")->at("sandbox"),
            (json::object{{"profile", "read-only"}, {"network", "deny"}}));
}

TEST_F(HostStart, SaysNothingOfASandboxThatAllowsEverything) {
  policy::Policy& policy = bench.settings.policies.policies["default"];
  policy.sandbox_profile = "off";
  policy.sandbox_network = "allow";
  bench.host->replace_policies(bench.settings.policies);

  EXPECT_FALSE(bench.start(request("x")).body.contains("unenforced"));
}

TEST_F(HostStart, LeavesNothingWhenTheGroupFails) {
  bench.world.fail_group = true;

  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::limit_unavailable);
  expect_nothing_left();
}

TEST_F(HostStart, LeavesNothingWhenTheRowCannotBeStored) {
  bench.store.fail_next(1);

  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::io);
  expect_nothing_left();
  EXPECT_EQ(bench.world.runners_killed, 1);
}

TEST_F(HostStart, LeavesNothingWhenTheRunnerCannotBeStarted) {
  bench.world.fail_runner = true;

  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::start_failed);
  expect_nothing_left();
}

TEST_F(HostStart, LeavesNothingWhenTheRunnerRefuses) {
  bench.world.on_launch = OnLaunch::refuse;
  const auto refused = bench.try_start(request("x"));

  EXPECT_EQ(refused.error().code, Errc::agent_not_found);
  EXPECT_THAT(refused.error().detail, HasSubstr("'claude'"));
  expect_nothing_left();
}

TEST_F(HostStart, LeavesNothingWhenTheRunnerDies) {
  bench.world.on_launch = OnLaunch::die;

  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::start_failed);
  expect_nothing_left();
}

TEST_F(HostStart, CanBeTriedAgainAfterARefusal) {
  bench.world.on_launch = OnLaunch::die;
  session::Request wish = request("x");
  wish.name = "ada";
  ASSERT_FALSE(bench.try_start(wish, "key-1"));
  bench.world.on_launch = OnLaunch::start;

  const auto second = bench.try_start(wish, "key-1");

  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_FALSE(second->replayed);
}

TEST_F(HostStart, WithTheSameKeyAgainStartsNothing) {
  const Answer first = bench.start(request("x"), "key-1");
  const Answer second = bench.start(request("x"), "key-1");

  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.body, first.body);
  EXPECT_THAT(bench.world.runners, SizeIs(1));
}

TEST_F(HostStart, WithTheSameKeyRemembersAcrossARestart) {
  const Answer first = bench.start(request("x"), "key-1");
  bench.settle();
  bench.crash();
  bench.boot();

  EXPECT_TRUE(bench.start(request("x"), "key-1").replayed);
  EXPECT_THAT(bench.world.runners, SizeIs(1));
}

TEST_F(HostStart, WithTheSameKeyAndAnotherBodyIsAMismatch) {
  bench.start(request("x"), "key-1");

  EXPECT_EQ(bench.try_start(request("y"), "key-1").error().code, Errc::idempotency_mismatch);
  EXPECT_THAT(bench.world.runners, SizeIs(1));
}

TEST_F(HostStart, NeverStoresASecret) {
  const fs::path secret = bench.scratch / "secret";
  support::write_file(secret, "hunter2\n");
  policy::Policy secretive;
  secretive.environment.secrets["API_KEY"] = "file:" + secret.string();
  bench.settings.policies.policies["default"] = secretive;
  bench.host->replace_policies(bench.settings.policies);
  bench.start(request("x"), "key-1");

  EXPECT_THAT(bench.world.runner().launch->environment, Contains("API_KEY=hunter2"));
  const std::string stored = json::serialize(session::to_stored(bench.store.records().begin()->second)) +
                             json::serialize(bench.store.all_actions().begin()->second.body);
  EXPECT_EQ(stored.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace paddock::control::testing
