// Killing by reading: who belongs to a session, and that strangers are never hit.
#include "cgroup/sweep.hpp"

#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace paddock::cgroup {

namespace {

using ::testing::ElementsAre;

constexpr pid_t kRunner = 10;
constexpr pid_t kAgent = 20;

ProcessEntry entry(pid_t pid, pid_t parent, pid_t session, char state = 'S') {
  return {pid, parent, session, state, 1};
}

std::vector<pid_t> family(std::vector<ProcessEntry> others, const std::vector<pid_t>& spare = {}) {
  std::vector<ProcessEntry> all = {entry(1, 0, 1), entry(kRunner, 1, 5), entry(kAgent, kRunner, kAgent)};
  all.insert(all.end(), others.begin(), others.end());
  return family_of(all, Kin{kAgent, 1, kRunner, spare});
}

TEST(Family, IsTheLeaderAndItsDescendants) {
  EXPECT_THAT(family({entry(21, kAgent, kAgent), entry(22, 21, 22), entry(23, 22, 23)}), ElementsAre(20, 21, 22, 23));
}

TEST(Family, FindsDescendantsListedBeforeTheirParents) {
  EXPECT_THAT(family({entry(9, 8, 9), entry(8, kAgent, 8)}), ElementsAre(20, 9, 8));
}

TEST(Family, HasMembersOfTheSessionWhoseParentIsGone) {
  EXPECT_THAT(family({entry(30, 1, kAgent)}), ElementsAre(20, 30));
}

TEST(Family, HasOrphansTheRunnerAdopted) { EXPECT_THAT(family({entry(30, kRunner, 30)}), ElementsAre(20, 30)); }

TEST(Family, HasNeitherTheRunnerNorItsOwnSessionNorStrangers) {
  EXPECT_THAT(family({entry(11, kRunner, 5), entry(40, 1, 40), entry(41, 40, 40)}), ElementsAre(20));
}

TEST(Family, SparesWhomItIsToldToAndTheirChildren) {
  EXPECT_THAT(family({entry(30, kRunner, 30), entry(31, 30, 31)}, {30}), ElementsAre(20));
}

TEST(Family, LeavesOutTheDeadButNotTheirChildren) {
  EXPECT_THAT(family({entry(21, kAgent, kAgent, 'Z'), entry(22, 21, 22)}), ElementsAre(20, 22));
}

TEST(Family, HasNoLeaderWhosePidWentToAStranger) {
  const std::vector<ProcessEntry> all = {entry(kRunner, 1, 5), entry(kAgent, 1, kAgent), entry(30, kRunner, 30)};

  EXPECT_THAT(family_of(all, Kin{kAgent, 999, kRunner, {}}), ElementsAre(30));
}

TEST(Family, HasTheSessionOfALeaderThatIsGone) {
  const std::vector<ProcessEntry> all = {entry(kRunner, 1, 5), entry(30, 1, kAgent)};

  EXPECT_THAT(family_of(all, Kin{kAgent, 1, kRunner, {}}), ElementsAre(30));
}

TEST(Entry, IsReadWhateverTheProgramIsCalled) {
  const auto read = parse_entry("7 (a) S 1 (b) S 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 99 21\n");

  ASSERT_TRUE(read);
  EXPECT_EQ(read->pid, 7);
  EXPECT_EQ(read->state, 'S');
  EXPECT_EQ(read->parent, 3);
  EXPECT_EQ(read->session, 5);
  EXPECT_EQ(read->start_time, 99U);
}

TEST(Entry, IsNotGuessed) {
  for (const char* text : {"", "7", "7 (a)", "7 (a) ", "7 (a) S", "7 (a) S 1", "7 (a) S 1 2 3 4 5",
                           "x (a) S 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 99 21",
                           "7 (a) S x 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 99 21"}) {
    EXPECT_FALSE(parse_entry(text)) << text;
  }
}

TEST(AllProcesses, HaveUsAmongThem) {
  const auto all = all_processes();

  const auto self = std::find_if(all.begin(), all.end(), [](const ProcessEntry& e) { return e.pid == ::getpid(); });
  ASSERT_NE(self, all.end());
  EXPECT_EQ(self->parent, ::getppid());
  EXPECT_EQ(self->session, ::getsid(0));
}

/// A child that waits to be killed.
pid_t sleeper() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (;;) ::pause();
  }
  return pid;
}

int signal_of(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Sweep, KillsEverythingListed) {
  const std::vector<pid_t> pids = {sleeper(), sleeper(), sleeper()};

  EXPECT_TRUE(sweep([&] { return std::vector<pid_t>(pids); }));

  for (const pid_t pid : pids) EXPECT_EQ(signal_of(pid), SIGKILL);
}

TEST(Sweep, OfNothingIsDone) {
  EXPECT_TRUE(sweep([] { return std::vector<pid_t>(); }));
}

TEST(Sweep, NeverSignalsAPidThatLeftTheListBeforeItWasPinned) {
  const pid_t stranger = sleeper();
  int asked = 0;

  // Listed once, then no more: as when a member ended and its pid went to a stranger.
  EXPECT_TRUE(sweep([&] { return ++asked == 1 ? std::vector<pid_t>{stranger} : std::vector<pid_t>(); }));

  int status = 0;
  EXPECT_EQ(::waitpid(stranger, &status, WNOHANG), 0);
  ::kill(stranger, SIGKILL);
  signal_of(stranger);
}

TEST(Sweep, GoesOnUntilNothingNewAppears) {
  const std::vector<pid_t> pids = {sleeper(), sleeper(), sleeper()};
  std::size_t shown = 0;

  // One more at each look.
  EXPECT_TRUE(sweep([&] {
    shown = std::min(shown + 1, pids.size());
    return std::vector<pid_t>(pids.begin(), pids.begin() + std::ptrdiff_t(shown));
  }));

  for (const pid_t pid : pids) EXPECT_EQ(signal_of(pid), SIGKILL);
}

TEST(Sweep, GivesUpOnWhatCannotBeKilled) {
  // Beyond the largest possible pid: listed for ever, never there.
  const auto swept = sweep([] { return std::vector<pid_t>{0x3fffffff}; });

  ASSERT_FALSE(swept);
  EXPECT_EQ(swept.error().code, base::Errc::busy);
}

}  // namespace

}  // namespace paddock::cgroup
