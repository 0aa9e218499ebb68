// `paddock run` on a terminal: a live state line, approvals asked inline, and nothing from the agent
// that moves the cursor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "support/on_terminal.hpp"

namespace paddock {
namespace {

using testing::HasSubstr;
using testing::Not;

using support::OnTerminal;

std::string event(int seq, const std::string& kind, const std::string& data) {
  return R"({"stream_id":"str_1","seq":)" + std::to_string(seq) +
         R"(,"time":"2026-01-01T00:00:00.000Z","session":"ses_1","kind":")" + kind + R"(","data":)" + data + "}";
}

FakeHost::Handler one_session() {
  return [](const Asked& asked) -> Told {
    if (asked.target == "/v1/sessions") return {.status = 201, .body = R"({"id":"ses_1"})"};
    if (asked.method == "POST") return {.body = R"({"state":"applied"})"};
    if (asked.target.starts_with("/v1/sessions/ses_1/events")) {
      return {.body = R"({"items":[)" + event(1, "state", R"({"state":"working"})") + R"(],"cursor":"str_1:1"})"};
    }
    return {.hold = true};
  };
}

TEST(RunOnATerminal, AsksForApprovalsAndSendsTheAnswer) {
  FakeHost host(one_session());
  OnTerminal run({paddock_program(), "run", "claude", "x"}, host.environment());
  ASSERT_TRUE(run.sees("working")) << run.screen();
  host.more(event(2, "approval_request", R"({"ref":"a1","tool":"Bash","command":"rm \u001b]0;evil\u0007x"})"));
  ASSERT_TRUE(run.sees("Bash: rm \\x1b]0;evil\\x07x")) << run.screen();
  ASSERT_TRUE(run.sees("allow? [y/n]")) << run.screen();
  run.type("maybe\n");
  ASSERT_TRUE(run.sees("allow? [y/n]")) << "asked again";
  run.type("y\n");
  ASSERT_TRUE(host.wait_for("POST", "/v1/sessions/ses_1/actions"));
  EXPECT_EQ(host.asked().back().body, R"({"type":"approve","ref":"a1"})");
  host.more(event(3, "approval_resolved", R"({"ref":"a1","decision":"allow","by":"human"})"));
  ASSERT_TRUE(run.sees("allow by human")) << run.screen();
  host.more(event(4, "message", R"({"role":"assistant","text":"done"})"));
  host.more(event(5, "state", R"({"state":"exited","exit":{"reason":"completed"}})"));
  ASSERT_TRUE(run.sees("done")) << run.screen();
  EXPECT_THAT(run.screen(), Not(HasSubstr("\x1b]0;")));
}

TEST(RunOnATerminal, WritesWithoutColoursWhenTold) {
  FakeHost host(one_session());
  auto environment = host.environment();
  environment.emplace_back("NO_COLOR=1");
  OnTerminal run({paddock_program(), "run", "claude", "x"}, environment);
  ASSERT_TRUE(run.sees("working"));
  EXPECT_THAT(run.screen(), Not(HasSubstr("\x1b[2m")));
}

TEST(RunOnATerminal, CtrlCOnTheKeyboardInterrupts) {
  FakeHost host(one_session());
  OnTerminal run({paddock_program(), "run", "claude", "x"}, host.environment());
  ASSERT_TRUE(run.sees("working"));
  run.type("\x03");
  ASSERT_TRUE(run.sees("interrupting")) << run.screen();
  ASSERT_TRUE(host.wait_for("POST", "/v1/sessions/ses_1/actions"));
  EXPECT_EQ(host.asked().back().body, R"({"type":"interrupt"})");
}

TEST(LogsOnATerminal, EscapeTheBytesOfAnAgent) {
  FakeHost host([](const Asked&) -> Told { return {.body = "a\x1b]0;evil\x07\xc3\xbc\n"}; });
  OnTerminal logs({paddock_program(), "logs", "--raw", "x"}, host.environment());
  ASSERT_TRUE(logs.sees("a\\x1b]0;evil\\x07\xc3\xbc")) << logs.screen();
}

TEST(LsOnATerminal, HasColours) {
  FakeHost host([](const Asked&) -> Told { return {.body = R"({"items":[{"id":"ses_1","state":"blocked"}]})"}; });
  OnTerminal ls({paddock_program(), "ls"}, host.environment());
  ASSERT_TRUE(ls.sees("\x1b[33mblocked\x1b[0m")) << ls.screen();
}

}  // namespace
}  // namespace paddock
