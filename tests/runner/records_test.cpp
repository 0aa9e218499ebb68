// Every input comes back from the journal as it was.
#include "runner/records.hpp"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "session/terminal.hpp"

namespace paddock::runner {
namespace {
namespace input = session::input;
namespace json = boost::json;

template <class Kind>
Kind and_back(Kind kind) {
  const Written written = to_record(kind);
  const auto back = to_input({written.type, written.channel, 0, 0, written.payload});
  EXPECT_TRUE(back) << back.error().detail;
  return std::get<Kind>(*back);
}

TEST(Records, OfEveryInputComeBack) {
  EXPECT_EQ(and_back(input::Started{7}).pid, 7);
  EXPECT_EQ(and_back(input::Eof{event::Channel::err}).channel, event::Channel::err);
  (void)and_back(input::Tick{});
  EXPECT_EQ(and_back(input::InputTaken{99}).total, 99U);
  EXPECT_EQ(and_back(input::InputLost{"why"}).why, "why");
  EXPECT_EQ(and_back(input::Fact{"oom_kill", {{"count", 1}}}).numbers, (json::object{{"count", 1}}));
  const auto exited = and_back(input::Exited{std::nullopt, 9, {{"oom_kills", 2}}});
  EXPECT_EQ(exited.signal, 9);
  EXPECT_EQ(exited.code, std::nullopt);
  const input::Command command{base::ActionId::make(), "answer", "r", {{"decision", "deny"}}, "stopped"};
  const auto again = and_back(command);
  EXPECT_EQ(again.action, command.action);
  EXPECT_EQ(again.body, command.body);
  EXPECT_EQ(again.ref, "r");
}

TEST(Records, OfOutputKeepTheChannel) {
  const Written written = to_record(input::Output{event::Channel::pty, "x"});
  EXPECT_EQ(written.type, link::journal::Type::output);
  EXPECT_TRUE(written.payload.empty());
  const auto back = to_input({written.type, written.channel, 0, 0, "bytes"});
  EXPECT_EQ(std::get<input::Output>(*back).bytes, "bytes");
}

TEST(Records, OfALaunchSayWhichTerminalItHad) {
  session::Launch launch;
  launch.session = base::SessionId::make();
  launch.runtime = base::RuntimeId::make();
  session::Plan plan;
  plan.argv = {"/bin/cat"};
  const auto without = setup_of(json::serialize(setup_record(launch, plan)));
  ASSERT_TRUE(without);
  EXPECT_EQ(without->setup.terminal, nullptr);
  plan.pty = true;
  plan.rows = 30;
  plan.cols = 100;
  const auto with = setup_of(json::serialize(setup_record(launch, plan)));
  ASSERT_TRUE(with);
  ASSERT_NE(with->setup.terminal, nullptr);
  EXPECT_EQ(*with->setup.terminal, (session::TerminalSetup{30, 100}));
}

TEST(Records, ThatMakeNoSenseAreCorrupt) {
  EXPECT_FALSE(to_input({link::journal::Type::command, event::Channel::none, 0, 0, "{"}));
  EXPECT_FALSE(to_input({link::journal::Type(77), event::Channel::none, 0, 0, "{}"}));
  EXPECT_FALSE(setup_of("[]"));
  EXPECT_FALSE(failure_of("x"));
}

TEST(Records, OfTheSetupHaveNoSecretsAndNoEnvironment) {
  session::Launch launch;
  launch.session = base::SessionId::make();
  launch.runtime = base::RuntimeId::make();
  launch.adapter_id = "exec";
  launch.environment = {"TOKEN=hush"};
  launch.secrets = {{"KEY", "hush"}};
  launch.timeouts.total = std::chrono::seconds(5);
  session::Plan plan;
  plan.argv = {"/usr/bin/agent", "x"};
  plan.secret = {{"KEY", "KEY"}};
  plan.stop = {session::Rung{"bye", true, 2, false, std::chrono::milliseconds(7)}};
  const std::string text = json::serialize(setup_record(launch, plan));
  EXPECT_EQ(text.find("hush"), std::string::npos);
  const auto back = setup_of(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->setup.program, "agent");
  EXPECT_EQ(back->setup.stop, plan.stop);
  EXPECT_EQ(back->setup.timeouts, launch.timeouts);
  EXPECT_EQ(back->setup.session, launch.session);
}

TEST(Records, OfAFailureSayWhichCall) {
  const auto failure = failure_of(failure_payload(12, "hang", "too long"));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->call, 12U);
  EXPECT_EQ(failure->code, "hang");
}

}  // namespace
}  // namespace paddock::runner
