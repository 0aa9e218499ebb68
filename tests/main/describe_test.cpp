// Events, sessions and approvals in a few safe words.
#include "main/cli/describe.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "main/cli/logs.hpp"

namespace paddock::cli {
namespace {

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

struct Said {
  const char* event;
  const char* words;
};

TEST(Summaries, SayWhatEachKindOfEventSays) {
  const Said all[] = {
      {R"({"kind":"message","data":{"role":"assistant","text":"a\nb"}})", "a b"},
      {R"({"kind":"message","data":{"role":"user","text":"x"}})", "[user] x"},
      {R"({"kind":"tool_call","data":{"tool":"Bash","command":"ls"}})", "Bash: ls"},
      {R"({"kind":"tool_call","data":{"tool":"Read"}})", "Read"},
      {R"({"kind":"tool_result","data":{"tool":"Bash","outcome":"error","exit_code":2,"text":"no"}})",
       "Bash error (2): no"},
      {R"({"kind":"approval_request","data":{"tool":"Bash","command":"rm x","reason":"why"}})", "Bash: rm x (why)"},
      {R"({"kind":"approval_resolved","data":{"decision":"deny","by":"policy"}})", "deny by policy"},
      {R"({"kind":"question","data":{"text":"Which?","questions":[{"text":"Which?","choices":["a","b"]}]}})",
       "Which? [a | b]"},
      {R"({"kind":"usage","data":{"input_tokens":1000,"output_tokens":234,"cost_micros":5000}})",
       "1.2k tokens, $0.0050"},
      {R"({"kind":"state","data":{"state":"blocked","blocked_on":"approval"}})", "blocked: approval"},
      {R"({"kind":"state","data":{"state":"exited","exit":{"reason":"killed","detail":"by you"}}})",
       "exited: killed (by you)"},
      {R"({"kind":"outcome","data":{"result":"agent_error","reason":"agent_error","text":"boom"}})",
       "agent_error: boom"},
      {R"({"kind":"error","data":{"class":"auth","text":"log in"}})", "auth: log in"},
      {R"({"kind":"file_change","data":{"change":"modify","path":"a.c"}})", "modify a.c"},
      {R"({"kind":"turn","data":{"phase":"end","outcome":"finished"}})", "end: finished"},
      {R"({"kind":"resource","data":{"kind":"oom_kill","limit":1}})", R"({"kind":"oom_kill","limit":1})"},
      {R"({"kind":"from_the_future","data":{}})", "{}"},
  };
  for (const Said& said : all) EXPECT_EQ(summary_of(object(said.event)), said.words) << said.event;
}

TEST(Summaries, CannotMoveTheCursor) {
  EXPECT_EQ(summary_of(object(R"({"kind":"tool_call","data":{"tool":"B\u001b","command":"\u001b]0;x\u0007"}})")),
            "B\\x1b: \\x1b]0;x\\x07");
}

TEST(Attention, GoesToWhatNeedsAPersonFirst) {
  const auto of = [](const char* state) { return attention({{"state", state}}); };
  EXPECT_LT(of("blocked"), of("unknown"));
  EXPECT_LT(of("unknown"), of("working"));
  EXPECT_LT(of("working"), of("starting"));
  EXPECT_LT(of("starting"), of("idle"));
  EXPECT_LT(of("idle"), of("exited"));
  EXPECT_LT(of("from the future"), of("working"));
}

TEST(End, IsTheExitedState) {
  EXPECT_TRUE(is_end(object(R"({"kind":"state","data":{"state":"exited"}})")));
  EXPECT_FALSE(is_end(object(R"({"kind":"state","data":{"state":"idle"}})")));
  EXPECT_FALSE(is_end(object(R"({"kind":"outcome","data":{"state":"exited"}})")));
}

}  // namespace
}  // namespace paddock::cli
