// What a daemon gets over the link, also when it goes away and comes back.
#include <gtest/gtest.h>

#include "daemon_end.hpp"
#include "link/socket.hpp"
#include "support/scratch.hpp"

namespace paddock::runner {
namespace {
using Events = std::vector<event::Event>;

TEST(RunnerLink, TellsTheWholeLifeOfAnAgentWithoutHoles) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"say", "hello", "err", "careful", "exit", "0"});
  ASSERT_TRUE(std::holds_alternative<link::Started>(rig.answer()));
  link.gather_all();

  EXPECT_TRUE(without_holes(link.events()));
  const event::Event& first = link.events().front();
  EXPECT_EQ(first.kind, event::Kind::state);
  EXPECT_EQ(first.data.at("state").as_string(), "starting");
  EXPECT_EQ(first.data.at("version").to_number<int>(), 1);
  EXPECT_EQ(first.data.at("pid").to_number<int>(), rig.agent_pid());
  EXPECT_EQ(first.data.at("adapter").as_string(), "exec");
  const event::Event& last = link.events().back();
  EXPECT_EQ(last.data.at("state").as_string(), "exited");
  EXPECT_EQ(last.data.at("exit").at("reason").as_string(), "completed");
  EXPECT_EQ(link.events()[link.events().size() - 2].kind, event::Kind::outcome);
  EXPECT_EQ(last_data(link, event::Kind::outcome).at("reason").as_string(), "completed");
}

TEST(RunnerLink, LeavesWhenTheLastEventIsAcknowledged) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"exit", "0"});
  link.gather([](const Events& events) { return has_state(events, "exited"); });
  link.ack();

  EXPECT_TRUE(link.wait_for_end());
  EXPECT_EQ(rig.wait_for_runner(), 0);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(rig.session_dir()) / "link"))
      << "every later start of the host would look for this runner";
}

TEST(RunnerLink, WaitsForADaemonWhenTheAgentEndedWithoutOne) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "exit", "0"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  link.send(link::Command{std::nullopt, "prompt", "", {{"text", "go"}}, ""});
  link.close();

  auto later = rig.reconnect(0);
  later->gather_all();
  EXPECT_TRUE(without_holes(later->events()));
  EXPECT_TRUE(later->wait_for_end());
}

TEST(RunnerLink, ReconnectedAfterAnyEventGivesExactlyTheRest) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "8", "read"});
  link.gather([](const Events& events) { return events.size() >= 11; });
  const auto whole = as_lines(link.events());
  link.close();

  for (std::uint64_t after = 0; after <= whole.size(); ++after) {
    // Without an acknowledgement everything is kept, so a daemon may ask for any place it knows. But
    // "after" itself acknowledges: rising order is what a daemon does.
    auto later = rig.reconnect(after);
    later->gather([&](const Events& events) { return events.size() >= whole.size() - after; });
    EXPECT_EQ(as_lines(later->events()), std::vector(whole.begin() + std::ptrdiff_t(after), whole.end())) << after;
  }
}

TEST(RunnerLink, ANewDaemonReplacesTheOldOne) {
  RunnerRig rig;
  DaemonEnd& old = rig.start({"say", "one", "read"});
  old.gather([](const Events& events) { return events.size() >= 4; });
  auto later = rig.reconnect(0);
  EXPECT_FALSE(old.wait_for_end());
  const auto result = later->ask({std::nullopt, "kill", "", {}, ""});
  EXPECT_EQ(result.state, "applied");
}

TEST(RunnerLink, ForgetsNothingThatWasMadeWhileNobodyListened) {
  constexpr int kLines = 20'000;
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "lines", std::to_string(kLines), "truth", (rig.folder() / "truth").string(),
                               "done", "say", "over", "read"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  link.ack();
  const std::uint64_t seen = link.events().back().number;
  link.send(link::Command{std::nullopt, "prompt", "", {{"text", "go"}}, ""});
  link.close();

  // The agent blocks in its last `read` only after everything was written; a later daemon sees it all.
  auto later = rig.reconnect(seen);
  later->gather([&](const Events& events) {
    later->ack();
    return !events.empty() && events.back().data.contains("text") && events.back().data.at("text") == "over";
  });
  EXPECT_TRUE(without_holes(later->events(), seen + 1));
  const auto said = messages(*later);
  ASSERT_EQ(said.size(), std::size_t(kLines) + 2);
  EXPECT_EQ(said[1], "line 1");
  EXPECT_EQ(said[kLines], "line " + std::to_string(kLines));
}

TEST(RunnerLink, ReplaysFromTheJournalWhatItHadToDropFromMemory) {
  constexpr int kLines = 20'000;
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "lines", std::to_string(kLines), "exit", "0"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  const std::uint64_t seen = link.events().back().number;
  link.send(link::Command{std::nullopt, "prompt", "", {{"text", "go"}}, ""});
  link.close();
  // The last record is written after the last event was made, and nobody was there to take any.
  rig.wait_for_record([](const auto& record) { return record.type == link::journal::Type::closed; });

  for (int round = 0; round < 2; ++round) {  // the second daemon asks for the same again
    auto later = rig.reconnect(seen);
    later->gather([&](const Events& events) { return events.size() >= kLines + 1; });
    EXPECT_TRUE(without_holes(later->events(), seen + 1));
    EXPECT_EQ(messages(*later)[kLines], "line " + std::to_string(kLines));
    later->close();
  }
}

TEST(RunnerLink, HoldsTheAgentBackRatherThanDropAnEvent) {
  constexpr std::size_t kLines = 200'000;    // 2.3 MB: more than the runner takes before it waits
  constexpr std::size_t kSurely = 32 << 10;  // less than the 4,096 events it holds at least
  RunnerRig rig;
  const std::string truth = rig.folder() / "truth";
  DaemonEnd& link = rig.start({"lines", std::to_string(kLines), "truth", truth, "written", "exit", "0"});
  // Nothing is read or acknowledged until the runner has taken what it surely takes; then all of it.
  std::size_t bytes = 0;
  rig.wait_for_record([&](const auto& record) {
    if (record.type == link::journal::Type::output) bytes += record.payload.size();
    return bytes >= kSurely;
  });
  EXPECT_FALSE(std::filesystem::exists(truth)) << "the agent could write on though nobody took its events";
  link.gather_all();
  EXPECT_TRUE(without_holes(link.events()));
  EXPECT_EQ(messages(link).size(), kLines);
}

TEST(RunnerLink, RefusesADaemonOfAnotherSession) {
  RunnerRig rig;
  DaemonEnd& first = rig.start({"read"});
  auto socket = link::connect(rig.session_dir());
  ASSERT_TRUE(socket);
  DaemonEnd stranger(std::move(*socket));
  stranger.send(link::Hello{link::version, base::SessionId::make(), 0});
  EXPECT_FALSE(stranger.wait_for_end());
  EXPECT_EQ(first.ask({std::nullopt, "kill", "", {}, ""}).state, "applied");
}

}  // namespace
}  // namespace paddock::runner
