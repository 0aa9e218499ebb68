// A session as JSON: what the API shows, and that the store gets back what it was given.
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "session/record.hpp"

namespace paddock::session {
namespace {
namespace json = boost::json;

base::WallTime at(int millis) { return base::WallTime(std::chrono::milliseconds(millis)); }

Record full() {
  Record record;
  record.id = base::SessionId::make();
  record.name = "fixer";
  record.adapter = "claude";
  record.adapter_version = "1.2.3";
  record.mode = Mode::interactive;
  record.state = State::blocked;
  record.blocked_on = BlockedOn::question;
  record.state_version = 9;
  record.state_since = at(5);
  record.state_source = StateSource::hook;
  record.runtime = base::RuntimeId::make();
  record.restarts = 2;
  record.pid = 4711;
  record.workspace = "w";
  record.workdir = "/home/x";
  record.policy = "strict";
  record.limits.memory_max = base::mib(64);
  record.limits.pids_max = 10;
  record.limits.io_weight = 7;
  record.unenforced = {"memory_high: no such limit here"};
  record.resources = json::parse(R"({"memory_bytes":12})").as_object();
  record.usage.input_tokens = 12;
  record.usage.cost_micros = 5;
  record.usage.turns = 3;
  record.model = "m";
  record.agent_session_id = "a";
  record.opaque = record.keep_open = record.yolo = true;
  record.approvals = {{"r", true, 8, at(7), json::parse(R"({"text":"?","ref":"inner"})").as_object()}};
  record.result = "done";
  record.exit = Exit{1, std::nullopt, ExitReason::agent_error, "exit status 1"};
  record.created_at = at(1);
  record.updated_at = at(8);
  record.ended_at = at(9);
  record.labels = {{"team", "blue"}};
  record.cgroup = json::parse(R"({"v2":"/sys/fs/cgroup/x"})").as_object();
  record.last_number = 99;
  return record;
}

TEST(StoredRecord, ComesBackEqual) {
  const Record record = full();
  const auto back = record_from_json(json::parse(json::serialize(to_stored(record))).as_object());
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(*back, record);
}

TEST(StoredRecord, WithNothingInItComesBackEqual) {
  Record record;
  record.id = base::SessionId::make();
  const auto back = record_from_json(to_stored(record));
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(*back, record);
}

TEST(StoredRecord, WithAWrongFieldIsCorruptAndNamesIt) {
  const std::vector<std::pair<std::string, json::value>> wrong{
      {"id", "ses_x"},        {"state", "dreaming"},       {"restarts", "two"}, {"approvals", 3},
      {"labels", {{"a", 1}}}, {"created_at", "yesterday"}, {"opaque", 1},       {"pid", 1.5}};
  for (const auto& [key, value] : wrong) {
    json::object stored = to_stored(full());
    stored[key] = value;
    const auto back = record_from_json(stored);
    ASSERT_FALSE(back) << key;
    EXPECT_EQ(back.error().code, base::Errc::corrupt);
    EXPECT_NE(back.error().detail.find("'" + key + "'"), std::string::npos) << back.error().detail;
  }
}

TEST(StoredRecord, WithoutAnIdIsCorrupt) { EXPECT_FALSE(record_from_json({})); }

TEST(ShownRecord, HasTheContractsFields) {
  const json::object shown = to_json(full());
  for (const char* key : {"id",
                          "name",
                          "adapter",
                          "adapter_version",
                          "mode",
                          "state",
                          "state_version",
                          "state_since",
                          "state_source",
                          "runtime_id",
                          "restarts",
                          "pid",
                          "workspace",
                          "workdir",
                          "policy",
                          "limits",
                          "resources",
                          "usage",
                          "model",
                          "agent_session_id",
                          "pending_approvals",
                          "result",
                          "exit",
                          "created_at",
                          "updated_at",
                          "ended_at",
                          "labels"}) {
    EXPECT_TRUE(shown.contains(key)) << key;
  }
  EXPECT_EQ(shown.at("limits").at("memory_max_bytes").to_number<int>(), 64 << 20);
  EXPECT_EQ(shown.at("exit").at("reason").as_string(), "agent_error");
  EXPECT_FALSE(shown.at("exit").as_object().contains("signal"));
  EXPECT_EQ(shown.at("pending_approvals").at(0).at("ref").as_string(), "r");
  EXPECT_EQ(shown.at("pending_approvals").at(0).at("type").as_string(), "question");
}

TEST(ShownRecord, KeepsTheHostsOwnThingsToItself) {
  const json::object shown = to_json(full());
  EXPECT_FALSE(shown.contains("cgroup"));
  EXPECT_FALSE(shown.contains("last_number"));
}

TEST(ShownRecord, LeavesOutWhatIsNotKnown) {
  Record record;
  record.id = base::SessionId::make();
  const json::object shown = to_json(record);
  for (const char* key : {"name", "pid", "exit", "ended_at", "model", "blocked_on", "result"}) {
    EXPECT_FALSE(shown.contains(key)) << key;
  }
  EXPECT_FALSE(shown.at("usage").as_object().contains("input_tokens"));
}

}  // namespace
}  // namespace paddock::session
