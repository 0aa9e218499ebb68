// The adapter process: a whole session through it, and what it costs when an adapter misbehaves.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "adapter/served.hpp"

namespace paddock::adapter {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

constexpr wire::Now now{1'000'000'000, 1'700'000'000'000};

Answered feed(Served& served, std::string_view bytes = "x\n") {
  return served.ask(wire::Feed{now, PDK_CH_STDOUT, bytes});
}

/// A served broken adapter with an open session.
class Broken : public Served {
 public:
  explicit Broken(const std::string& name) : Served(broken(name)) {
    EXPECT_EQ(hello.status, PDK_OK) << hello.text << hello.error;
    EXPECT_EQ(ask(wire::Open{"{}"}).status, PDK_OK);
  }
};

void expect_signal(int status, int signo) {
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), signo);
}

TEST(Serve, CarriesAWholeSession) {
  Served served(PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so");
  ASSERT_EQ(served.hello.status, PDK_OK) << served.hello.text << served.hello.error;
  EXPECT_EQ(json::parse(served.hello.text).at("id"), "exec");
  const std::string request = R"({"args":["cat"],"keep_open":true,"prompt":"hi"})";
  const Answered plan = served.ask(wire::Plan{request});
  EXPECT_EQ(plan.status, PDK_OK);
  EXPECT_EQ(json::parse(plan.text).at("argv"), (json::array{"cat"}));
  EXPECT_EQ(served.ask(wire::Open{request}).status, PDK_OK);
  const Answered started = served.ask(wire::Started{now});
  EXPECT_EQ(started.events.size(), 2U);
  EXPECT_EQ(started.written, 3U);
  EXPECT_EQ(feed(served, "one\ntw").events, std::vector<std::string>{R"({"role":"assistant","text":"one"})"});
  EXPECT_EQ(served.ask(wire::Eof{now, PDK_CH_STDOUT}).events,
            std::vector<std::string>{R"({"role":"assistant","text":"tw"})"});
  EXPECT_EQ(served.ask(wire::Command{now, PDK_CMD_ANSWER, "r", "{}"}).status, PDK_E_UNSUPPORTED);
  EXPECT_EQ(served.ask(wire::Tick{now}).status, PDK_OK);
  const Answered exited = served.ask(wire::Exited{now, PDK_CAUSE_NONE, 0, 0});
  EXPECT_EQ(exited.events.back(), R"({"result":"success","retryable":false,"text":"tw"})");
  served.close_socket();
  const int status = served.end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(Serve, PassesARefusedPlanOnWithItsReason) {
  Served served(PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so");
  const Answered plan = served.ask(wire::Plan{"{}"});
  EXPECT_EQ(plan.status, PDK_E_ARGUMENT);
  EXPECT_EQ(plan.text, "");
}

TEST(Serve, SaysWhyALibraryWasRefusedAndLeaves) {
  Served served(broken("bad_id"));
  EXPECT_EQ(served.hello.status, PDK_E_INTERNAL);
  EXPECT_EQ(json::parse(served.hello.text).at("code"), "manifest");
  const int status = served.end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
}

TEST(Serve, RefusesSessionCallsBeforeOpenAndASecondOpen) {
  Served served(broken("good"));
  EXPECT_EQ(feed(served).status, PDK_E_ARGUMENT);
  EXPECT_EQ(served.ask(wire::Open{"{}"}).status, PDK_OK);
  EXPECT_EQ(served.ask(wire::Open{"{}"}).status, PDK_E_ARGUMENT);
  EXPECT_EQ(feed(served).events.size(), 1U);
}

TEST(Serve, AnswersForFunctionsThatAreNotThere) {
  Broken served("good");
  EXPECT_EQ(served.ask(wire::Started{now}).status, PDK_OK);
  EXPECT_EQ(served.ask(wire::Tick{now}).status, PDK_OK);
  EXPECT_EQ(served.ask(wire::Command{now, PDK_CMD_PROMPT, "", "{}"}).status, PDK_E_UNSUPPORTED);
  EXPECT_EQ(served.ask(wire::ProbePlan{}).status, PDK_E_UNSUPPORTED);
  EXPECT_EQ(served.ask(wire::ProbeResult{"{}"}).status, PDK_E_UNSUPPORTED);
}

TEST(Serve, EndsWhenItsParentBreaksTheProtocol) {
  Served served(broken("good"));
  served.send(std::string("\x01\0\0\0\xEE", 5));
  const int status = served.end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 2) << status;
}

TEST(Serve, LosesOnlyTheChildToACrash) {
  for (const char* name : {"segfaults", "aborts", "throws_in_feed"}) {
    Broken served(name);
    EXPECT_FALSE(feed(served).status) << name;
    const int status = served.end();
    EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << name;
  }
}

TEST(Serve, LosesOnlyTheChildToACrashWhileLoading) {
  for (const char* name : {"crashes_at_load", "throws_at_load"}) {
    Served served(broken(name));
    EXPECT_NE(served.hello.status, PDK_OK) << name;
    const int status = served.end();
    EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << name;
  }
}

TEST(Serve, CanBeKilledWhileAnAdapterLoops) {
  Broken served("loops");
  served.send(wire::encode(wire::Request(wire::Feed{now, PDK_CH_STDOUT, "x"})));
  EXPECT_TRUE(served.silent_for(std::chrono::milliseconds(50)));
  served.kill();
  expect_signal(served.end(), SIGKILL);
}

TEST(Serve, GivesUpOnAnAdapterThatBreaksItsLimits) {
  const std::pair<const char*, const char*> cases[] = {
      {"lies_in_event", "an event's body has 70368744177664 bytes, over 256 KiB"},
      {"huge_body", "an event's body has 307200 bytes, over 256 KiB"},
      {"backwards_range", "an event's byte range ends before it begins"},
      {"emits_1_gb", "over 16 MiB of output from one call"}};
  for (const auto& [name, why] : cases) {
    Broken served(name);
    const Answered answered = feed(served);
    EXPECT_EQ(answered.status, PDK_E_INTERNAL) << name << answered.error;
    EXPECT_EQ(answered.text, why);
    EXPECT_LE(answered.written, 16U << 20U);
  }
}

TEST(Serve, LetsAnAdapterPrintIntoNothing) {
  Broken served("writes_stdout");
  EXPECT_EQ(feed(served).events, std::vector<std::string>{R"({"code":"printed"})"});
}

TEST(Serve, SeesThroughFramesThatAnAdapterForges) {
  Broken served("speaks_frames");
  const Answered answered = feed(served);
  EXPECT_FALSE(answered.status);
  EXPECT_THAT(answered.error, HasSubstr("the adapter process broke the protocol: unknown frame type 99"));
}

#ifdef PADDOCK_SANITIZED
TEST(Jail, IsNotBuiltWithSanitizers) { GTEST_SKIP() << "sanitizers need what the jail takes away"; }
#else
TEST(Jail, IsLockedBeforeTheFirstCall) {
  Served served(broken("good"));
  EXPECT_TRUE(json::parse(served.hello.text).at("jailed").as_bool()) << served.hello.text;
}

TEST(Jail, KillsAnAdapterThatReachesOut) {
  for (const char* name : {"opens_socket", "opens_file", "forks", "kills_parent"}) {
    Broken served(name);
    EXPECT_FALSE(feed(served).status) << name;
    expect_signal(served.end(), SIGSYS);
  }
}

TEST(Jail, KillsAnAdapterThatReachesOutWhileItIsMapped) {
  for (const char* name : {"connects_at_load", "writes_at_load"}) {
    Served served(broken(name));
    EXPECT_FALSE(served.hello.status) << name;
    expect_signal(served.end(), SIGSYS);
  }
}

TEST(Jail, GivesNoMoreMemoryThanAnAdapterMayHave) {
  Broken served("eats_memory");
  EXPECT_EQ(feed(served).status, PDK_E_INTERNAL);
  EXPECT_EQ(feed(served).status, PDK_E_INTERNAL);
}

TEST(Jail, LetsAnAdapterAbort) {
  Broken served("aborts");
  EXPECT_FALSE(feed(served).status);
  expect_signal(served.end(), SIGABRT);
}

TEST(Jail, LetsCppAdaptersThrowAndParse) {
  Served served(PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so");
  EXPECT_EQ(served.ask(wire::Plan{"not json"}).status, PDK_E_ARGUMENT);
  EXPECT_EQ(served.ask(wire::Open{R"({"args":["cat"],"keep_open":true})"}).status, PDK_OK);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(feed(served, std::string(65535, 'x') + "\n").events.size(), 1U) << i;
  }
}
#endif

}  // namespace
}  // namespace paddock::adapter
