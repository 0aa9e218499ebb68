// What `paddock run` shows: the answer alone in a pipe, everything on a terminal.
#include "main/cli/run_view.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace paddock::cli {
namespace {

using Form = RunView::Form;

boost::json::object event(std::string_view kind, std::string_view data) {
  return {{"kind", kind}, {"time", "2026-01-31T12:00:00.000Z"}, {"data", boost::json::parse(data)}};
}

class View {
 public:
  explicit View(Form form) : view_(form, false) {}
  void take(std::string_view kind, std::string_view data) {
    const Shown shown = view_.take(event(kind, data));
    out += shown.out;
    err += shown.err;
  }
  RunView& operator*() { return view_; }
  RunView* operator->() { return &view_; }
  std::string out, err;

 private:
  RunView view_;
};

TEST(PipedRun, PrintsTheAssistantsTextAndNothingElse) {
  View view(Form::piped);
  view.take("state", R"({"state":"working"})");
  view.take("message", R"({"role":"user","text":"question"})");
  view.take("reasoning", R"({"text":"thinking"})");
  view.take("tool_call", R"({"tool":"Bash","command":"ls"})");
  view.take("approval_request", R"({"ref":"a","tool":"Bash"})");
  view.take("message", R"({"role":"assistant","text":"the answer"})");
  view.take("error", R"({"text":"oops"})");
  view.take("state", R"({"state":"exited","exit":{"reason":"completed"}})");
  EXPECT_EQ(view.out, "the answer\n");
  EXPECT_EQ(view.err, "");
}

TEST(PipedRun, PrintsPiecesAsTheyComeAndTheWholeOnce) {
  View view(Form::piped);
  view.take("message", R"({"role":"assistant","text":"one ","partial":true,"ref":"m1"})");
  EXPECT_EQ(view.out, "one ");
  view.take("message", R"({"role":"assistant","text":"two","partial":true,"ref":"m1"})");
  view.take("message", R"({"role":"assistant","text":"one two three","ref":"m1"})");
  view.take("message", R"({"role":"assistant","text":"next","ref":"m2"})");
  EXPECT_EQ(view.out, "one two three\nnext\n");
}

TEST(PipedRun, APieceThatNeverBecameWholeEndsItsLine) {
  View view(Form::piped);
  view.take("message", R"({"role":"assistant","text":"cut","partial":true,"ref":"m1"})");
  view.take("message", R"({"role":"assistant","text":"other","ref":"m2"})");
  view.take("message", R"({"role":"assistant","text":"cut","partial":true,"ref":"m3"})");
  view.take("state", R"({"state":"exited"})");
  EXPECT_EQ(view.out, "cut\nother\ncut\n");
}

TEST(PipedRun, KeepsStandardErrorApart) {
  View view(Form::piped);
  view.take("message", R"({"role":"assistant","text":"warned","stream":"stderr"})");
  EXPECT_EQ(view.out, "");
  EXPECT_EQ(view.err, "warned\n");
}

TEST(PipedRun, LeavesBytesAsTheyAre) {
  View view(Form::piped);
  view.take("message", R"({"role":"assistant","text":"a\u001b[1mb"})");
  EXPECT_EQ(view.out, "a\x1b[1mb\n");
}

TEST(LiveRun, IsSafeForATerminal) {
  View view(Form::live);
  view.take("message", R"({"role":"assistant","text":"a\u001b[2J\nb"})");
  view.take("tool_call", R"({"tool":"Bash","command":"\u001b]0;x\u0007"})");
  EXPECT_EQ(view.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(view.out, "a\\x1b[2J\nb\n* Bash: \\x1b]0;x\\x07\n");
}

TEST(LiveRun, ShowsToolsErrorsAndApprovalsOnTheirOwnLines) {
  View view(Form::live);
  view.take("message", R"({"role":"assistant","text":"I will","partial":true,"ref":"m"})");
  EXPECT_TRUE(view->in_line());
  view.take("tool_call", R"({"tool":"Bash","command":"ls"})");
  EXPECT_FALSE(view->in_line());
  view.take("approval_request", R"({"ref":"a1","tool":"Bash","command":"rm x"})");
  view.take("approval_resolved", R"({"ref":"a1","decision":"allow","by":"policy","policy":"ci"})");
  view.take("error", R"({"class":"network","text":"gone"})");
  EXPECT_EQ(view.out, "I will\n* Bash: ls\n! Bash: rm x\n  allow by policy 'ci'\nerror: network: gone\n");
}

TEST(LiveRun, AsksForTheOldestOpenQuestion) {
  View view(Form::live);
  EXPECT_FALSE(view->question());
  view.take("approval_request", R"({"ref":"a1","tool":"Bash"})");
  view.take("question", R"({"ref":"q1","text":"Which?"})");
  EXPECT_EQ(view->question()->ref, "a1");
  EXPECT_FALSE(view->question()->is_question);
  view.take("approval_resolved", R"({"ref":"a1","decision":"deny"})");
  EXPECT_EQ(view->question()->ref, "q1");
  EXPECT_TRUE(view->question()->is_question);
  view.take("state", R"({"state":"exited"})");
  EXPECT_FALSE(view->question());
}

TEST(LiveRun, HasAStateLine) {
  View view(Form::live);
  view.take("state", R"({"state":"working"})");
  view.take("usage", R"({"input_tokens":1000,"output_tokens":200,"cost_micros":12345})");
  const std::int64_t later = 1'769'860'800'000 + 65'000;
  EXPECT_EQ(view->status(later, 80), "working · 1:05 · 1.2k tokens · $0.0123");
  view.take("state", R"({"state":"blocked","blocked_on":"approval"})");
  EXPECT_EQ(view->status(later, 12), "blocked: ap…");
  view.take("state", R"({"state":"exited"})");
  EXPECT_EQ(view->status(later, 80), "");
}

TEST(Run, RemembersHowItEnded) {
  View view(Form::piped);
  view.take("outcome", R"({"result":"agent_error","reason":"agent_error","text":"x"})");
  EXPECT_FALSE(view->ended());
  view.take("state", R"({"state":"exited","exit":{"reason":"out_of_memory","detail":"peak 64 MiB"}})");
  EXPECT_TRUE(view->ended());
  EXPECT_EQ(view->exit_reason(), "out_of_memory");
  EXPECT_EQ(view->exit_detail(), "peak 64 MiB");
}

}  // namespace
}  // namespace paddock::cli
