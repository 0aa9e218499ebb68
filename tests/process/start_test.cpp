// What a started program is born with, and that starting leaves nothing behind.
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "no_clone3.hpp"
#include "probe.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using test::probe;
using test::read_all;
using test::report_of;
using test::wait_exit;
using Lines = std::vector<std::string>;

std::size_t open_descriptors() {
  const auto all = std::filesystem::directory_iterator("/proc/self/fd");
  return std::size_t(std::distance(begin(all), end(all)));
}

/// A signal set of /proc/<pid>/status in a report, as its number.
unsigned long signal_set(test::Report& report, const std::string& name) {
  for (const std::string& line : report["status"]) {
    if (line.starts_with(name)) return std::stoul(line.substr(line.find('\t') + 1), nullptr, 16);
  }
  ADD_FAILURE() << name << " is not in the report";
  return ~0UL;
}

TEST(Start, GivesTheProgramItsArgumentsEnvironmentAndFolder) {
  Spec spec = probe({"report", "", "two words"});
  spec.environment = {"A=1", "B=two=2", "C="};
  spec.workdir = "/proc";

  auto report = report_of(spec);

  EXPECT_EQ(report["arg"], (Lines{"probe", "report", "", "two words"}));
  EXPECT_EQ(report["env"], spec.environment);
  EXPECT_EQ(report["cwd"], Lines{"/proc"});
}

TEST(Start, InheritsNoEnvironmentAndKeepsTheFolderByDefault) {
  auto report = report_of(probe({"report"}));

  EXPECT_EQ(report["env"], Lines());
  EXPECT_EQ(report["cwd"], Lines{std::filesystem::current_path().string()});
}

TEST(Start, HandsOverOnlyTheThreeStandardDescriptors) {
  std::vector<base::UniqueFd> leaky;
  leaky.reserve(52);
  for (int i = 0; i < 50; ++i) leaky.emplace_back(::open("/dev/null", O_RDONLY));
  leaky.emplace_back(::socket(AF_UNIX, SOCK_STREAM, 0));
  leaky.emplace_back(::fcntl(0, F_DUPFD, 900));

  EXPECT_EQ(report_of(probe({"report"}))["fd"], (Lines{"0", "1", "2"}));
  EXPECT_EQ(report_of(probe({"report"}, Transport::pty))["fd"], (Lines{"0", "1", "2"}));
}

TEST(Start, ResetsBlockedIgnoredAndHandledSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto* const old_pipe = ::signal(SIGPIPE, SIG_IGN);
  auto* const old_handler = ::signal(SIGUSR2, [](int) {});

  auto report = report_of(probe({"report"}));

  EXPECT_EQ(signal_set(report, "SigBlk"), 0U);
  EXPECT_EQ(signal_set(report, "SigIgn"), 0U);
  EXPECT_EQ(signal_set(report, "SigCgt"), 0U);
  EXPECT_EQ(signal_set(report, "SigPnd"), 0U);
  ::signal(SIGPIPE, old_pipe);
  ::signal(SIGUSR2, old_handler);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(Start, LeavesTheCallersSignalsAlone) {
  auto* const old = ::signal(SIGPIPE, SIG_IGN);
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);

  (void)report_of(probe({"report"}));

  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signo = 1; signo < NSIG; ++signo) EXPECT_EQ(sigismember(&before, signo), sigismember(&after, signo));
  EXPECT_EQ(::signal(SIGPIPE, old), SIG_IGN);
}

TEST(Start, MakesTheProgramLeaderOfItsOwnSession) {
  for (const Transport transport : {Transport::pipes, Transport::pty}) {
    auto report = report_of(probe({"report"}, transport));

    EXPECT_EQ(report["sid"], report["pid"]);
    EXPECT_EQ(report["pgid"], report["pid"]);
  }
}

TEST(Start, ReportsPidAndStartTimeOfTheProgramItself) {
  auto child = start(probe({"echo"}));
  ASSERT_TRUE(child) << child.error().detail;

  EXPECT_EQ(start_time_of(child->pid).value(), child->start_time);
  EXPECT_GT(child->start_time, 0U);

  child->in.reset();
  EXPECT_EQ(wait_exit(*child).code, 0);
}

TEST(Start, ConnectsThreeSeparatePipes) {
  Spec spec = probe({});
  spec.program = "/bin/sh";
  spec.argv = {"sh", "-c", "cat; echo oops >&2"};
  auto child = start(spec);
  ASSERT_TRUE(child) << child.error().detail;

  ASSERT_EQ(::write(child->in.get(), "hello", 5), 5);
  child->in.reset();

  EXPECT_EQ(read_all(child->out.get()), "hello");
  EXPECT_EQ(read_all(child->err.get()), "oops\n");
  EXPECT_EQ(wait_exit(*child).code, 0);
  EXPECT_FALSE(child->pty);
}

TEST(Start, KeepsItsOwnEndsPrivateAndNonBlocking) {
  auto child = start(probe({"echo"}));
  ASSERT_TRUE(child) << child.error().detail;

  for (const int fd : {child->in.get(), child->out.get(), child->err.get(), child->pidfd.get()}) {
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  for (const int fd : {child->in.get(), child->out.get(), child->err.get()}) {
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
  child->in.reset();
  wait_exit(*child);
}

TEST(Start, GivesTheProgramBlockingDescriptors) {
  Spec spec = probe({});
  spec.program = "/bin/sh";
  spec.argv = {"sh", "-c", "for fd in 0 1 2; do sed -n 's/^flags:.*\\(.\\)...$/\\1/p' /proc/self/fdinfo/$fd; done"};
  auto child = start(spec);
  ASSERT_TRUE(child) << child.error().detail;
  child->in.reset();

  // The octal digit of O_NONBLOCK (04000) is clear in all three.
  EXPECT_EQ(read_all(child->out.get()).find('4'), std::string::npos);
  wait_exit(*child);
}

TEST(Start, SetsTheOomScoreOfTheProgramOnly) {
  Spec spec = probe({"report"});
  spec.oom_score_adj = 321;
  const auto own_before = report_of(probe({"report"}))["oom_score_adj"];

  EXPECT_EQ(report_of(spec)["oom_score_adj"], Lines{"321"});
  EXPECT_EQ(report_of(probe({"report"}))["oom_score_adj"], own_before);
}

TEST(Start, WorksWhenOurStandardDescriptorsAreClosed) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
    auto child = start(probe({"echo"}));
    if (!child || ::write(child->in.get(), "x", 1) != 1) ::_exit(1);
    child->in.reset();
    ::_exit(read_all(child->out.get()) == "x" ? 0 : 2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST(Start, WorksWhereClone3IsHidden) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    if (!test::hide_clone3()) ::_exit(77);
    auto child = start(probe({"exit", "5"}, Transport::pty));
    if (!child || !test::wait_readable(child->pidfd.get())) ::_exit(1);
    const auto exit = reap(child->pidfd.get());
    ::_exit(exit && exit->code == 5 ? 0 : 2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel has no seccomp filters";
  EXPECT_EQ(status, 0);
}

TEST(Start, LeaksNoDescriptorAndNoZombieInTwoHundredStarts) {
  (void)report_of(probe({"report"}));
  const std::size_t before = open_descriptors();

  for (int i = 0; i < 200; ++i) {
    auto child = start(probe({"exit", "3"}, i % 2 == 0 ? Transport::pipes : Transport::pty));
    ASSERT_TRUE(child) << child.error().detail;
    ASSERT_EQ(wait_exit(*child).code, 3);
  }
  for (int i = 0; i < 200; ++i) {
    Spec spec = probe({});
    spec.program = "/does/not/exist";
    ASSERT_FALSE(start(spec));
  }

  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Start, IsSafeFromManyThreadsAtOnce) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&good, t] {
      for (int i = 0; i < 25; ++i) {
        auto report = report_of(probe({"report", std::to_string(t), std::to_string(i)}));
        good += report["fd"] == Lines{"0", "1", "2"} && report["arg"].back() == std::to_string(i) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(good, 200);
}

TEST(Start, DoesNotCopyALargeParentsMemory) {
  // With a copied address space this would need twice the memory that is allowed here.
  std::vector<char> large(256U << 20U, 'x');

  EXPECT_EQ(report_of(probe({"report"}))["fd"], (Lines{"0", "1", "2"}));
  EXPECT_EQ(large[large.size() - 1], 'x');
}

}  // namespace

}  // namespace paddock::process
