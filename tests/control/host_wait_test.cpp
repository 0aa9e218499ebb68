// Waiting, forgetting, tokens: the rest of what a host is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bench.hpp"
#include "control/tool.hpp"

namespace paddock::control::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using session::State;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostWait : public ::testing::Test {
 protected:
  HostWait() {
    bench.boot();
    id = bench.idle_session("ada");
  }
  FakeRunner& runner() { return bench.world.runner_of(id); }

  Bench bench;
  std::string id;
};

TEST_F(HostWait, AnswersAtOnceWhenTheStateIsThere) {
  const auto reached = bench.run(bench.host->wait("ada", {State::idle}, std::nullopt, 0ms));

  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(reached->at("state"), "idle");
}

TEST_F(HostWait, AnswersWhenTheStateComes) {
  std::vector<std::string> states;
  for (int i = 0; i < 50; ++i) {
    boost::asio::co_spawn(bench.io, bench.host->wait(id, {State::blocked, State::exited}, std::nullopt, 60s),
                          [&](const std::exception_ptr&, base::Result<json::object> reached) {
                            states.emplace_back(reached.value().at("state").as_string());
                          });
  }
  bench.settle();
  EXPECT_THAT(states, IsEmpty());
  runner().state("working");
  runner().state("blocked", "approval");

  bench.until([&] { return states.size() == 50; });
  EXPECT_THAT(states, ::testing::Each("blocked"));
}

TEST_F(HostWait, WithAVersionOnlyALaterStateCounts) {
  const std::uint64_t version = bench.record(id).state_version;
  bool reached = false;
  boost::asio::co_spawn(
      bench.io, bench.host->wait(id, {State::idle}, version, 60s),
      [&](const std::exception_ptr&, const base::Result<json::object>& answer) { reached = answer.has_value(); });
  bench.settle();
  EXPECT_FALSE(reached);
  runner().state("working");
  runner().state("idle");

  bench.until([&] { return reached; });
}

TEST_F(HostWait, EndsWithTimeout) {
  EXPECT_EQ(bench.run(bench.host->wait(id, {State::exited}, std::nullopt, 1ms)).error().code, Errc::timeout);
}

TEST_F(HostWait, OfAnUnknownSessionIsNotFound) {
  EXPECT_EQ(bench.run(bench.host->wait("bob", {State::idle}, std::nullopt, 1s)).error().code, Errc::not_found);
}

TEST_F(HostWait, ALivingSessionCannotBeForgotten) {
  EXPECT_EQ(bench.run(bench.host->remove_session(id)).error().code, Errc::wrong_state);
  EXPECT_THAT(bench.host->sessions({})->items, SizeIs(1));
}

TEST_F(HostWait, AnEndedSessionIsForgottenWithAllItHad) {
  const fs::path folder = runner().session_dir();
  ASSERT_TRUE(fs::exists(folder));
  runner().exit("completed");
  bench.until([&] { return bench.record(id).state == State::exited; });
  const auto removed = bench.run(bench.host->remove_session("ada"));

  ASSERT_TRUE(removed) << removed.error().detail;
  EXPECT_THAT(bench.host->sessions({})->items, IsEmpty());
  EXPECT_THAT(bench.store.records(), IsEmpty());
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_EQ(bench.host->find("ada").error().code, Errc::not_found);
}

TEST_F(HostWait, ShowsEventsInPages) {
  for (int i = 0; i < 5; ++i) runner().emit(event::Kind::message, {{"text", i}});
  bench.until([&] { return bench.store.all_events().size() == runner().journal.size(); });
  const auto first = bench.host->events("ada", 0, 3);
  ASSERT_THAT(first->items, SizeIs(3));
  const auto rest = bench.host->events("ada", std::stoull(*first->next_page), 100);

  EXPECT_THAT(rest->items, SizeIs(runner().journal.size() - 3));
  EXPECT_FALSE(rest->next_page);
  EXPECT_EQ(first->items[0].at("stream_id").get_string(), bench.store.stream().str());
}

TEST_F(HostWait, TellsAboutItself) {
  const json::object host = bench.host->host();

  EXPECT_EQ(host.at("version"), "0.1.0");
  EXPECT_EQ(host.at("stream_id").get_string(), bench.store.stream().str());
  EXPECT_EQ(host.at("cgroup"), "unified");
  EXPECT_EQ(host.at("sessions").at("living"), 1);
}

TEST_F(HostWait, ShowsAdaptersWithTheirAgents) {
  const auto adapters = bench.run(bench.host->probe_adapters());

  ASSERT_TRUE(adapters);
  ASSERT_THAT(*adapters, SizeIs(1));
  EXPECT_EQ(adapters->at(0).at("id"), "agent");
  EXPECT_EQ(adapters->at(0).at("status"), "loaded");
  EXPECT_EQ(adapters->at(0).at("probe").at("state"), "healthy");
  EXPECT_EQ(bench.host->adapter("nobody").error().code, Errc::not_found);
}

TEST_F(HostWait, DoesNotLookIntoLibrariesThatAreNotAllowed) {
  bench.settings.adapters_allow = {"other"};
  bench.crash();
  bench.boot();

  EXPECT_EQ(bench.host->adapters().at(0).at("status"), "skipped");
}

TEST_F(HostWait, ATokenOpensTheDoorUntilItIsRevoked) {
  const auto token = bench.run(bench.host->create_token("ci", Role::operate));
  ASSERT_TRUE(token) << token.error().detail;
  const std::string secret(token->at("token").as_string());
  EXPECT_EQ(bench.host->role_of(secret), Role::operate);
  ASSERT_THAT(bench.host->tokens(), SizeIs(1));
  EXPECT_FALSE(bench.host->tokens()[0].contains("token"));

  ASSERT_TRUE(bench.run(bench.host->revoke_token(std::string(token->at("id").as_string()))));
  EXPECT_EQ(bench.host->role_of(secret), std::nullopt);
  EXPECT_EQ(bench.run(bench.host->revoke_token("tok_none")).error().code, Errc::not_found);
}

TEST_F(HostWait, ATokenWorksAfterARestartAndOnlyItsHashIsKept) {
  const auto token = bench.run(bench.host->create_token("ci", Role::viewer));
  const std::string secret(token->at("token").as_string());
  bench.crash();
  bench.boot();

  EXPECT_EQ(bench.host->role_of(secret), Role::viewer);
  EXPECT_EQ(bench.host->role_of(secret + "x"), std::nullopt);
  EXPECT_NE(bench.store.tokens()->at(0).sha256, secret);
}

TEST_F(HostWait, ATokenNeedsAName) {
  EXPECT_EQ(bench.run(bench.host->create_token("", Role::viewer)).error().code, Errc::invalid_request);
}

class Tool : public ::testing::Test {
 protected:
  ToolOutput run(std::vector<std::string> argv, std::chrono::milliseconds limit = 20s) {
    process::Spec spec;
    spec.program = "/bin/sh";
    spec.argv = {"sh", "-c"};
    spec.argv.insert(spec.argv.end(), argv.begin(), argv.end());
    spec.environment = {"PATH=/usr/bin:/bin"};
    std::optional<ToolOutput> output;
    boost::asio::co_spawn(io, run_tool(spec, limit),
                          [&](const std::exception_ptr&, ToolOutput result) { output = std::move(result); });
    io.restart();
    io.run();
    return output.value();
  }

  boost::asio::io_context io;
};

TEST_F(Tool, CollectsWhatItPrints) {
  const ToolOutput output = run({"echo hello; echo oops >&2"});

  EXPECT_EQ(output.out, "hello\n");
  EXPECT_TRUE(output.complete) << output.problem;
}

TEST_F(Tool, TellsHowItFailed) {
  EXPECT_EQ(run({"echo broken >&2; exit 3"}).problem, "it ended with status 3: broken");
  EXPECT_EQ(run({"kill -9 $$"}).problem, "it was ended by signal 9");
}

TEST_F(Tool, IsKilledWhenItTakesTooLong) {
  const ToolOutput output = run({"echo first; exec sleep 1000"}, 50ms);

  EXPECT_FALSE(output.complete);
  EXPECT_EQ(output.out, "first\n");
  EXPECT_EQ(output.problem, "it took longer than 50ms");
}

TEST_F(Tool, IsKilledWhenItPrintsTooMuch) {
  const ToolOutput output = run({"exec cat /dev/zero"});

  EXPECT_EQ(output.out.size(), 32U << 20U);
  EXPECT_FALSE(output.complete);
}

}  // namespace
}  // namespace paddock::control::testing
