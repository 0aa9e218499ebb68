// The recorded sessions: golden events, and what the recordings themselves say about turns, tokens,
// approvals and states, read a second time in the simplest way.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "codex/fields.hpp"
#include "paddock/adapter_testing.hpp"

namespace {

namespace json = boost::json;
namespace kit = paddock::sdk::testing;
using paddock::codex::array_of;
using paddock::codex::number_of;
using paddock::codex::object_of;
using paddock::codex::text_of;

const pdk_adapter& adapter() {
  static const kit::Library library(CODEX_ADAPTER);
  return library.adapter();
}

std::vector<std::string> tape_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(CODEX_TAPES)) {
    if (entry.path().extension() == ".tape") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::filesystem::path path_of(const std::string& name, const char* extension) {
  return std::filesystem::path(CODEX_TAPES) / (name + extension);
}

json::object body_of(const json::object& event) { return event.at("body").as_object(); }

/// What a recording says, read line by line without any state machine.
struct Facts {
  std::string thread, last_answer;
  std::vector<std::string> turns;  // outcomes, in Paddock's words
  std::set<std::string> requests;  // ids of approvals and questions
  std::int64_t input = 0, cached = 0, output = 0, reasoning = 0;
  std::map<std::string, json::object> before, total;  // of threads
  std::set<std::string> begun;
};

std::string outcome_of(std::string_view status) {
  if (status == "completed") return "finished";
  return status == "interrupted" ? "cancelled" : std::string(status);
}

void read_line(const json::object& line, Facts& facts) {
  const std::string method(text_of(line, "method"));
  const json::object* result = object_of(line, "result");
  if (result != nullptr && result->contains("thread") && facts.thread.empty()) {
    facts.thread = text_of(*object_of(*result, "thread"), "id");
  }
  const json::object* params = object_of(line, "params");
  if (params == nullptr) return;
  const std::string thread(text_of(*params, "threadId"));
  if (line.contains("id")) facts.requests.insert(json::serialize(line.at("id")));
  if (method == "turn/started") facts.begun.insert(thread);
  if (method == "thread/tokenUsage/updated") {
    const json::object& total = *object_of(*object_of(*params, "tokenUsage"), "total");
    facts.total[thread] = total;
    if (!facts.begun.contains(thread)) facts.before[thread] = total;
  }
  if (method == "turn/completed" && thread == facts.thread) {
    const json::object& turn = *object_of(*params, "turn");
    facts.turns.push_back(outcome_of(text_of(turn, "status")));
    const json::array& items = *array_of(turn, "items");
    facts.last_answer = items.empty() ? "" : text_of(items.back().as_object(), "text");
  }
}

Facts facts_of(const std::string& name) {
  std::ifstream in(path_of(name, ".tape"));
  Facts facts;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("out {")) read_line(json::parse(line.substr(4)).as_object(), facts);
  }
  const auto add = [&](const json::object& total, std::int64_t sign) {
    facts.input += sign * (*number_of(total, "inputTokens") - *number_of(total, "cachedInputTokens"));
    facts.cached += sign * *number_of(total, "cachedInputTokens");
    facts.output += sign * *number_of(total, "outputTokens");
    facts.reasoning += sign * *number_of(total, "reasoningOutputTokens");
  };
  for (const auto& [thread, total] : facts.total) add(total, 1);
  for (const auto& [thread, total] : facts.before) add(total, -1);
  return facts;
}

class CodexTape : public testing::TestWithParam<std::string> {
 protected:
  const kit::Recorded& seen() {
    if (!played_) played_ = kit::Tape::read(path_of(GetParam(), ".tape")).play(adapter());
    return *played_;
  }
  Facts facts() const { return facts_of(GetParam()); }

 private:
  std::optional<kit::Recorded> played_;
};

TEST_P(CodexTape, KeepsTheContractAndItsExpectations) { EXPECT_EQ(kit::check_contract(seen()), ""); }

TEST_P(CodexTape, GivesTheGoldenEvents) {
  EXPECT_EQ(kit::compare_golden(path_of(GetParam(), ".events.jsonl"), seen()), "");
}

TEST_P(CodexTape, DoesNotDependOnHowItIsCut) {
  EXPECT_EQ(kit::check_stream(adapter(), kit::Tape::read(path_of(GetParam(), ".tape"))), "");
}

TEST_P(CodexTape, NamesTheThread) {
  const auto sessions = seen().of("session");
  ASSERT_FALSE(sessions.empty());
  EXPECT_EQ(text_of(body_of(sessions.front()), "agent_session_id"), facts().thread);
  EXPECT_EQ(text_of(body_of(sessions.front()), "version"), "0.169.0");
}

TEST_P(CodexTape, EndsEveryTurnAsTheAgentSays) {
  std::vector<std::string> ends;
  for (const json::object& turn : seen().of("turn")) {
    if (text_of(body_of(turn), "phase") == "end") ends.emplace_back(text_of(body_of(turn), "outcome"));
  }
  std::vector<std::string> wanted = facts().turns;
  // A turn that was cut off by a stop has no end of its own.
  if (ends.size() == wanted.size() + 1) wanted.emplace_back("cancelled");
  EXPECT_EQ(ends, wanted);
}

TEST_P(CodexTape, CountsEveryTokenOnce) {
  const auto usages = seen().of("usage");
  const Facts said = facts();
  if (usages.empty()) {
    EXPECT_TRUE(said.total.empty());
    return;
  }
  const json::object last = body_of(usages.back());
  EXPECT_EQ(number_of(last, "input_tokens"), said.input);
  EXPECT_EQ(number_of(last, "cache_read_tokens"), said.cached);
  EXPECT_EQ(number_of(last, "output_tokens"), said.output);
  EXPECT_EQ(number_of(last, "reasoning_tokens"), said.reasoning);
  EXPECT_FALSE(last.contains("cost_micros"));
}

TEST_P(CodexTape, AsksAndResolvesEveryRequestOnce) {
  std::multiset<std::string> asked, resolved;
  for (const char* kind : {"approval_request", "question"}) {
    for (const json::object& event : seen().of(kind)) asked.emplace(text_of(event, "ref"));
  }
  for (const json::object& event : seen().of("approval_resolved")) resolved.emplace(text_of(event, "ref"));
  EXPECT_EQ(asked, resolved);
  for (const std::string& id : facts().requests) EXPECT_EQ(asked.count(id), 1U) << id;
}

TEST_P(CodexTape, IsBlockedFromEachRequestToItsAnswer) {
  std::string blocked_on, open;
  for (const json::object& event : seen().events) {
    const std::string_view kind = text_of(event, "kind");
    const json::object body = body_of(event);
    if (kind == "approval_request" || (kind == "question" && !body.contains("waits"))) open = text_of(event, "ref");
    if (kind == "approval_resolved") open.clear();
    if (kind != "state") continue;
    const bool is_blocked = text_of(body, "state") == "blocked";
    EXPECT_EQ(is_blocked, !open.empty()) << json::serialize(event);
    if (is_blocked) {
      EXPECT_EQ(text_of(event, "ref"), open);
    }
  }
}

TEST_P(CodexTape, GivesEveryCallOneResult) {
  std::multiset<std::string> calls, results;
  for (const json::object& event : seen().of("tool_call")) calls.emplace(text_of(event, "ref"));
  for (const json::object& event : seen().of("tool_result")) {
    const auto flags = number_of(event, "flags").value_or(0);
    if ((flags & PDK_EVF_PARTIAL) == 0) results.emplace(text_of(event, "ref"));
  }
  EXPECT_EQ(calls, results);
}

TEST_P(CodexTape, UnderstandsEveryLine) { EXPECT_TRUE(seen().of("unknown").empty()); }

TEST_P(CodexTape, EndsWithTheLastAnswer) {
  const json::object outcome = body_of(seen().of("outcome").back());
  const Facts said = facts();
  if (said.turns.empty() || said.turns.back() != "finished" || said.last_answer.empty()) return;
  EXPECT_EQ(text_of(outcome, "result"), "success");
  EXPECT_EQ(text_of(outcome, "text"), said.last_answer);
}

std::string test_name(const testing::TestParamInfo<std::string>& tape) {
  std::string name = tape.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, CodexTape, testing::ValuesIn(tape_names()), test_name);

}  // namespace
