// What a reader without a state machine found in each recording, beside what the adapter says of it.
#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using Texts = std::vector<std::string>;

std::filesystem::path expected_of(std::filesystem::path tape) { return tape.replace_extension(".expected.json"); }

std::vector<std::filesystem::path> tapes_with_expectations() {
  std::vector<std::filesystem::path> found = tapes();
  std::erase_if(found, [](const auto& tape) { return !std::filesystem::exists(expected_of(tape)); });
  return found;
}

/// A turn's outcome in the contract's words.
std::string outcome_of(const json::object& prompt) {
  if (text(prompt, "semantic_outcome") == "failed") return "failed";
  const std::string said = text(prompt, "outcome");
  if (said == "end_turn" || said.starts_with("max_")) return "finished";
  return said == "cancelled" ? "cancelled" : "failed";
}

/// What Copilot puts into its answers beside the model's words, and then no answer of the model.
bool has_asides(const std::string& answer) {
  return answer.find("Info: ") != std::string::npos || answer.find("Error: ") != std::string::npos;
}

std::string state_of(const std::string& said) {
  if (said == "waiting_approval") return "blocked:approval";
  if (said == "waiting_input") return "blocked:question";
  return said == "working" ? said : "idle";
}

/// The same state twice in a row is one: a turn that ended is idle, however it ended. An interrupt that meets
/// an open request may or may not be followed by a moment of work.
Texts normal(Texts states) {
  for (std::size_t i = 1; i + 1 < states.size(); ++i) {
    if (states[i] == "working" && states[i - 1].starts_with("blocked") && states[i + 1] == "idle") states[i] = "idle";
  }
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return states;
}

class Expected : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    seen = kit::Tape::read(GetParam()).play(paddock_adapter_v1);
    expected = json::parse(kit::detail::read_text(expected_of(GetParam()))).as_object();
    if (expected.contains("prompts")) prompts = expected.at("prompts").as_array();
    for (const json::object& body : bodies(seen, "turn")) {
      if (text(body, "phase") == "end") ends.push_back(body);
    }
  }

  static bool was_stopped() { return kit::detail::read_text(GetParam()).find("\nexit 0 stopped") != std::string::npos; }

  kit::Recorded seen;
  json::object expected;
  json::array prompts;
  std::vector<json::object> ends;
};

TEST_P(Expected, EveryTurnEndsAsItDid) {
  ASSERT_EQ(ends.size(), prompts.size());
  for (std::size_t i = 0; i < ends.size(); ++i) {
    std::string wanted = outcome_of(prompts[i].as_object());
    // What a person stopped in mid-turn did not fail.
    if (text(prompts[i].as_object(), "outcome") == "no_response" && was_stopped()) wanted = "cancelled";
    EXPECT_EQ(text(ends[i], "outcome"), wanted) << i;
  }
}

TEST_P(Expected, EveryAnswerIsWhole) {
  ASSERT_EQ(ends.size(), prompts.size());
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const json::value& answer = prompts[i].at("answer");
    if (const json::object* large = answer.if_object()) {
      const std::string first = text(*large, "first");
      if (!has_asides(first)) {
        EXPECT_EQ(static_cast<std::int64_t>(text(ends[i], "text").size()), large->at("utf8_bytes").as_int64());
        EXPECT_TRUE(text(ends[i], "text").starts_with(first));
      }
      continue;
    }
    if (!has_asides(std::string(answer.as_string()))) {
      EXPECT_EQ(text(ends[i], "text"), answer.as_string());
    }
  }
}

TEST_P(Expected, EveryToolIsToldWithItsOutcome) {
  for (const json::value& prompt : prompts) {
    for (const json::value& tool : prompt.at("tools").as_array()) {
      const auto calls = seen.of("tool_call");
      const auto call = std::find_if(calls.begin(), calls.end(), [&](const json::object& event) {
        return text(event, "ref") == tool.at("id").as_string();
      });
      ASSERT_NE(call, calls.end()) << json::serialize(tool);
      const json::array& statuses = tool.at("statuses").as_array();
      const std::string last(statuses.empty() ? "" : statuses.back().as_string());
      std::string outcome;
      for (const json::object& event : seen.of("tool_result")) {
        if (text(event, "ref") == tool.at("id").as_string()) outcome = text(event.at("body").as_object(), "outcome");
      }
      if (last == "completed") {
        EXPECT_TRUE(outcome == "ok" || outcome == "denied") << outcome;
      } else {
        EXPECT_NE(outcome, "ok") << json::serialize(tool);
      }
    }
  }
}

TEST_P(Expected, EveryPermissionIsAskedForAndAnswered) {
  Texts wanted, decided;
  for (const json::value& prompt : prompts) {
    for (const json::value& permission : prompt.at("permissions").as_array()) {
      const std::string answer(permission.at("answer").as_string());
      wanted.push_back(answer.starts_with("allow") ? "allow" : answer.starts_with("reject") ? "deny" : "cancelled");
    }
  }
  std::vector<std::string> asked;
  for (const json::object& event : seen.of("approval_request")) asked.push_back(text(event, "ref"));
  for (const json::object& event : seen.of("approval_resolved")) {
    const bool is_approval = std::find(asked.begin(), asked.end(), text(event, "ref")) != asked.end();
    if (is_approval) decided.push_back(text(event.at("body").as_object(), "decision"));
  }
  // Copilot ends the turn before anybody could tell it that the request is cancelled, too.
  if (decided.size() > wanted.size() && decided.back() == "cancelled") wanted.emplace_back("cancelled");
  EXPECT_EQ(decided, wanted);
}

TEST_P(Expected, TheStatesFollowOneAnother) {
  const json::value* sessions = expected.if_contains("sessions");
  if (sessions == nullptr || sessions->as_object().size() != 1) GTEST_SKIP() << "not one session";
  Texts wanted;
  for (const json::value& state : sessions->as_object().begin()->value().at("states").as_array()) {
    wanted.push_back(state_of(std::string(state.as_string())));
  }
  Texts got = states(seen);
  std::erase(got, "starting");
  // Only ends that the agent itself told are states; a session that never opened has none.
  if (wanted == Texts{"idle"} && got.empty()) GTEST_SKIP() << "the session never opened";
  got = normal(std::move(got));
  wanted = normal(std::move(wanted));
  // An agent that goes away in mid-turn is in no state any more, and one that is loaded twice is idle once.
  if (got.size() + 1 == wanted.size() && wanted.back() == "idle") wanted.pop_back();
  EXPECT_EQ(got, wanted);
}

TEST_P(Expected, TheSessionIsNamed) {
  const json::value* sessions = expected.if_contains("sessions");
  const auto told = bodies(seen, "session");
  if (sessions == nullptr || sessions->as_object().size() != 1 || told.empty()) GTEST_SKIP() << "not one session";
  EXPECT_EQ(text(told.back(), "agent_session_id"), sessions->as_object().begin()->key());
}

/// Totals of the session, or the sum of what each prompt took.
std::int64_t tokens(const json::array& prompts, std::string_view key, bool is_total) {
  std::int64_t sum = 0;
  for (const json::value& prompt : prompts) {
    const json::value* usage = prompt.as_object().if_contains("usage");
    const json::value* count = usage != nullptr ? usage->as_object().if_contains(key) : nullptr;
    if (count != nullptr) sum = is_total ? count->as_int64() : sum + count->as_int64();
  }
  return sum;
}

TEST_P(Expected, EveryTokenIsCountedOnce) {
  const auto told = bodies(seen, "usage");
  const bool has_usage = std::any_of(prompts.begin(), prompts.end(),
                                     [](const json::value& prompt) { return prompt.as_object().contains("usage"); });
  if (!has_usage) GTEST_SKIP() << "nothing is said about tokens";
  ASSERT_FALSE(told.empty());
  const bool is_total = tokens(prompts, "totalTokens", true) > 0;
  const std::int64_t cached = tokens(prompts, "cachedReadTokens", is_total);
  const json::object& last = told.back();
  EXPECT_EQ(last.at("input_tokens").as_int64() + last.at("cache_read_tokens").as_int64(),
            tokens(prompts, "inputTokens", is_total));
  EXPECT_EQ(last.at("cache_read_tokens").as_int64(), cached);
  EXPECT_EQ(last.at("output_tokens").as_int64(), tokens(prompts, "outputTokens", is_total));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Expected);
INSTANTIATE_TEST_SUITE_P(All, Expected, testing::ValuesIn(tapes_with_expectations()), tape_name);

}  // namespace
}  // namespace paddock::acp::test
