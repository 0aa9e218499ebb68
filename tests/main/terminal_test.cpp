// `paddock run` on a terminal: a live state line, approvals asked inline, and nothing from the agent
// that moves the cursor.
#include <cerrno>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "fake_host.hpp"
#include "process/process.hpp"

namespace paddock {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A program on a pseudo-terminal of its own.
class OnTerminal {
 public:
  OnTerminal(std::vector<std::string> argv, std::vector<std::string> environment) {
    process::Spec spec;
    spec.program = argv.front();
    spec.argv = std::move(argv);
    spec.environment = std::move(environment);
    spec.transport = process::Transport::pty;
    child_ = std::move(process::start(spec).value());
  }
  ~OnTerminal() {
    (void)process::send_signal(child_.pidfd.get(), SIGKILL);
    pollfd ended{child_.pidfd.get(), POLLIN, 0};
    (void)::poll(&ended, 1, -1);
    (void)process::reap(child_.pidfd.get());
  }
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  void type(std::string_view text) {
    ASSERT_EQ(::write(child_.pty.get(), text.data(), text.size()), ssize_t(text.size()));
  }

  /// Reads until `text` was seen (after what was seen before); false when it never came.
  bool sees(std::string_view text) {
    for (;;) {
      const std::size_t at = screen_.find(text, seen_);
      if (at != std::string::npos) {
        seen_ = at + text.size();
        return true;
      }
      if (!read_some()) return false;
    }
  }
  const std::string& screen() const { return screen_; }

 private:
  bool read_some() {
    pollfd ready{child_.pty.get(), POLLIN, 0};
    if (::poll(&ready, 1, int(std::chrono::milliseconds(support::kPatience).count())) <= 0) return false;
    char chunk[4096];
    const ssize_t got = ::read(child_.pty.get(), chunk, sizeof chunk);
    if (got > 0) screen_.append(chunk, std::size_t(got));
    return got > 0 || (got < 0 && errno == EAGAIN);
  }

  process::Child child_;
  std::string screen_;
  std::size_t seen_ = 0;
};

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
