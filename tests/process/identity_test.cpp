// Ends of programs, signals to exactly one process, and telling a process from a later one of its pid.
#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "probe.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using base::Errc;
using test::probe;
using test::read_all;
using test::wait_exit;

Child started(const Spec& spec) {
  auto child = start(spec);
  EXPECT_TRUE(child) << child.error().detail;
  return child ? std::move(*child) : Child();
}

TEST(Reap, TellsTheExitCode) {
  for (const int code : {0, 1, 127, 255}) {
    const Exit exit = wait_exit(started(probe({"exit", std::to_string(code)})));

    EXPECT_EQ(exit.code, code);
    EXPECT_EQ(exit.signal, std::nullopt);
  }
}

TEST(Reap, TellsTheSignal) {
  for (const int signo : {SIGTERM, SIGKILL, SIGSEGV}) {
    const Exit exit = wait_exit(started(probe({"signal", std::to_string(signo)})));

    EXPECT_EQ(exit.code, std::nullopt);
    EXPECT_EQ(exit.signal, signo);
  }
}

TEST(Reap, TellsWhatWasUsed) {
  const Exit exit = wait_exit(started(probe({"exit", "0"})));

  EXPECT_GT(exit.max_rss, base::kib(100));
  EXPECT_GE((exit.cpu_user + exit.cpu_system).count(), 0);
}

TEST(Reap, DoesNotWaitForARunningProgram) {
  Child child = started(probe({"echo"}));

  EXPECT_EQ(reap(child.pidfd.get()).error().code, Errc::wrong_state);

  child.in.reset();
  wait_exit(child);
}

TEST(Reap, SaysLostTheSecondTime) {
  const Child child = started(probe({"exit", "0"}));
  wait_exit(child);

  EXPECT_EQ(reap(child.pidfd.get()).error().code, Errc::lost);
}

TEST(Reap, RefusesADescriptorThatIsNoProcess) { EXPECT_EQ(reap(0).error().code, Errc::io); }

TEST(SendSignal, ReachesTheProgram) {
  const Child child = started(probe({"echo"}));

  ASSERT_TRUE(send_signal(child.pidfd.get(), SIGTERM));

  EXPECT_EQ(wait_exit(child).signal, SIGTERM);
}

TEST(SendSignal, SaysLostAfterTheEnd) {
  const Child child = started(probe({"exit", "0"}));
  wait_exit(child);

  EXPECT_EQ(send_signal(child.pidfd.get(), SIGTERM).error().code, Errc::lost);
}

TEST(SendSignal, RefusesASignalThatDoesNotExist) {
  Child child = started(probe({"echo"}));

  EXPECT_EQ(send_signal(child.pidfd.get(), 1000).error().code, Errc::io);

  child.in.reset();
  wait_exit(child);
}

TEST(SameProcess, KnowsTheLivingProcessAndNoOther) {
  Child child = started(probe({"echo"}));

  EXPECT_TRUE(same_process(child.pid, child.start_time).value());
  EXPECT_FALSE(same_process(child.pid, child.start_time + 1).value());

  child.in.reset();
  wait_exit(child);
  EXPECT_FALSE(same_process(child.pid, child.start_time).value());
}

TEST(OpenProcess, SeesTheEndOfAProcessThatIsNotOurChild) {
  Child child = started(probe({"echo"}));
  auto opened = open_process(child.pid, child.start_time);
  ASSERT_TRUE(opened) << opened.error().detail;

  child.in.reset();

  EXPECT_TRUE(test::wait_readable(opened->get()));
  wait_exit(child);
}

TEST(OpenProcess, RefusesARecycledPid) {
  Child child = started(probe({"echo"}));

  EXPECT_EQ(open_process(child.pid, child.start_time + 1).error().code, Errc::lost);

  child.in.reset();
  wait_exit(child);
  EXPECT_EQ(open_process(child.pid, child.start_time).error().code, Errc::lost);
}

TEST(StartTime, IsFoundWhateverTheProgramIsCalled) {
  const std::string tail = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21\n";

  EXPECT_EQ(parse_start_time("7 (cat)" + tail), 4711U);
  EXPECT_EQ(parse_start_time("7 (a b)" + tail), 4711U);
  EXPECT_EQ(parse_start_time("7 (evil) S 1 (x) )" + tail), 4711U);
  EXPECT_EQ(parse_start_time("7 ()" + tail), 4711U);
}

TEST(StartTime, IsNotGuessedFromAMalformedText) {
  EXPECT_EQ(parse_start_time(""), std::nullopt);
  EXPECT_EQ(parse_start_time("7 (cat) S 1 2"), std::nullopt);
  EXPECT_EQ(parse_start_time("7 (cat"), std::nullopt);
  EXPECT_EQ(parse_start_time("7 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"), std::nullopt);
  EXPECT_EQ(parse_start_time("7 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 47x1 2"), std::nullopt);
  EXPECT_EQ(parse_start_time("7 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 99999999999999999999 2"),
            std::nullopt);
}

TEST(StartTime, OfNobodyIsLost) { EXPECT_EQ(start_time_of(0x3fffffff).error().code, Errc::lost); }

TEST(Subreaper, AdoptsTheOrphansOfAProgram) {
  ASSERT_TRUE(become_subreaper());
  Child child = started(probe({"orphan"}));
  const Exit first = wait_exit(child);

  child.in.reset();
  const auto report = test::parse_report(read_all(child.out.get()));

  EXPECT_EQ(first.code, 0);
  int status = 0;
  EXPECT_EQ(::waitpid(std::stoi(report.at("orphan").front()), &status, 0), std::stoi(report.at("orphan").front()));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

TEST(OomScore, OfThisProcessCanBeRaisedAndBadValuesAreRefused) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) ::_exit(set_oom_score_adj(500) && !set_oom_score_adj(5000) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);

  EXPECT_EQ(status, 0);
}

}  // namespace

}  // namespace paddock::process
