// The journal makes the same events again, also when it was cut.
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "daemon_end.hpp"
#include "link/journal.hpp"
#include "support/scratch.hpp"

namespace paddock::runner {
namespace {
using Events = std::vector<event::Event>;

TEST(RunnerReplay, GivesExactlyWhatWasSent) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "200", "err", "x", "read", "bytes", "100000", "exit", "3"});
  EXPECT_EQ(link.ask({std::nullopt, "prompt", "", {{"text", "go"}}, ""}).state, "applied");
  link.gather_all();
  EXPECT_EQ(rig.replay(), as_lines(link.events()));
}

TEST(RunnerReplay, GivesOnlyWhatIsAskedFor) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "5", "exit", "0"});
  link.gather_all();
  const auto whole = as_lines(link.events());
  EXPECT_EQ(rig.replay(4), std::vector(whole.begin() + 4, whole.end()));
  EXPECT_TRUE(rig.replay(1000).empty());
}

TEST(RunnerReplay, IsTheSameWhenTheAdapterHadBeenKilled) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "50", "read", "say", "unseen", "exit", "0"});
  link.gather([](const Events& events) { return messages_in(events) >= 50; });
  ASSERT_EQ(::kill(rig.adapter_pid(), SIGKILL), 0);
  link.gather([](const Events& events) { return has_state(events, "unknown"); });
  EXPECT_EQ(link.ask({std::nullopt, "prompt", "", {{"text", "go"}}, ""}).state, "applied");
  link.gather_all();
  EXPECT_EQ(rig.replay(), as_lines(link.events()));
}

TEST(RunnerReplay, IsTheSameWhenTheAdapterDiedInTheMiddleOfMuchOutput) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"lines", "100000", "exit", "0"});
  link.gather([](const Events& events) { return messages_in(events) >= 100; });
  ASSERT_EQ(::kill(rig.adapter_pid(), SIGKILL), 0);
  link.gather_all();
  EXPECT_TRUE(told_adapter_failed(link.events()));
  EXPECT_EQ(rig.replay(), as_lines(link.events()));
}

TEST(RunnerReplay, OfAJournalCutAnywhereGivesABeginningOfTheEvents) {
  RunnerRig rig;
  DaemonEnd& link = rig.start({"say", "a", "exit", "0"});
  link.gather_all();
  const auto whole = as_lines(link.events());
  const std::string journal = support::read_file(rig.session_dir() / "journal");
  std::size_t last = 0;
  for (std::size_t cut = journal.size() - 200; cut <= journal.size(); cut += 7) {
    support::write_file(rig.session_dir() / "journal", journal.substr(0, cut));
    const auto again = rig.replay();
    ASSERT_LE(again.size(), whole.size());
    EXPECT_GE(again.size(), last);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), whole.begin())) << "cut at " << cut;
    last = again.size();
  }
  support::write_file(rig.session_dir() / "journal", journal);
  EXPECT_EQ(rig.replay(), whole);
}

}  // namespace
}  // namespace paddock::runner
