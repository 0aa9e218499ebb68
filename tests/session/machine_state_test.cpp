// The state of a session follows from evidence, and is told only when it changes.
#include <csignal>

#include <gtest/gtest.h>

#include "machine_rig.hpp"

namespace paddock::session {
namespace {
using namespace std::chrono_literals;
using States = std::vector<std::string>;

struct Sequence {
  std::string label, output;
  States states;
};
class StateFollows : public testing::TestWithParam<Sequence> {};

TEST_P(StateFollows, FromWhatTheAdapterSays) {
  MachineRig rig;
  rig.adapter = obedient;
  rig.start();
  rig.output(GetParam().output);
  EXPECT_EQ(rig.states(), GetParam().states);
  std::uint64_t version = 0;
  for (const auto* event : rig.of(event::Kind::state))
    EXPECT_EQ(event->data.at("version").to_number<std::uint64_t>(), ++version);
}

constexpr const char* kWorking = "3 - {\"state\":\"working\"}\n";
constexpr const char* kIdle = "3 - {\"state\":\"idle\"}\n";
constexpr const char* kBlockedA = "3 a {\"state\":\"blocked\",\"blocked_on\":\"approval\"}\n";
constexpr const char* kAskA = "8 a {\"tool\":\"Bash\"}\n";
constexpr const char* kAskB = "8 b {\"tool\":\"Edit\"}\n";
constexpr const char* kQuestion = "10 q {\"text\":\"?\"}\n";
constexpr const char* kDoneA = "9 a {\"decision\":\"allow\",\"by\":\"agent\"}\n";
constexpr const char* kDoneB = "9 b {\"decision\":\"deny\",\"by\":\"agent\"}\n";
constexpr const char* kDoneQ = "9 q {\"decision\":\"allow\",\"by\":\"agent\"}\n";
std::string all(std::initializer_list<const char*> parts) {
  std::string out;
  for (const char* part : parts) out += part;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Sequences, StateFollows,
    testing::Values(
        Sequence{"Nothing", "", {"starting"}}, Sequence{"Repeated", all({kIdle, kIdle}), {"starting", "idle"}},
        Sequence{"Turn", all({kWorking, kIdle}), {"starting", "working", "idle"}},
        Sequence{
            "ApprovalUnsaid", all({kWorking, kAskA, kDoneA}), {"starting", "working", "blocked/approval", "working"}},
        Sequence{"ApprovalSaid",
                 all({kWorking, kAskA, kBlockedA, kDoneA, kWorking}),
                 {"starting", "working", "blocked/approval", "working"}},
        Sequence{"SaidBeforeAsked",
                 all({kWorking, kBlockedA, kAskA, kDoneA}),
                 {"starting", "working", "blocked/approval", "working"}},
        Sequence{"TwoApprovals",
                 all({kWorking, kAskA, kAskB, kDoneA, kDoneB}),
                 {"starting", "working", "blocked/approval", "working"}},
        Sequence{
            "WorkingWhileOneIsOpen", all({kWorking, kAskA, kWorking}), {"starting", "working", "blocked/approval"}},
        Sequence{
            "Question", all({kWorking, kQuestion, kDoneQ}), {"starting", "working", "blocked/question", "working"}},
        Sequence{"QuestionThenApproval",
                 all({kWorking, kQuestion, kAskA, kDoneA, kDoneQ}),
                 {"starting", "working", "blocked/question", "blocked/approval", "blocked/question", "working"}},
        Sequence{"UnknownBeatsOpen",
                 all({kWorking, kAskA, "3 - {\"state\":\"unknown\"}\n"}),
                 {"starting", "working", "blocked/approval", "unknown"}},
        Sequence{"IdleAfterTheAnswer",
                 all({kWorking, kAskA, kIdle, kDoneA}),
                 {"starting", "working", "blocked/approval", "idle"}},
        Sequence{"Login", "3 - {\"state\":\"blocked\",\"blocked_on\":\"login\"}\n", {"starting", "blocked/login"}},
        Sequence{"Nonsense", "3 - {\"state\":\"dreaming\"}\n3 - {\"state\":\"exited\"}\n3 - {}\n", {"starting"}}),
    [](const auto& at) { return at.param.label; });

TEST(MachineEvents, CarryRefsFlagsAndBytesThrough) {
  MachineRig rig;
  rig.adapter = [](const AdapterCall& call) {
    AdapterReply reply;
    if (call.kind != AdapterCall::Kind::feed) return reply;
    AdapterEvent piece = say(said::message, R"({"text":"a"})", "m");
    piece.flags = 1;
    piece.begin = 3;
    piece.end = 9;
    reply.events = {piece, say(99, R"({"x":1})"), say(said::message, "not json"), say(said::message, "[1]"),
                    say(said::message, R"({"x":[1e400]})")};
    return reply;
  };
  rig.start();
  rig.output("123456789");
  ASSERT_EQ(rig.events.size(), 6U);
  EXPECT_TRUE(rig.events[1].partial);
  EXPECT_EQ(rig.events[1].ref, "m");
  EXPECT_EQ(rig.events[1].source, (event::Source{event::Channel::out, 3, 9}));
  EXPECT_EQ(rig.events[2].kind, event::Kind::unknown);
  EXPECT_EQ(rig.events[2].data.at("adapter_kind").to_number<int>(), 99);
  EXPECT_EQ(rig.events[3].data.at("what").as_string(), "bad_event");
  EXPECT_EQ(rig.events[4].data.at("what").as_string(), "bad_event");
  EXPECT_EQ(rig.events[5].data.at("what").as_string(), "bad_event");
}

TEST(MachineTimeouts, EndASessionThatDoesNotGetReady) {
  session::Setup setup = MachineRig::setup();
  setup.timeouts.start = 30s;
  MachineRig rig(setup);
  rig.start();
  rig.pass(29s);
  EXPECT_TRUE(rig.signals.empty());
  rig.pass(2s);
  EXPECT_EQ(rig.signals, std::vector<int>{SIGTERM});
  rig.exit(std::nullopt, SIGTERM);
  EXPECT_EQ(rig.reason(), "timeout");
  EXPECT_NE(rig.events.back().data.at("exit").at("detail").as_string().find("30s"), std::string::npos);
}

TEST(MachineTimeouts, OfIdlenessCountFromTheLastWork) {
  session::Setup setup = MachineRig::setup();
  setup.timeouts.idle = 10s;
  MachineRig rig(setup);
  rig.adapter = obedient;
  rig.start();
  rig.output(kIdle);
  rig.pass(9s);
  rig.output(kWorking);
  rig.pass(60s);
  rig.output(kIdle);
  rig.pass(9s);
  EXPECT_TRUE(rig.signals.empty());
  rig.pass(1s);
  EXPECT_EQ(rig.signals.size(), 1U);
}

TEST(MachineTimeouts, AlwaysEndInKill) {
  session::Setup setup = MachineRig::setup();
  setup.timeouts.total = 60s;
  setup.timeouts.stop = 4s;
  MachineRig rig(setup);
  rig.start();
  rig.pass(64s);
  EXPECT_EQ(rig.kills, 1);
  EXPECT_EQ(rig.machine.wake_at_ns(), std::nullopt);
}

TEST(MachineTimer, OfTheAdapterTicksOnceAndCanBeCancelled) {
  MachineRig rig;
  rig.adapter = [](const AdapterCall& call) {
    AdapterReply reply;
    if (call.kind == AdapterCall::Kind::started) reply.wake_at_ns = 5'000'000;
    if (call.kind == AdapterCall::Kind::feed) reply.wake_at_ns = 0;
    return reply;
  };
  rig.start();
  rig.pass(20ms);
  EXPECT_EQ(rig.calls, (std::vector{AdapterCall::Kind::started, AdapterCall::Kind::tick}));
  MachineRig other;
  other.adapter = rig.adapter;
  other.start();
  other.output("x");
  other.pass(20ms);
  EXPECT_EQ(other.calls, (std::vector{AdapterCall::Kind::started, AdapterCall::Kind::feed}));
}

TEST(MachineTurn, ThatWasTheOnlyOneFinishesTheSession) {
  session::Setup setup = MachineRig::setup();
  setup.keep_open = false;
  setup.timeouts.stop = 4s;
  MachineRig rig(setup);
  rig.adapter = obedient;
  rig.start();
  rig.output("2 - {\"phase\":\"begin\"}\n2 - {\"phase\":\"end\",\"outcome\":\"finished\"}\n");
  ASSERT_EQ(rig.commands.size(), 1U);
  EXPECT_EQ(rig.commands.front().command, 5U);
  EXPECT_TRUE(rig.signals.empty());
  rig.pass(5s);  // it stays nevertheless
  EXPECT_EQ(rig.signals, std::vector<int>{SIGTERM});
  rig.exit(std::nullopt, SIGTERM);
  EXPECT_EQ(rig.reason(), "completed");
}

}  // namespace
}  // namespace paddock::session
