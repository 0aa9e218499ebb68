// An adapter that fails at any step, the end of a session, and that a replay is exact.
#include <csignal>

#include <gtest/gtest.h>

#include "machine_rig.hpp"

namespace paddock::session {
namespace {
namespace json = boost::json;

/// A life with everything in it; `fail_at` is the number of the call that fails (0: none).
void live(MachineRig& rig, int fail_at) {
  int call = 0;
  rig.adapter = [&call, fail_at](const AdapterCall& asked) -> std::optional<AdapterReply> {
    return ++call == fail_at ? std::nullopt : obedient(asked);
  };
  rig.start();
  rig.output("2 - {\"phase\":\"begin\"}\n3 - {\"state\":\"working\"}\n");
  rig.output("8 a {\"tool\":\"Bash\"}\n");
  rig.give(input::Command{std::nullopt, "answer", "a", {{"decision", "allow"}}, ""});
  rig.output("8 b {\"tool\":\"Edit\"}\n4 m {\"text\":\"hi\"}\n");
  rig.give(input::Command{std::nullopt, "interrupt", "", {}, ""});
  rig.give(input::Fact{"oom_kill", {{"count", 1}}});
  rig.give(input::Eof{event::Channel::out});
  rig.give(input::Eof{event::Channel::err});
  rig.exit(0);
}

TEST(MachineFailure, AtAnyCallStillGivesOneOutcomeAndOneEnd) {
  MachineRig whole;
  live(whole, 0);
  for (int at = 1; at <= int(whole.calls.size()); ++at) {
    MachineRig rig;
    live(rig, at);
    EXPECT_TRUE(rig.finished) << "failed at call " << at;
    EXPECT_TRUE(rig.machine.raw());
    EXPECT_EQ(rig.of(event::Kind::outcome).size(), 1U);
    EXPECT_EQ(rig.states().back(), "exited");
    EXPECT_EQ(rig.of(event::Kind::error).size(), 1U);
    // Everything that was opened is closed, and nothing more is asked of the adapter.
    EXPECT_EQ(rig.of(event::Kind::approval_request).size(), rig.of(event::Kind::approval_resolved).size());
    EXPECT_EQ(int(rig.calls.size()), at);
    std::uint64_t number = 0;
    for (const event::Event& event : rig.events) EXPECT_EQ(event.number, ++number);
  }
}

TEST(MachineFailure, DeniesWhatIsOpenAndMakesTheStateUnknown) {
  MachineRig rig;
  rig.adapter = obedient;
  rig.start();
  rig.output("3 - {\"state\":\"working\"}\n8 a {\"tool\":\"Bash\"}\n");
  rig.give(input::AdapterFailed{"crash", "its process ended"});
  const auto resolved = rig.of(event::Kind::approval_resolved);
  ASSERT_EQ(resolved.size(), 1U);
  EXPECT_EQ(resolved[0]->data.at("decision").as_string(), "deny");
  EXPECT_EQ(resolved[0]->data.at("by").as_string(), "host");
  EXPECT_EQ(rig.states().back(), "unknown");
  EXPECT_EQ(rig.kills, 0);
}

TEST(MachineFailure, FailsTheCommandThatWasAsked) {
  MachineRig rig;
  rig.start();
  rig.adapter = [](const AdapterCall&) { return std::nullopt; };
  const auto action = rig.command("prompt", "", {{"text", "x"}});
  EXPECT_EQ(rig.report(action)->state, "failed");
  EXPECT_EQ(rig.report(action)->code, "adapter_failed");
}

TEST(MachineRaw, SendsTextAsALineAndInterruptsBySignal) {
  MachineRig rig;
  rig.start();
  rig.give(input::AdapterFailed{"hang", "too slow"});
  const auto sent = rig.command("prompt", "", {{"text", "hello"}});
  EXPECT_EQ(rig.sent, "hello\n");
  rig.give(input::InputTaken{6});
  EXPECT_EQ(rig.report(sent)->state, "applied");
  EXPECT_EQ(rig.report(rig.command("interrupt"))->state, "applied");
  EXPECT_EQ(rig.signals, std::vector<int>{SIGINT});
  EXPECT_EQ(rig.report(rig.command("set"))->code, "unsupported");
  EXPECT_EQ(rig.report(rig.command("finish"))->state, "applied");
  EXPECT_TRUE(rig.input_closed);
  EXPECT_EQ(rig.report(rig.command("prompt", "", {{"text", "late"}}))->code, "wrong_state");
}

TEST(MachineBroken, SaysItselfThatItIs) {
  MachineRig rig;
  rig.adapter = [](const AdapterCall& call) {
    AdapterReply reply;
    if (call.kind == AdapterCall::Kind::feed) reply.status = -4;
    if (call.kind == AdapterCall::Kind::feed) reply.events = {say(said::message, "{}")};
    return reply;
  };
  rig.start();
  rig.output("x");
  EXPECT_TRUE(rig.machine.raw());
  EXPECT_TRUE(rig.of(event::Kind::message).empty());
}

/// Feeds "12345" to an adapter that answers with one message from these bytes of that channel.
void claim(MachineRig& rig, event::Channel channel, std::uint64_t begin, std::uint64_t end) {
  rig.adapter = [=](const AdapterCall& call) {
    AdapterReply reply;
    AdapterEvent event = say(said::message, R"({"text":"a"})");
    event.channel = channel;
    event.begin = begin;
    event.end = end;
    if (call.kind == AdapterCall::Kind::feed) reply.events = {event};
    reply.input = "and this was to be written";
    return call.kind == AdapterCall::Kind::feed ? reply : AdapterReply();
  };
  rig.start();
  rig.output("12345");
}

TEST(MachineLied, AboutBytesThatTheAgentNeverWrote) {
  MachineRig rig;
  claim(rig, event::Channel::out, 2, 6);
  EXPECT_TRUE(rig.machine.raw());
  EXPECT_TRUE(rig.of(event::Kind::message).empty());
  EXPECT_EQ(rig.sent, "");
  ASSERT_EQ(rig.of(event::Kind::error).size(), 1U);
  const json::object& data = rig.of(event::Kind::error)[0]->data;
  EXPECT_EQ(data.at("failure").as_string(), "contract");
  EXPECT_EQ(data.at("text").as_string(),
            "the adapter 'test' failed (contract): an event names the bytes 2 to 6 of 'stdout', of which 5 were read; "
            "the agent goes on, its output is recorded unread");
}

TEST(MachineLied, AboutAChannelThatHasNoBytes) {
  MachineRig rig;
  claim(rig, event::Channel::err, 0, 1);
  EXPECT_TRUE(rig.machine.raw());
}

TEST(MachineLied, NotWhenItNamesTheLastByteOrNone) {
  for (const auto& [channel, end] :
       {std::pair(event::Channel::out, 5), {event::Channel::err, 0}, {event::Channel::none, 9}}) {
    MachineRig rig;
    claim(rig, channel, 0, std::uint64_t(end));
    EXPECT_FALSE(rig.machine.raw()) << event::name(channel);
    EXPECT_EQ(rig.of(event::Kind::message).size(), 1U);
  }
}

TEST(MachineEnd, NamesTheMemoryThatWasNotThere) {
  session::Setup setup = MachineRig::setup();
  setup.limits.memory_max = base::mib(64);
  MachineRig rig(setup);
  std::uint32_t cause = 99;
  rig.adapter = [&cause](const AdapterCall& call) {
    if (call.kind == AdapterCall::Kind::exited) cause = call.cause;
    return obedient(call);
  };
  rig.start();
  rig.exit(std::nullopt, SIGKILL, {{"oom_kills", 1}, {"memory_peak_bytes", 64U << 20U}});
  EXPECT_EQ(rig.reason(), "out_of_memory");
  EXPECT_EQ(cause, 4U);
  EXPECT_EQ(rig.events.back().data.at("exit").at("detail").as_string(), "memory: peak 64.0 MiB of 64.0 MiB, by agent");
  ASSERT_EQ(rig.of(event::Kind::resource).size(), 1U);
  EXPECT_EQ(rig.of(event::Kind::resource)[0]->data.at("kind").as_string(), "oom_kill");
}

TEST(MachineEnd, TellsHowOftenAForkWasRefused) {
  session::Setup setup = MachineRig::setup();
  setup.limits.pids_max = 5;
  MachineRig rig(setup);
  rig.start();
  rig.exit(1, std::nullopt, {{"pids_max_hits", 3}});
  ASSERT_EQ(rig.of(event::Kind::resource).size(), 1U);
  EXPECT_EQ(json::serialize(rig.of(event::Kind::resource)[0]->data), R"({"kind":"pids_limit","count":3,"limit":5})");
}

TEST(MachineEnd, CancelsWhatNobodyAnswered) {
  MachineRig rig;
  rig.adapter = obedient;
  rig.start();
  rig.output("8 a {\"tool\":\"Bash\"}\n");
  rig.exit(1);
  EXPECT_EQ(rig.of(event::Kind::approval_resolved)[0]->data.at("decision").as_string(), "cancelled");
  EXPECT_EQ(rig.states(), (std::vector<std::string>{"starting", "blocked/approval", "exited"}));
}

TEST(MachineEnd, HasOneOutcomeHoweverManyTheAdapterSays) {
  MachineRig rig;
  rig.adapter = [](const AdapterCall& call) {
    AdapterReply reply;
    if (call.kind == AdapterCall::Kind::feed) reply.events = {say(said::outcome, R"({"result":"agent_error"})")};
    if (call.kind == AdapterCall::Kind::exited) reply.events = {say(said::outcome, R"({"result":"success"})")};
    return reply;
  };
  rig.start();
  rig.output("x");
  rig.exit(1);
  EXPECT_EQ(rig.of(event::Kind::outcome).size(), 1U);
  EXPECT_EQ(rig.reason(), "agent_error");
}

TEST(MachineReplay, MakesTheSameEventsAgain) {
  const session::Setup setup = MachineRig::setup();
  for (int fail_at = 0; fail_at < 10; ++fail_at) {
    MachineRig one(setup), two(setup);
    live(one, fail_at);
    live(two, fail_at);
    EXPECT_EQ(one.events, two.events) << "failed at call " << fail_at;
    EXPECT_EQ(one.calls, two.calls);
  }
}

TEST(MachineRecord, FollowsWhatTheMachineSays) {
  MachineRig rig;
  live(rig, 0);
  Record record;
  record.runtime = rig.events.front().runtime;
  for (const event::Event& event : rig.events) apply(record, event);
  EXPECT_EQ(record.state, State::exited);
  EXPECT_EQ(record.exit->reason, ExitReason::completed);
  EXPECT_TRUE(record.approvals.empty());
  EXPECT_EQ(record.last_number, rig.machine.last_number());
}

}  // namespace
}  // namespace paddock::session
