// `paddock run`: the request, the answer alone on standard output, the agent's outcome as exit code.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace paddock {
namespace {

using support::Finished;
using testing::HasSubstr;

std::string event(int seq, const std::string& kind, const std::string& data) {
  return R"({"stream_id":"str_1","seq":)" + std::to_string(seq) +
         R"(,"time":"2026-01-01T00:00:00.000Z","session":"ses_1","kind":")" + kind + R"(","data":)" + data + "}";
}

std::string page(const std::vector<std::string>& events) {
  std::string items;
  for (const std::string& one : events) items += (items.empty() ? "" : ",") + one;
  return R"({"items":[)" + items + R"(],"next_page":null,"cursor":"str_1:99"})";
}

std::string ended(int seq, const std::string& reason) {
  return event(seq, "state", R"({"state":"exited","exit":{"reason":")" + reason + R"(","detail":"so it was"}})");
}

/// A host with one session that has said one thing already and says the rest on the stream.
FakeHost::Handler host_of_run(const std::vector<std::string>& rest, bool hold = false) {
  return [rest, hold](const Asked& asked) -> Told {
    if (asked.method == "POST" && asked.target == "/v1/sessions") {
      return {.status = 201, .body = R"({"id":"ses_1","state":"starting"})"};
    }
    if (asked.method == "POST") return {.body = R"({"type":"interrupt","state":"applied"})"};
    if (asked.target.starts_with("/v1/sessions/ses_1/events")) {
      return {.body = page({event(5, "state", R"({"state":"working"})"),
                            event(6, "message", R"({"role":"assistant","text":"early"})")})};
    }
    return {.lines = rest, .stream = true, .hold = hold};
  };
}

TEST(Run, PrintsTheAnswerAndEndsAsTheAgentDid) {
  const FakeHost host(
      host_of_run({event(7, "message", R"({"role":"assistant","text":"late"})"), ended(8, "completed")}));
  const Finished done = host.paddock({"run", "claude", "do it", "--policy", "ci"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "early\nlate\n");
  EXPECT_EQ(done.err, "");
  const auto asked = host.asked();
  EXPECT_THAT(asked.at(0).body, HasSubstr(R"("adapter":"claude","prompt":"do it")"));
  EXPECT_THAT(asked.at(0).body, HasSubstr(R"("workdir":")" + host.folder().path().string()));
  EXPECT_EQ(asked.at(2).target, "/v1/watch?cursor=str_1%3A6&session=ses_1") << "goes on exactly after what it has";
}

TEST(Run, GivesWhatStandsAfterTheDashesToTheAgent) {
  const FakeHost host(host_of_run({ended(8, "completed")}));
  EXPECT_EQ(host.paddock({"--host", host.address(), "run", "exec", "--env", "A=1", "--", "sh", "-c", "--detach"}).code,
            0);
  EXPECT_THAT(host.asked().at(0).body, HasSubstr(R"("env":{"A":"1"},"args":["sh","-c","--detach"])"));
}

TEST(Run, EndsWithTheAgentsOutcome) {
  const struct {
    const char* reason;
    int code;
  } cases[] = {{"completed", 0},     {"agent_error", 1}, {"out_of_memory", 1},
               {"interrupted", 130}, {"timeout", 1},     {"killed", 1}};
  for (const auto& one : cases) {
    const FakeHost host(host_of_run({ended(8, one.reason)}));
    const Finished done = host.paddock({"run", "claude", "x"});
    EXPECT_EQ(done.code, one.code) << one.reason;
    EXPECT_EQ(done.err.empty(), one.code == 0) << done.err;
  }
  const FakeHost host(host_of_run({ended(8, "timeout")}));
  EXPECT_EQ(host.paddock({"run", "claude", "x", "--timeout", "1s"}).code, 124);
}

TEST(Run, WithJsonPrintsEveryEventAsALine) {
  const FakeHost host(host_of_run({event(7, "usage", R"({"input_tokens":1})"), ended(8, "agent_error")}));
  const Finished done = host.paddock({"run", "claude", "x", "--json"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 4);
  EXPECT_EQ(done.err, "");
}

TEST(Run, DetachedOnlyStarts) {
  const FakeHost host(host_of_run({}));
  const Finished done = host.paddock({"run", "-d", "claude", "-"}, "prompt from a pipe");
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "ses_1\n");
  EXPECT_EQ(host.asked().size(), 1U);
  EXPECT_THAT(host.asked().at(0).body, HasSubstr("prompt from a pipe"));
}

TEST(Run, ThatIsRefusedSaysWhy) {
  const FakeHost host([](const Asked&) {
    return Told{.status = 403, .body = R"({"code":"policy_denied","detail":"the policy 'x' forbids it"})"};
  });
  const Finished done = host.paddock({"run", "claude", "x", "--yolo"});
  EXPECT_EQ(done.code, 4);
  EXPECT_EQ(done.err, "paddock: the policy 'x' forbids it\n");
}

TEST(Run, ComesBackAfterALostConnectionWithoutLosingOrRepeating) {
  std::atomic<int> watches = 0;
  const auto base = host_of_run({});
  const FakeHost host([&](const Asked& asked) -> Told {
    if (!asked.target.starts_with("/v1/watch")) return base(asked);
    if (++watches == 1) return {.lines = {event(7, "message", R"({"role":"assistant","text":"one"})")}};
    if (watches == 2) return {.lines = {R"({"kind":"heartbeat"})"}};
    return {.lines = {event(8, "message", R"({"role":"assistant","text":"two"})"), ended(9, "completed")}};
  });
  const Finished done = host.paddock({"run", "claude", "x"});
  EXPECT_EQ(done.out, "early\none\ntwo\n");
  EXPECT_THAT(host.asked().back().target, HasSubstr("cursor=str_1%3A7"));
}

TEST(Run, CtrlCInterruptsAndASecondStops) {
  FakeHost host(host_of_run({}, true));
  support::Program program({paddock_program(), "run", "claude", "x"}, host.environment(),
                           host.folder().path().string());
  ASSERT_EQ(program.line(), "early");
  program.signal(SIGINT);
  ASSERT_TRUE(host.wait_for("POST", "/v1/sessions/ses_1/actions"));
  const std::vector<Asked> all = host.asked();
  const auto action = std::ranges::find(all, "/v1/sessions/ses_1/actions", &Asked::target);
  ASSERT_NE(action, all.end());
  EXPECT_EQ(action->body, R"({"type":"interrupt"})");
  program.signal(SIGINT);
  host.more(event(7, "message", R"({"role":"assistant","text":"bye"})"));
  ASSERT_EQ(program.line(), "bye");
  host.more(ended(8, "stopped"));
  const Finished done = program.wait();
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("interrupting"));
}

}  // namespace
}  // namespace paddock
