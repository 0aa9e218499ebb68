// Starting and ending a daemon: by its lock, its socket and its pidfd, never by a name.
#include "main/cli/daemon.hpp"

#include <csignal>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/scratch.hpp"

namespace paddock::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 60s;

class Daemon : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(state()); }
  void TearDown() override {
    ::unsetenv("FAKE_DAEMON");
    if (pid_ <= 0) return;
    (void)::kill(pid_, SIGKILL);
    (void)::waitpid(pid_, nullptr, 0);
  }

  std::filesystem::path state() const { return folder_ / "state"; }
  std::filesystem::path socket() const { return folder_ / "s.sock"; }
  std::filesystem::path log() const { return folder_ / "log"; }

  Outcome<pid_t> start(const char* behaviour, std::chrono::milliseconds patience = kPatience) {
    ::setenv("FAKE_DAEMON", behaviour, 1);
    auto started = start_in_background(
        {PADDOCK_FAKE_DAEMON, "--state-dir", state().string(), "--socket", socket().string()}, log(), patience);
    if (started) pid_ = *started;
    return started;
  }

  support::ScratchFolder folder_;
  pid_t pid_ = -1;
};

TEST_F(Daemon, IsStartedInASessionOfItsOwnAndHeardWhenReady) {
  const auto pid = start("");
  ASSERT_TRUE(pid) << for_people(pid.error());
  EXPECT_EQ(::getsid(*pid), *pid);
  EXPECT_NE(support::read_file(log()).find("fake daemon"), std::string::npos);
  EXPECT_EQ(lock_holder(state()).value().pid, *pid);
  EXPECT_EQ(listener_of(socket()), *pid);
}

TEST_F(Daemon, ThatEndsAtOnceIsAnErrorWithItsLastWords) {
  const auto pid = start("dies");
  ASSERT_FALSE(pid);
  EXPECT_EQ(pid.error().exit, ExitCode::failed);
  const std::string text = for_people(pid.error());
  EXPECT_NE(text.find("ended before it was ready"), std::string::npos) << text;
  EXPECT_NE(text.find("fake daemon: dies"), std::string::npos) << text;
}

TEST_F(Daemon, ThatIsNeverReadyIsEnded) {
  const auto pid = start("mute", 300ms);
  ASSERT_FALSE(pid);
  EXPECT_EQ(pid.error().exit, ExitCode::timed_out);
  EXPECT_EQ(lock_holder(state()).value().pid, -1) << "it must not stay behind";
}

TEST_F(Daemon, ThatDoesNotExistIsAnError) {
  const auto pid = start_in_background({"/nonexistent/paddockd"}, log(), 1s);
  ASSERT_FALSE(pid);
  EXPECT_NE(for_people(pid.error()).find("cannot start '/nonexistent/paddockd'"), std::string::npos);
}

TEST_F(Daemon, IsEndedByItsPidfd) {
  ASSERT_TRUE(start(""));
  const auto holder = lock_holder(state());
  ASSERT_TRUE(end_politely(*holder, kPatience));
  EXPECT_EQ(lock_holder(state()).value().pid, -1);
  EXPECT_EQ(listener_of(socket()), -1);
}

TEST_F(Daemon, ThatIgnoresTheSignalIsATimeOut) {
  ASSERT_TRUE(start("stubborn"));
  const auto holder = lock_holder(state());
  const auto ended = end_politely(*holder, 50ms);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().exit, ExitCode::timed_out);
}

TEST_F(Daemon, WithoutALockIsNotRunning) {
  EXPECT_EQ(lock_holder(state()).value().pid, -1);
  EXPECT_EQ(lock_holder(folder_ / "none").value().pid, -1);
  support::write_file(state() / "lock", "1\n");
  EXPECT_EQ(lock_holder(state()).value().pid, -1) << "a pid in a file that nobody holds means nothing";
  EXPECT_EQ(listener_of(socket()), -1);
}

TEST_F(Daemon, AHeldLockWithoutAPidIsNotActedOn) {
  const int fd = ::open((state() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  EXPECT_FALSE(lock_holder(state()));
  ::close(fd);
}

}  // namespace
}  // namespace paddock::cli
