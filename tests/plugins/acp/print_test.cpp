// Runs of one prompt: what a reader without a state machine found in each recording, beside what the adapter says.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::filesystem::path wanted_of(std::filesystem::path tape) { return tape.replace_extension(".wanted.json"); }

std::vector<std::filesystem::path> runs() {
  std::vector<std::filesystem::path> found = tapes();
  std::erase_if(found, [](const auto& tape) { return !std::filesystem::exists(wanted_of(tape)); });
  return found;
}

/// How the run's turn ended, in the contract's words; empty when there was none.
std::string outcome_of(const json::object& wanted) {
  const std::string said = text(wanted, "outcome");
  if (said == "completed") return "finished";
  if (said == "interrupted") return "cancelled";
  if (said == "startup_error") return "";
  if (!said.empty()) return "failed";
  return std::string(wanted.at("states").as_array().back().as_string());
}

class Runs : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    seen = kit::Tape::read(GetParam()).play(paddock_adapter_v1);
    wanted = json::parse(kit::detail::read_text(wanted_of(GetParam()))).as_object();
    outcome = outcome_of(wanted);
    for (const json::object& body : bodies(seen, "turn")) {
      if (text(body, "phase") == "end") end = body;
    }
  }

  kit::Recorded seen;
  json::object wanted, end;
  std::string outcome;
};

TEST_P(Runs, EndAsTheyDid) {
  EXPECT_EQ(text(end, "outcome"), outcome);
  EXPECT_EQ(seen.of("turn").size(), outcome.empty() ? 0U : 2U);
  const std::string result = text(bodies(seen, "outcome").at(0), "result");
  if (outcome == "finished") {
    EXPECT_EQ(result, "success");
  } else if (outcome == "cancelled") {
    EXPECT_EQ(result, "interrupted");
  } else {
    EXPECT_NE(result, "success");
  }
}

TEST_P(Runs, PassThroughTheSameStates) {
  if (outcome.empty()) {
    EXPECT_THAT(states(seen), ElementsAre("starting"));
  } else {
    EXPECT_THAT(states(seen), ElementsAre("starting", "working", "idle"));
  }
}

TEST_P(Runs, NameTheirSession) {
  const json::value* id = wanted.if_contains("session_id");
  if (id == nullptr || !id->is_string()) GTEST_SKIP() << "it has no name";
  ASSERT_FALSE(seen.of("session").empty());
  EXPECT_EQ(text(bodies(seen, "session").back(), "agent_session_id"), id->as_string());
}

TEST_P(Runs, GiveTheWholeAnswer) {
  const json::value* answer = wanted.if_contains("answer");
  if (answer == nullptr || answer->is_null()) GTEST_SKIP() << "there is no answer";
  if (const json::object* large = answer->if_object()) {
    EXPECT_EQ(std::int64_t(text(end, "text").size()), large->at("utf8_bytes").as_int64());
    EXPECT_THAT(text(end, "text"), StartsWith(text(*large, "first")));
  } else if (text(end, "outcome") == "finished") {
    EXPECT_EQ(text(end, "text"), answer->as_string());
  }
}

/// True when the recording says that the call went well.
bool went_well(const json::object& tool) {
  const json::value* success = tool.if_contains("success");
  if (success != nullptr) return success->is_bool() && success->get_bool();
  const std::string said = text(tool, tool.contains("status") ? "status" : "outcome");
  return said == "success" || said == "unknown";
}

TEST_P(Runs, TellEveryTool) {
  if (!wanted.contains("tools")) GTEST_SKIP() << "it has no tools";
  const json::array& tools = wanted.at("tools").as_array();
  EXPECT_EQ(seen.of("tool_call").size(), tools.size());
  for (const json::value& value : tools) {
    const json::object& tool = value.as_object();
    std::string name, result;
    for (const json::object& event : seen.of("tool_call")) {
      if (text(event, "ref") == text(tool, "id")) name = text(event.at("body").as_object(), "tool");
    }
    for (const json::object& event : seen.of("tool_result")) {
      if (text(event, "ref") == text(tool, "id")) result = text(event.at("body").as_object(), "outcome");
    }
    EXPECT_EQ(name, text(tool, "name"));
    EXPECT_EQ(result == "ok", went_well(tool)) << json::serialize(tool) << " " << result;
    if (text(tool, "error") == "denied" || text(tool, "outcome") == "rejected") {
      EXPECT_EQ(result, "denied");
    }
  }
}

TEST_P(Runs, CountTheirTokens) {
  const json::value* tokens = wanted.if_contains("tokens");
  if (tokens == nullptr || !tokens->is_object()) GTEST_SKIP() << "nothing is said about tokens";
  const json::object& said = tokens->as_object();
  ASSERT_EQ(seen.of("usage").size(), 1U);
  const json::object usage = bodies(seen, "usage").at(0);
  const bool is_camel = said.contains("inputTokens");
  const std::int64_t cached = said.at(is_camel ? "cacheReadTokens" : "cached").as_int64();
  const std::int64_t input = said.at(is_camel ? "inputTokens" : "input").as_int64() - (is_camel ? 0 : cached);
  EXPECT_EQ(usage.at("input_tokens").as_int64(), input);
  EXPECT_EQ(usage.at("cache_read_tokens").as_int64(), cached);
  EXPECT_EQ(usage.at("output_tokens").as_int64(), said.at(is_camel ? "outputTokens" : "output").as_int64());
}

TEST_P(Runs, LeaveNothingUnsaid) { EXPECT_THAT(seen.of("unknown"), IsEmpty()); }

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Runs);
INSTANTIATE_TEST_SUITE_P(All, Runs, testing::ValuesIn(runs()), tape_name);

json::object printing(json::object more = {}) {
  json::object request = launch({{"prompt", "hi"}, {"keep_open", false}, {"options", {{"protocol", "print"}}}});
  for (const auto& [key, value] : more) request[key] = value;
  return request;
}

TEST(Print, GivesThePromptToTheInputAndNothingElse) {
  kit::Driver driver(paddock_adapter_v1, printing());
  driver.started();
  EXPECT_EQ(driver.seen().written, "hi\n");
  EXPECT_TRUE(driver.seen().input_closed);
  EXPECT_EQ(json::serialize(driver.plan()).find("\"hi\""), std::string::npos) << "others can see a command line";
}

TEST(Print, NeedsExactlyOnePrompt) {
  EXPECT_THROW(kit::Driver(paddock_adapter_v1, printing({{"prompt", ""}})), std::runtime_error);
  EXPECT_THROW(kit::Driver(paddock_adapter_v1, printing({{"keep_open", true}})), std::runtime_error);
  kit::Driver driver(paddock_adapter_v1, printing());
  driver.started();
  EXPECT_EQ(driver.command(PDK_CMD_PROMPT, {}, {{"text", "more"}}), PDK_E_UNSUPPORTED);
  EXPECT_EQ(driver.command(PDK_CMD_ANSWER, "1", {{"decision", "allow"}}), PDK_E_ARGUMENT);
}

TEST(Print, AnInterruptIsASignal) {
  kit::Driver driver(paddock_adapter_v1, printing());
  driver.started();
  EXPECT_EQ(driver.command(PDK_CMD_INTERRUPT, {}, {}), PDK_OK);
  EXPECT_THAT(driver.seen().signals, ElementsAre(SIGINT));
}

TEST(Print, AnUnknownProtocolIsRefused) {
  EXPECT_THROW(kit::Driver(paddock_adapter_v1, launch({{"options", {{"protocol", "morse"}}}})), std::runtime_error);
}

}  // namespace
}  // namespace paddock::acp::test
