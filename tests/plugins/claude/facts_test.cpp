// Every tape has beside it what its recording is known to mean, written down independently of this
// adapter. These tests hold the events against that.
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

/// The facts' words for what the events say.
std::string state_word(const json::object& body) {
  const std::string state = text(body, "state");
  if (state != "blocked") return state;
  return text(body, "blocked_on") == "question" ? "waiting_input" : "waiting_approval";
}

std::vector<std::string> merged_states(const kit::Recorded& seen) {
  std::vector<std::string> states;
  for (const json::object& event : seen.of("state")) {
    const std::string word = state_word(event.at("body").as_object());
    if (states.empty() || states.back() != word) states.push_back(word);
  }
  states.emplace_back("exited");
  return states;
}

std::vector<std::string> distinct(const kit::Recorded& seen, std::string_view key) {
  std::vector<std::string> found;
  for (const json::object& event : seen.of("session")) {
    const std::string word = text(event.at("body").as_object(), key);
    if (!word.empty() && std::find(found.begin(), found.end(), word) == found.end()) found.push_back(word);
  }
  return found;
}

std::vector<std::string> words(const json::value& list) {
  std::vector<std::string> found;
  for (const json::value& word : list.as_array()) found.emplace_back(word.as_string());
  return found;
}

std::int64_t micros(const json::value& dollars) { return std::llround(dollars.to_number<double>() * 1e6); }

/// Ends of turns with the error, if any, that came inside each.
struct Turn {
  json::object end;
  json::object error;
};

std::vector<Turn> turns(const kit::Recorded& seen) {
  std::vector<Turn> found;
  json::object error;
  for (const json::object& event : seen.events) {
    const json::object& body = event.at("body").as_object();
    if (event.at("kind").as_string() == "error" && !body.contains("retrying")) error = body;
    if (event.at("kind").as_string() == "turn" && text(body, "phase") == "end")
      found.push_back({body, std::exchange(error, {})});
  }
  return found;
}

void compare_tokens(const json::object& got, const json::object& wanted) {
  EXPECT_EQ(got.at("input_tokens").as_int64(), wanted.at("input").as_int64());
  EXPECT_EQ(got.at("output_tokens").as_int64(), wanted.at("output").as_int64());
  EXPECT_EQ(got.at("cache_read_tokens").as_int64(), wanted.at("cache_read").as_int64());
  EXPECT_EQ(got.at("cache_write_tokens").as_int64(), wanted.at("cache_write").as_int64());
}

void compare_turn(const Turn& got, const json::object& wanted) {
  EXPECT_EQ(text(got.end, "outcome"), text(wanted, "outcome"));
  if (wanted.contains("result")) {
    EXPECT_TRUE(text(got.end, "text").starts_with(text(wanted, "result")));
  }
  if (const json::value* tokens = wanted.if_contains("tokens_reported")) {
    compare_tokens(got.end.at("usage").as_object(), tokens->as_object());
  }
  if (const json::value* cost = wanted.if_contains("cost_usd")) {
    EXPECT_NEAR(static_cast<double>(got.end.at("cost_micros").as_int64()), static_cast<double>(micros(*cost)), 1);
  }
  if (const json::value* origin = wanted.if_contains("origin")) {
    EXPECT_EQ(got.end.at("origin"), *origin);
  }
  const json::value* error = wanted.if_contains("error");
  if (error == nullptr || text(error->as_object(), "class") == "process_ended_in_turn") return;
  EXPECT_TRUE(text(got.error, "text").starts_with(text(error->as_object(), "text"))) << json::serialize(got.error);
  if (const json::value* agent_class = error->as_object().if_contains("class")) {
    EXPECT_EQ(got.error.at("agent_class"), *agent_class);
  }
  if (const json::value* status = error->as_object().if_contains("http_status")) {
    EXPECT_EQ(got.error.at("status"), *status);
  }
}

/// "tool:decision" in the order of asking.
std::vector<std::string> approvals(const kit::Recorded& seen) {
  std::vector<std::string> found;
  std::vector<std::string> refs;
  for (const json::object& event : seen.events) {
    const std::string kind(event.at("kind").as_string());
    const json::object& body = event.at("body").as_object();
    if (kind == "approval_request" || kind == "question") {
      refs.emplace_back(event.at("ref").as_string());
      found.push_back((kind == "question" ? "AskUserQuestion" : text(body, "tool")) + " " + text(body, "call"));
    } else if (kind == "approval_resolved") {
      const auto at = std::find(refs.begin(), refs.end(), std::string(event.at("ref").as_string()));
      found.at(static_cast<std::size_t>(at - refs.begin())) += " " + text(body, "decision");
    }
  }
  return found;
}

std::vector<std::string> wanted_approvals(const json::array& list) {
  std::vector<std::string> found;
  for (const json::value& value : list) {
    const json::object& one = value.as_object();
    const std::string answer = text(one, "answer");
    // An answer that never came, or that was a failure, is one that the CLI went on without.
    const bool given = answer == "allow" || answer == "deny";
    found.push_back(text(one, "tool") + " " + text(one, "tool_use_id") + " " + (given ? answer : "cancelled"));
  }
  return found;
}

std::vector<std::filesystem::path> tapes_with_facts() {
  std::vector<std::filesystem::path> found = tapes();
  std::erase_if(found, [](std::filesystem::path tape) {
    return !std::filesystem::exists(tape.replace_extension(".expected.json"));
  });
  return found;
}

class Facts : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    std::filesystem::path file = GetParam();
    file.replace_extension(".expected.json");
    std::ifstream in(file);
    std::ostringstream all;
    all << in.rdbuf();
    wanted_ = json::parse(all.str()).as_object();
    seen_ = kit::Tape::read(GetParam()).play(paddock_adapter_v1);
  }

  json::object wanted_;
  kit::Recorded seen_;
};

TEST_P(Facts, StatesAreThoseOfTheRecording) { EXPECT_EQ(merged_states(seen_), words(wanted_.at("states"))); }

TEST_P(Facts, TurnsEndAsTheyDid) {
  const std::vector<Turn> got = turns(seen_);
  const json::array& wanted = wanted_.at("turns").as_array();
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE("turn " + std::to_string(i + 1));
    compare_turn(got[i], wanted[i].as_object());
  }
}

TEST_P(Facts, TotalsAreWhatTheServiceCounted) {
  const std::vector<json::object> usage = seen_.of("usage");
  const json::object& totals = wanted_.at("session_totals").as_object();
  if (usage.empty()) {
    EXPECT_EQ(micros(totals.at("cost_usd")), 0);
    return;
  }
  const json::object& last = usage.back().at("body").as_object();
  compare_tokens(last, totals.at("tokens").as_object());
  EXPECT_EQ(last.at("cost_micros").as_int64(), micros(totals.at("cost_usd")));
}

TEST_P(Facts, ApprovalsAreAskedAndResolved) {
  EXPECT_EQ(approvals(seen_), wanted_approvals(wanted_.at("approvals").as_array()));
}

TEST_P(Facts, SessionsModelsAndModesAreKnown) {
  EXPECT_EQ(distinct(seen_, "agent_session_id"), words(wanted_.at("session_ids")));
  EXPECT_EQ(distinct(seen_, "permission_mode"), words(wanted_.at("permission_modes")));
  const std::vector<std::string> models = distinct(seen_, "model");
  if (wanted_.at("model").is_string()) {
    ASSERT_FALSE(models.empty());
    EXPECT_EQ(models.front(), std::string(wanted_.at("model").as_string()));
  }
}

TEST_P(Facts, RetriesAndUnreadableLinesAreCounted) {
  std::int64_t retries = 0;
  std::int64_t unusable = 0;
  for (const json::object& event : seen_.of("error"))
    retries += event.at("body").as_object().contains("retrying") ? 1 : 0;
  for (const json::object& event : seen_.of("unknown"))
    unusable += text(event.at("body").as_object(), "what") == "not_json" ? 1 : 0;
  EXPECT_EQ(retries, wanted_.at("retries").as_int64());
  EXPECT_EQ(unusable, wanted_.at("unusable_lines").as_int64());
}

INSTANTIATE_TEST_SUITE_P(All, Facts, testing::ValuesIn(tapes_with_facts()), tape_name);

}  // namespace
}  // namespace paddock::claude::test
