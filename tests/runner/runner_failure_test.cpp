// What happens when the adapter fails: the agent goes on, and everything is still recorded.
#include <csignal>

#include <gtest/gtest.h>

#include "daemon_end.hpp"
#include "link/journal.hpp"
#include "support/scratch.hpp"

namespace paddock::runner {
namespace {
using Events = std::vector<event::Event>;

/// All bytes of the agent's output in the journal.
std::string recorded(const RunnerRig& rig) {
  std::string out;
  auto reader = link::journal::Reader::open(rig.session_dir() / "journal");
  while (const auto record = reader->next()) {
    if (record->type == link::journal::Type::output) out += record->payload;
  }
  return out;
}

TEST(RunnerRawMode, BeginsAtOnceWhenTheAdapterDies) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "read", "exit", "0"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  ASSERT_GT(rig.adapter_pid(), 0);
  ASSERT_EQ(::kill(rig.adapter_pid(), SIGKILL), 0);
  link.gather([](const Events& events) { return has_state(events, "unknown"); });
  EXPECT_TRUE(told_adapter_failed(link.events()));

  EXPECT_EQ(link.ask({std::nullopt, "prompt", "", {{"text", "one"}}, ""}).state, "applied");
  EXPECT_EQ(link.ask({std::nullopt, "prompt", "", {{"text", "two"}}, ""}).state, "applied");
  link.gather_all();

  EXPECT_EQ(recorded(rig), "read: one\nread: two\n");
  EXPECT_EQ(link.events().back().data.at("exit").at("reason").as_string(), "completed");
  EXPECT_EQ(last_data(link, event::Kind::outcome).at("result").as_string(), "unknown");
  EXPECT_TRUE(without_holes(link.events()));
}

TEST(RunnerRawMode, BeginsWhenTheAdapterHangs) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"read", "say", "more", "read"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  ASSERT_EQ(::kill(rig.adapter_pid(), SIGSTOP), 0);
  link.send(link::Command{std::nullopt, "prompt", "", {{"text", "go"}}, ""});
  link.gather([](const Events& events) { return has_state(events, "unknown"); });

  EXPECT_EQ(last_data(link, event::Kind::error).at("failure").as_string(), "hang");
  EXPECT_EQ(link.ask({std::nullopt, "kill", "", {}, ""}).state, "applied");
}

TEST(RunnerRawMode, StillStopsPolitely) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"drain", "exit", "0"});
  link.gather([](const Events& events) { return has_state(events, "working"); });
  ASSERT_EQ(::kill(rig.adapter_pid(), SIGKILL), 0);
  link.gather([](const Events& events) { return has_state(events, "unknown"); });
  EXPECT_EQ(link.ask({std::nullopt, "stop", "", {}, ""}).state, "applied");
  EXPECT_EQ(link.events().back().data.at("exit").at("code").to_number<int>(), 0);
}

TEST(RunnerRecords, ALineOfTwentyMebibytes) {
  RunnerRig rig;
  constexpr std::size_t kBytes = 20U << 20U;
  DaemonEnd& link = rig.start({"bytes", std::to_string(kBytes), "say", "after", "exit", "0"});
  link.gather_all();
  EXPECT_EQ(recorded(rig).size(), kBytes + 1 + 6);
  EXPECT_EQ(messages(link).back(), "after");
  EXPECT_TRUE(without_holes(link.events()));
}

TEST(RunnerRecords, BytesThatAreNoText) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"raw", "ff00c328650a", "say", "after", "exit", "0"});
  link.gather_all();
  EXPECT_EQ(recorded(rig), std::string("\xff\x00\xc3\x28\x65\x0a", 6) + "after\n");
  EXPECT_EQ(messages(link).back(), "after");
  EXPECT_FALSE(told_adapter_failed(link.events()));
}

}  // namespace
}  // namespace paddock::runner
