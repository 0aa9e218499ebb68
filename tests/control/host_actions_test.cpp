// Acting on sessions: what is carried out, what is refused with which code, and what a repeat does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bench.hpp"

namespace paddock::control::testing {
namespace {

namespace json = boost::json;
using base::Errc;
using event::Kind;
using session::State;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostActions : public ::testing::Test {
 protected:
  HostActions() {
    bench.boot();
    id = bench.idle_session("ada");
  }

  FakeRunner& runner() { return bench.world.runner_of(id); }
  Errc code_of(json::object body, std::string key = {}) {
    const auto answer = bench.act(id, std::move(body), std::move(key));
    EXPECT_FALSE(answer) << "it was carried out";
    return answer ? Errc::internal : answer.error().code;
  }
  void state(std::string_view state, State expected, std::string_view blocked_on = {}) {
    runner().state(state, blocked_on);
    bench.until([&] { return bench.record(id).state == expected; });
  }
  void ask(const std::string& ref, Kind kind = Kind::approval_request) {
    runner().emit(kind, {{"tool", "Bash"}, {"command", "rm x"}}, ref);
    bench.until([&] { return !bench.record(id).approvals.empty(); });
  }

  Bench bench;
  std::string id;
};

TEST_F(HostActions, SendGivesTheAgentThePrompt) {
  const auto answer = bench.act(id, {{"type", "send"}, {"text", "go on"}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("state"), "applied");
  EXPECT_EQ(answer->body.at("session").get_string(), id);
  ASSERT_THAT(runner().commands, SizeIs(1));
  EXPECT_EQ(runner().commands[0].type, "prompt");
  EXPECT_EQ(runner().commands[0].body.at("text"), "go on");
}

TEST_F(HostActions, AnActionIsOnDiskBeforeTheRunnerHearsOfIt) {
  store::Action::State seen = store::Action::State::failed;
  runner().on_command = [&](const link::Command& command) {
    seen = bench.store.all_actions().at(*command.action).state;
    return link::Result{*command.action, "applied", "", "", {}};
  };
  ASSERT_TRUE(bench.act(id, {{"type", "interrupt"}}));

  EXPECT_EQ(seen, store::Action::State::accepted);
}

TEST_F(HostActions, TheAnswerNamesTheEventsItCaused) {
  runner().on_command = [&](const link::Command& command) {
    runner().emit(Kind::message, {{"text", "ok"}}, "", command.action);
    return link::Result{*command.action, "applied", "", "", {runner().journal.size()}};
  };
  const auto answer = bench.act(id, {{"type", "send"}, {"text", "go on"}});

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.at("events"), (json::array{bench.store.all_events().back().seq}));
}

TEST_F(HostActions, AnActionCanBeLookedUpAgain) {
  const auto answer = bench.act(id, {{"type", "send"}, {"text", "go on"}});

  EXPECT_EQ(*bench.host->action(answer->body.at("id").as_string()), answer->body);
  ListQuery query;
  query.filters = {{"session", "ada"}};
  EXPECT_THAT(bench.host->actions(query)->items, SizeIs(1));
  EXPECT_EQ(bench.host->action("act_nonsense").error().code, Errc::not_found);
}

TEST_F(HostActions, AnUnknownSessionIsNotFound) {
  EXPECT_EQ(bench.act("bob", {{"type", "stop"}}).error().code, Errc::not_found);
}

TEST_F(HostActions, NonsenseIsAnInvalidRequest) {
  EXPECT_EQ(code_of({{"type", "dance"}}), Errc::invalid_request);
  EXPECT_EQ(code_of({{"type", "stop"}, {"how", "fast"}}), Errc::invalid_request);
}

TEST_F(HostActions, SendIsBusyWhileTheAgentWorks) {
  state("working", State::working);

  EXPECT_EQ(code_of({{"type", "send"}, {"text", "x"}}), Errc::busy);
  EXPECT_THAT(runner().commands, IsEmpty());
}

TEST_F(HostActions, AnotherRuntimeIsStale) {
  EXPECT_EQ(code_of({{"type", "stop"}, {"expect", {{"runtime_id", "run_X"}}}}), Errc::stale_runtime);
}

TEST_F(HostActions, AnotherStateVersionIsStale) {
  EXPECT_EQ(code_of({{"type", "stop"}, {"expect", {{"state_version", 1}}}}), Errc::stale_state);
  EXPECT_THAT(runner().commands, IsEmpty());
}

TEST_F(HostActions, WhatTheAdapterCannotDoIsUnsupported) {
  runner().on_command = [](const link::Command&) {
    return link::Result{{}, "rejected", "unsupported", "this agent cannot be interrupted", {}};
  };

  EXPECT_EQ(code_of({{"type", "interrupt"}}), Errc::unsupported);
  EXPECT_EQ(bench.store.all_actions().begin()->second.state, store::Action::State::rejected);
}

TEST_F(HostActions, ATerminalIsUnsupportedWithoutOne) {
  EXPECT_EQ(code_of({{"type", "keys"}, {"keys", {"Enter", "Enter"}}}), Errc::unsupported);
}

TEST_F(HostActions, ApproveAnswersTheOpenApproval) {
  ask("a1");
  ASSERT_TRUE(bench.act(id, {{"type", "approve"}, {"ref", "a1"}, {"message", "fine"}}));

  ASSERT_THAT(runner().commands, SizeIs(1));
  EXPECT_EQ(runner().commands[0].type, "answer");
  EXPECT_EQ(runner().commands[0].ref, "a1");
  EXPECT_EQ(runner().commands[0].body, (json::object{{"decision", "allow"}, {"by", "human"}, {"message", "fine"}}));
}

TEST_F(HostActions, AnApprovalCanBeAnsweredOnceOnly) {
  ask("a1");
  runner().on_command = [&](const link::Command& command) {
    runner().emit(Kind::approval_resolved, {{"decision", "deny"}}, "a1", command.action);
    return link::Result{{}, "applied", "", "", {}};
  };
  ASSERT_TRUE(bench.act(id, {{"type", "deny"}, {"ref", "a1"}}));

  EXPECT_EQ(code_of({{"type", "approve"}, {"ref", "a1"}}), Errc::approval_closed);
}

TEST_F(HostActions, TwoWhoApproveAtOnceDoNotBothWin) {
  ask("a1");
  std::optional<base::ActionId> first;
  runner().on_command = [&](const link::Command& command) -> std::optional<link::Result> {
    first = command.action;
    return std::nullopt;  // it takes its time
  };
  bool answered = false;
  boost::asio::co_spawn(bench.io, bench.host->act(id, json::object{{"type", "approve"}, {"ref", "a1"}}, ""),
                        [&](const std::exception_ptr&, const base::Result<Answer>&) { answered = true; });
  bench.until([&] { return first.has_value(); });

  EXPECT_EQ(code_of({{"type", "deny"}, {"ref", "a1"}}), Errc::approval_closed);
  runner().exit("completed");
  bench.until([&] { return answered; });
}

TEST_F(HostActions, AQuestionTakesAnswers) {
  ask("q1", Kind::question);
  ASSERT_TRUE(bench.act(id, {{"type", "answer"}, {"ref", "q1"}, {"answers", {"blue"}}}));

  EXPECT_EQ(runner().commands[0].body.at("answers"), (json::array{json::array{"blue"}}));
}

TEST_F(HostActions, StopSaysThatAPersonWantedIt) {
  ASSERT_TRUE(bench.act(id, {{"type", "stop"}}));

  EXPECT_EQ(runner().commands[0].type, "stop");
  EXPECT_EQ(runner().commands[0].caused_by, "stopped");
}

TEST_F(HostActions, StopIsAppliedWhenTheSessionEndsInsteadOfAnswering) {
  runner().on_command = [&](const link::Command&) {
    runner().exit("stopped");
    return std::nullopt;
  };
  const auto answer = bench.act(id, {{"type", "stop"}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("state"), "applied");
}

TEST_F(HostActions, KillDoesNotNeedTheRunner) {
  runner().on_command = [](const link::Command&) { return std::nullopt; };
  const auto answer = bench.act(id, {{"type", "kill"}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_THAT(bench.world.killed, ::testing::ElementsAre(id));
}

TEST_F(HostActions, NothingCanBeDoneToAnEndedSession) {
  runner().exit("completed");
  bench.until([&] { return bench.record(id).state == State::exited; });

  EXPECT_EQ(code_of({{"type", "send"}, {"text", "x"}}), Errc::wrong_state);
}

TEST_F(HostActions, APromptFailsWhenTheSessionEndsFirst) {
  runner().on_command = [&](const link::Command&) {
    runner().exit("crashed", 1);
    return std::nullopt;
  };

  EXPECT_EQ(code_of({{"type", "send"}, {"text", "x"}}), Errc::wrong_state);
}

TEST_F(HostActions, TheSameRefAgainReturnsTheFirstAnswerAndDoesNothing) {
  const json::object body{{"type", "interrupt"}, {"request_ref", "r1"}};
  const auto first = bench.act(id, body);
  const auto second = bench.act(id, body);

  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->body, first->body);
  EXPECT_THAT(runner().commands, SizeIs(1));
}

TEST_F(HostActions, TheHeadersKeyCountsWhenTheBodyHasNone) {
  ASSERT_TRUE(bench.act(id, {{"type", "interrupt"}}, "key-1"));

  EXPECT_TRUE(bench.act(id, {{"type", "interrupt"}}, "key-1")->replayed);
}

TEST_F(HostActions, TheSameRefWithAnotherBodyIsAMismatch) {
  ASSERT_TRUE(bench.act(id, {{"type", "send"}, {"text", "a"}, {"request_ref", "r1"}}));

  EXPECT_EQ(code_of({{"type", "send"}, {"text", "b"}, {"request_ref", "r1"}}), Errc::idempotency_mismatch);
}

TEST_F(HostActions, TheSameRefOfAnotherTypeIsAnotherAction) {
  ASSERT_TRUE(bench.act(id, {{"type", "interrupt"}, {"request_ref", "r1"}}));

  EXPECT_FALSE(bench.act(id, {{"type", "stop"}, {"request_ref", "r1"}})->replayed);
}

TEST_F(HostActions, ARejectedActionIsRejectedAgain) {
  runner().on_command = [](const link::Command&) { return link::Result{{}, "rejected", "unsupported", "cannot", {}}; };
  EXPECT_EQ(code_of({{"type", "interrupt"}, {"request_ref", "r1"}}), Errc::unsupported);
  EXPECT_EQ(code_of({{"type", "interrupt"}, {"request_ref", "r1"}}), Errc::unsupported);

  EXPECT_THAT(runner().commands, SizeIs(1));
}

TEST_F(HostActions, ARefusedActionCanBeTriedAgain) {
  state("working", State::working);
  EXPECT_EQ(code_of({{"type", "send"}, {"text", "x"}, {"request_ref", "r1"}}), Errc::busy);
  state("idle", State::idle);

  EXPECT_TRUE(bench.act(id, {{"type", "send"}, {"text", "x"}, {"request_ref", "r1"}}));
}

TEST_F(HostActions, TheSameRefAtTheSameTimeIsCarriedOutOnce) {
  std::vector<bool> replayed;
  for (int i = 0; i < 3; ++i) {
    json::object body{{"type", "interrupt"}, {"request_ref", "r1"}};
    boost::asio::co_spawn(
        bench.io, bench.host->act(id, std::move(body), ""),
        [&](const std::exception_ptr&, base::Result<Answer> answer) { replayed.push_back(answer.value().replayed); });
  }
  bench.until([&] { return replayed.size() == 3; });

  EXPECT_EQ(std::ranges::count(replayed, false), 1);
  EXPECT_THAT(runner().commands, SizeIs(1));
}

TEST_F(HostActions, AFullDiskRefusesBeforeAnythingIsDone) {
  bench.store.fail_next(1);

  EXPECT_EQ(code_of({{"type", "interrupt"}}), Errc::io);
  EXPECT_THAT(runner().commands, IsEmpty());
}

TEST_F(HostActions, SetChangesLimitsInTheKernelTheRecordAndTheRunner) {
  const auto answer = bench.act(id, {{"type", "set"}, {"limits", {{"pids_max", 32}}}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("changed"), (json::array{"limits"}));
  EXPECT_EQ(bench.world.groups.at(id).pids_max, 32U);
  EXPECT_EQ(bench.record(id).limits.pids_max, 32U);
  bench.until([&] { return !runner().limits.empty(); });
}

TEST_F(HostActions, SetNamesWhatCannotBeChanged) {
  runner().on_command = [](const link::Command&) {
    return link::Result{{}, "rejected", "unsupported", "the model is fixed", {}};
  };
  const auto answer = bench.act(id, {{"type", "set"}, {"model", "small"}, {"limits", {{"pids_max", 32}}}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("changed"), (json::array{"limits"}));
  EXPECT_EQ(answer->body.at("unchanged").at(0).at("field"), "model");
}

TEST_F(HostActions, SetFailsWhenNothingCouldBeChanged) {
  runner().on_command = [](const link::Command&) {
    return link::Result{{}, "rejected", "unsupported", "the model is fixed", {}};
  };

  EXPECT_EQ(code_of({{"type", "set"}, {"model", "small"}}), Errc::unsupported);
}

TEST_F(HostActions, SetNamesTheModeAsWhatCannotBeChanged) {
  const auto answer = bench.act(id, {{"type", "set"}, {"mode", "interactive"}, {"limits", {{"pids_max", 32}}}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("changed"), (json::array{"limits"}));
  EXPECT_EQ(answer->body.at("unchanged").at(0).at("field"), "mode");
  EXPECT_EQ(answer->body.at("unchanged").at(0).at("code"), "unsupported");
}

TEST_F(HostActions, SetToTheModeThatIsChangesNothingAndSucceeds) {
  const auto answer = bench.act(id, {{"type", "set"}, {"mode", "headless"}});

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body.at("state"), "applied");
  EXPECT_EQ(code_of({{"type", "set"}, {"mode", "interactive"}}), Errc::unsupported);
}

TEST_F(HostActions, SetRefusesAnUnknownPolicy) {
  EXPECT_EQ(code_of({{"type", "set"}, {"policy", "nowhere"}}), Errc::not_found);
}

TEST_F(HostActions, SetPutsAnotherPolicyInForce) {
  bench.settings.policies.policies["strict"].name = "strict";
  bench.host->replace_policies(bench.settings.policies);
  ASSERT_TRUE(bench.act(id, {{"type", "set"}, {"policy", "strict"}}));

  EXPECT_EQ(bench.record(id).policy, "strict");
}

TEST_F(HostActions, QueuedPromptsAreDeliveredInOrderOneForEachIdle) {
  state("working", State::working);
  for (const char* text : {"one", "two"}) {
    const auto answer = bench.act(id, {{"type", "send"}, {"text", text}, {"when", "idle"}});
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->body.at("state"), "queued");
  }
  EXPECT_THAT(runner().commands, IsEmpty());

  state("idle", State::idle);
  bench.until([&] { return runner().commands.size() == 1; });
  bench.settle();
  ASSERT_THAT(runner().commands, SizeIs(1));
  EXPECT_EQ(runner().commands[0].body.at("text"), "one");
  state("working", State::working);
  state("idle", State::idle);
  bench.until([&] { return runner().commands.size() == 2; });
  EXPECT_EQ(runner().commands[1].body.at("text"), "two");
}

TEST_F(HostActions, AQueuedPromptGoesOutAtOnceWhenTheAgentIsIdle) {
  const auto answer = bench.act(id, {{"type", "send"}, {"text", "one"}, {"when", "idle"}});
  bench.until([&] { return !runner().commands.empty(); });
  bench.until([&] { return bench.host->action(answer->body.at("id").get_string())->at("state") == "applied"; });
}

TEST_F(HostActions, QueuedPromptsSurviveARestart) {
  state("working", State::working);
  ASSERT_TRUE(bench.act(id, {{"type", "send"}, {"text", "one"}, {"when", "idle"}}));
  ASSERT_TRUE(bench.act(id, {{"type", "send"}, {"text", "two"}, {"when", "idle"}}));
  bench.crash();
  bench.boot();
  state("idle", State::idle);

  bench.until([&] { return !runner().commands.empty(); });
  EXPECT_EQ(runner().commands[0].body.at("text"), "one");
}

TEST_F(HostActions, QueuedPromptsFailWhenTheSessionEnds) {
  state("working", State::working);
  const auto answer = bench.act(id, {{"type", "send"}, {"text", "one"}, {"when", "idle"}});
  runner().exit("completed");

  bench.until([&] { return bench.host->action(answer->body.at("id").get_string())->at("state") == "failed"; });
}

TEST_F(HostActions, AnInterruptingPromptInterruptsAndGoesFirst) {
  state("working", State::working);
  ASSERT_TRUE(bench.act(id, {{"type", "send"}, {"text", "later"}, {"when", "idle"}}));
  ASSERT_TRUE(bench.act(id, {{"type", "send"}, {"text", "now"}, {"when", "interrupt"}}));
  bench.until([&] { return !runner().commands.empty(); });
  EXPECT_EQ(runner().commands[0].type, "interrupt");
  state("idle", State::idle);

  bench.until([&] { return runner().commands.size() == 2; });
  EXPECT_EQ(runner().commands[1].body.at("text"), "now");
}

TEST_F(HostActions, WhatWasAcceptedButNeverAnsweredIsFailedAfterARestart) {
  runner().on_command = [](const link::Command&) { return std::nullopt; };
  boost::asio::co_spawn(bench.io, bench.host->act(id, json::object{{"type", "interrupt"}}, ""), boost::asio::detached);
  bench.until([&] { return !runner().commands.empty(); });
  const base::ActionId action = *runner().commands[0].action;
  bench.crash();
  bench.boot();

  EXPECT_EQ(bench.host->action(action.str())->at("state"), "failed");
}

TEST_F(HostActions, AStoppingHostRefuses) {
  bench.run(bench.host->stop());

  EXPECT_EQ(code_of({{"type", "stop"}}), Errc::unavailable);
  EXPECT_EQ(bench.try_start(request("x")).error().code, Errc::unavailable);
  EXPECT_TRUE(runner().said_bye);
}

}  // namespace
}  // namespace paddock::control::testing
