// Events in, counts out.
#include "metrics/registry.hpp"

#include <gtest/gtest.h>

#include "metrics/page.hpp"

namespace paddock {
namespace {

namespace json = boost::json;
using event::Kind;
using metrics_test::Page;

/// Events of one session, second by second.
class Counting : public testing::Test {
 protected:
  event::Event event(Kind kind, json::object data, const std::string& ref = {}) {
    event::Event event;
    event.number = ++number_;
    event.session = session_;
    event.runtime = runtime_;
    event.kind = kind;
    event.time = now_;
    event.observed_at = now_;
    event.source.channel = event::Channel::out;
    event.ref = ref;
    event.data = std::move(data);
    return event;
  }

  void see(Kind kind, json::object data, const std::string& ref = {}) {
    registry_.observe(event(kind, std::move(data), ref), "claude");
  }
  void pass(int seconds) { now_ += std::chrono::seconds(seconds); }
  void start() { see(Kind::state, {{"state", "starting"}, {"version", 1}}); }
  void exit(const std::string& reason, json::object resources = {}) {
    see(Kind::state, {{"state", "exited"}, {"exit", {{"reason", reason}}}, {"resources", resources}});
  }

  Page page() { return Page(registry_.text()); }
  std::optional<double> value(const std::string& series) { return page().value(series); }

  metrics::Registry registry_{{"1.2.3", "abcdef", {}, 500}};
  base::SessionId session_ = base::SessionId::make();
  base::RuntimeId runtime_ = base::RuntimeId::make();
  base::WallTime now_ = base::wall_now() - std::chrono::hours(24);
  std::uint64_t number_ = 0;
};

TEST_F(Counting, TellsWhichBuildRuns) {
  const Page page = this->page();

  EXPECT_EQ(page.labels("version"), std::set<std::string>{"1.2.3"});
  EXPECT_EQ(page.labels("revision"), std::set<std::string>{"abcdef"});
  EXPECT_EQ(page.type("paddock_build_info"), "gauge");
}

TEST_F(Counting, CountsEventsBySource) {
  see(Kind::message, {});
  see(Kind::message, {});
  event::Event tail = event(Kind::message, {});
  tail.source.channel = event::Channel::tail;
  registry_.observe(tail, "claude");
  event::Event host = event(Kind::policy, {});
  host.source.channel = event::Channel::none;
  registry_.observe(host, "");

  EXPECT_EQ(value(R"(paddock_events_total{adapter="claude",source="stdout"})"), 2);
  EXPECT_EQ(value(R"(paddock_events_total{adapter="claude",source="transcript"})"), 1);
  EXPECT_EQ(value(R"(paddock_events_total{adapter="host",source="host"})"), 1);
}

TEST_F(Counting, MeasuresHowLateEventsArrive) {
  event::Event late = event(Kind::message, {});
  late.observed_at = late.time + std::chrono::milliseconds(1500);
  registry_.observe(late, "claude");
  late.observed_at = late.time - std::chrono::seconds(5);  // the clock was set back
  registry_.observe(late, "claude");

  EXPECT_EQ(value(R"(paddock_event_ingest_lag_seconds_bucket{source="stdout",le="1"})"), 1);
  EXPECT_EQ(value(R"(paddock_event_ingest_lag_seconds_bucket{source="stdout",le="2.5"})"), 2);
  EXPECT_EQ(value(R"(paddock_event_ingest_lag_seconds_sum{source="stdout"})"), 1.5);
}

TEST_F(Counting, CountsStartsAndTheirTime) {
  session::Record record;
  record.id = session_;
  record.adapter = "claude";

  registry_.session_started(record, 0.004);
  registry_.session_restarted("claude", session::ExitReason::crashed);

  EXPECT_EQ(value(R"(paddock_session_starts_total{adapter="claude",target="local"})"), 1);
  EXPECT_EQ(value(R"(paddock_session_start_duration_seconds_bucket{adapter="claude",le="0.005"})"), 1);
  EXPECT_EQ(value(R"(paddock_session_restarts_total{adapter="claude",reason="crashed"})"), 1);
}

TEST_F(Counting, CountsTheTimeInEachState) {
  start();
  pass(2);
  see(Kind::state, {{"state", "working"}});
  pass(30);
  see(Kind::state, {{"state", "idle"}});
  pass(5);
  exit("completed");

  EXPECT_EQ(value(R"(paddock_session_state_seconds_total{adapter="claude",state="starting"})"), 2);
  EXPECT_EQ(value(R"(paddock_session_state_seconds_total{adapter="claude",state="working"})"), 30);
  EXPECT_EQ(value(R"(paddock_session_state_seconds_total{adapter="claude",state="idle"})"), 5);
}

TEST_F(Counting, CountsTheTimeOfAStateThatGoesOn) {
  now_ = base::wall_now() - std::chrono::seconds(1000);
  start();
  see(Kind::state, {{"state", "working"}});
  const std::string working = R"(paddock_session_state_seconds_total{adapter="claude",state="working"})";

  const double first = value(working).value();
  const double second = value(working).value();

  EXPECT_GE(first, 1000);
  EXPECT_LT(first, 1500);
  EXPECT_GE(second, first);
  EXPECT_LT(second - first, 500);
}

TEST_F(Counting, CountsExitsByReason) {
  start();
  exit("out_of_memory", {{"oom_kills", 3}, {"cpu_throttled_seconds", 1.5}});
  exit("no such reason");

  EXPECT_EQ(value(R"(paddock_session_exits_total{adapter="claude",reason="out_of_memory"})"), 1);
  EXPECT_EQ(value(R"(paddock_session_exits_total{adapter="claude",reason="lost"})"), 1);
  EXPECT_EQ(value(R"(paddock_session_failure_detect_seconds_count{adapter="claude"})"), 2);
  EXPECT_EQ(value(R"(paddock_adapter_oom_kills_total{adapter="claude"})"), 3);
  EXPECT_EQ(value(R"(paddock_adapter_cpu_throttled_seconds_total{adapter="claude"})"), 1.5);
}

TEST_F(Counting, MeasuresTurns) {
  start();
  see(Kind::turn, {{"phase", "begin"}});
  pass(20);
  see(Kind::turn, {{"phase", "end"}, {"outcome", "finished"}, {"duration_ms", 1}});
  see(Kind::turn, {{"phase", "end"}, {"duration_ms", 90'000}});

  EXPECT_EQ(value(R"(paddock_turn_duration_seconds_count{adapter="claude"})"), 2);
  EXPECT_EQ(value(R"(paddock_turn_duration_seconds_sum{adapter="claude"})"), 110);
  EXPECT_EQ(value(R"(paddock_turn_duration_seconds_bucket{adapter="claude",le="30"})"), 1);
}

TEST_F(Counting, CountsToolCallsByTheClassOfTheirCall) {
  start();
  see(Kind::tool_call, {{"tool", "Bash"}, {"tool_class", "shell"}}, "a");
  see(Kind::tool_call, {{"tool", "X"}, {"tool_class", "strange\nclass"}}, "b");
  see(Kind::tool_result, {{"outcome", "ok"}}, "a");
  see(Kind::tool_result, {{"outcome", "rm -rf"}}, "b");
  see(Kind::tool_result, {{"outcome", "denied"}}, "never seen");

  EXPECT_EQ(value(R"(paddock_tool_calls_total{adapter="claude",outcome="ok",tool_class="shell"})"), 1);
  EXPECT_EQ(value(R"(paddock_tool_calls_total{adapter="claude",outcome="other",tool_class="other"})"), 1);
  EXPECT_EQ(value(R"(paddock_tool_calls_total{adapter="claude",outcome="denied",tool_class="other"})"), 1);
}

// --- tokens and money

std::string tokens(const std::string& model, const std::string& type) {
  return R"(paddock_tokens_total{adapter="claude",model=")" + model + R"(",type=")" + type + R"("})";
}

std::string cost(const std::string& model) {
  return R"(paddock_cost_usd_total{adapter="claude",model=")" + model + R"(",source="reported"})";
}

TEST_F(Counting, CountsWhatIsNewInASumOfTokens) {
  start();
  see(Kind::usage, {{"input_tokens", 100}, {"output_tokens", 10}, {"cost_micros", 500'000}, {"model", "opus"}});
  see(Kind::usage, {{"input_tokens", 150}, {"output_tokens", 30}, {"cache_read_tokens", 7}, {"cost_micros", 750'000}});

  EXPECT_EQ(value(tokens("opus", "input")), 150);
  EXPECT_EQ(value(tokens("opus", "output")), 30);
  EXPECT_EQ(value(tokens("opus", "cache_read")), 7);
  EXPECT_EQ(value(cost("opus")), 0.75);
}

TEST_F(Counting, CountsEachModelOfASession) {
  start();
  const json::object big{{"input_tokens", 100}, {"output_tokens", 10}, {"cost_micros", 1'000'000}};
  const json::object small{{"input_tokens", 5}, {"output_tokens", 1}, {"cost_micros", 10'000}};
  see(Kind::usage, {{"input_tokens", 105}, {"output_tokens", 11}, {"models", {{"opus", big}, {"haiku", small}}}});
  see(Kind::usage, {{"input_tokens", 105}, {"output_tokens", 11}, {"models", {{"opus", big}, {"haiku", small}}}});

  EXPECT_EQ(value(tokens("opus", "input")), 100);
  EXPECT_EQ(value(tokens("haiku", "input")), 5);
  EXPECT_EQ(value(cost("opus")), 1);
  EXPECT_EQ(value(cost("haiku")), 0.01);
}

TEST_F(Counting, CountsOnceWhenASumIsLaterSplitByModel) {
  start();
  see(Kind::usage, {{"input_tokens", 100}, {"output_tokens", 1}, {"model", "opus"}});
  see(Kind::usage,
      {{"input_tokens", 130},
       {"output_tokens", 1},
       {"models", {{"opus", {{"input_tokens", 120}, {"output_tokens", 1}}}, {"haiku", {{"input_tokens", 10}}}}}});

  EXPECT_EQ(value(tokens("opus", "input")), 120);
  EXPECT_EQ(value(tokens("haiku", "input")), 10);
}

TEST_F(Counting, CountsASumThatBeganAnew) {
  start();
  see(Kind::usage, {{"input_tokens", 100}, {"output_tokens", 50}, {"model", "opus"}});
  see(Kind::usage, {{"input_tokens", 20}, {"output_tokens", 5}, {"model", "opus"}});

  EXPECT_EQ(value(tokens("opus", "input")), 120);
}

TEST_F(Counting, DoesNotCountAgainWhatAnEarlierDaemonCounted) {
  session::Record record;
  record.id = session_;
  record.adapter = "claude";
  record.model = "opus";
  record.state = session::State::working;
  record.state_since = now_;
  record.usage.input_tokens = 1000;
  record.usage.output_tokens = 100;
  registry_.session_known(record);

  see(Kind::usage, {{"input_tokens", 1001}, {"output_tokens", 100}});

  EXPECT_EQ(value(tokens("opus", "input")), 1);
  EXPECT_FALSE(value(tokens("opus", "output")));
}

TEST_F(Counting, IgnoresAmountsThatMakeNoSense) {
  start();
  see(Kind::usage, {{"input_tokens", -5}, {"output_tokens", "many"}, {"cost_micros", nullptr}, {"models", 3}});

  EXPECT_EQ(page().count("paddock_tokens_total"), 0U);
  EXPECT_EQ(page().count("paddock_cost_usd_total"), 0U);
}

TEST_F(Counting, NamesOnlySoManyModels) {
  start();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    see(Kind::usage, {{"input_tokens", i}, {"output_tokens", 0}, {"model", "model-" + std::to_string(i)}});
  }
  see(Kind::usage, {{"input_tokens", 200}, {"output_tokens", 0}, {"model", "bad \"model\"\n"}});

  const auto models = page().labels("model");
  EXPECT_LE(models.size(), 17U);
  EXPECT_TRUE(models.contains("other"));
  EXPECT_EQ(value(tokens("other", "input")), 200 - 16);
}

TEST(CountingWithAList, NamesOnlyTheModelsOfTheList) {
  metrics::Registry registry({"1", "r", {"opus"}, 500});
  session::Record record;
  record.id = base::SessionId::make();
  record.adapter = "claude";
  record.state = session::State::idle;
  registry.session_known(record);
  event::Event event;
  event.session = record.id;
  event.kind = Kind::usage;
  event.data = {{"input_tokens", 5}, {"model", "haiku"}};
  registry.observe(event, "claude");

  EXPECT_EQ(Page(registry.text()).value(tokens("other", "input")), 5);
}

// --- approvals

TEST_F(Counting, MeasuresHowLongPeopleLetAgentsWait) {
  start();
  see(Kind::approval_request, {{"tool", "Bash"}}, "a");
  pass(40);
  see(Kind::approval_resolved, {{"decision", "allow"}, {"by", "human"}}, "a");
  see(Kind::approval_request, {{"tool", "Bash"}}, "b");
  see(Kind::approval_resolved, {{"decision", "deny"}, {"by", "policy"}}, "b");
  see(Kind::approval_resolved, {{"decision", "cancelled"}, {"by", "agent"}}, "unknown");

  EXPECT_EQ(value(R"(paddock_approvals_total{adapter="claude",decided_by="human",decision="allow"})"), 1);
  EXPECT_EQ(value(R"(paddock_approvals_total{adapter="claude",decided_by="policy",decision="deny"})"), 1);
  EXPECT_EQ(value(R"(paddock_approvals_total{adapter="claude",decided_by="agent",decision="cancelled"})"), 1);
  EXPECT_EQ(value(R"(paddock_approval_wait_seconds_sum{adapter="claude",decision="allow"})"), 40);
  EXPECT_EQ(value(R"(paddock_approval_wait_seconds_count{adapter="claude",decision="deny"})"), 1);
  EXPECT_FALSE(value(R"(paddock_approval_wait_seconds_count{adapter="claude",decision="cancelled"})"));
}

TEST_F(Counting, SeesWhoAnsweredAnApprovalOfTheHost) {
  start();
  see(Kind::approval_resolved, {{"decision", "allow"}, {"by", "host"}, {"policy", "default"}}, "a");
  event::Event by_action = event(Kind::approval_resolved, {{"decision", "allow"}, {"by", "host"}}, "b");
  by_action.action = base::ActionId::make();
  registry_.observe(by_action, "claude");
  see(Kind::approval_resolved, {{"decision", "deny"}, {"by", "host"}}, "c");

  EXPECT_EQ(page().labels("decided_by"), (std::set<std::string>{"policy", "human", "host"}));
}

// --- failures

TEST_F(Counting, CountsThrottlingAndAdapterFailures) {
  see(Kind::error, {{"class", "rate_limit"}});
  see(Kind::error, {{"class", "overloaded"}});
  see(Kind::error, {{"class", "auth"}});
  see(Kind::notice, {{"code", "adapter_failed"}});

  EXPECT_EQ(value(R"(paddock_provider_throttled_total{adapter="claude",reason="rate_limit"})"), 1);
  EXPECT_EQ(value(R"(paddock_provider_throttled_total{adapter="claude",reason="overloaded"})"), 1);
  EXPECT_EQ(page().count("paddock_provider_throttled_total"), 2U);
  EXPECT_EQ(value(R"(paddock_adapter_crashes_total{adapter="claude"})"), 1);
  EXPECT_EQ(value(R"(paddock_adapter_errors_total{adapter="claude",reason="adapter_failed"})"), 1);
}

TEST_F(Counting, KeepsCountersWhenTheSessionIsGone) {
  start();
  see(Kind::usage, {{"input_tokens", 7}, {"model", "opus"}});
  exit("completed");
  registry_.session_ended(session_);
  registry_.session_ended(session_);

  EXPECT_EQ(value(tokens("opus", "input")), 7);
  see(Kind::usage, {{"input_tokens", 9}});
  EXPECT_EQ(value(tokens("opus", "input")), 7);
}

// --- what others tell

TEST_F(Counting, ShowsRequests) {
  registry_.http_request("GET", "/v1/sessions/{id}", 200, 0.002);
  registry_.http_request("GET", "/v1/sessions/{id}", 204, 0.002);
  registry_.http_request("POST", "/v1/sessions", 422, 0.002);
  registry_.http_request("POST", "/v1/sessions", 9999, 0.002);
  registry_.http_in_flight(+1);
  registry_.http_in_flight(+1);
  registry_.http_in_flight(-1);
  registry_.http_rejected("unauthorized");

  EXPECT_EQ(value(R"(paddock_http_request_duration_seconds_count{code="2xx",method="GET",route="/v1/sessions/{id}"})"),
            2);
  EXPECT_EQ(value(R"(paddock_http_request_duration_seconds_count{code="4xx",method="POST",route="/v1/sessions"})"), 1);
  EXPECT_EQ(value(R"(paddock_http_request_duration_seconds_count{code="other",method="POST",route="/v1/sessions"})"),
            1);
  EXPECT_EQ(value("paddock_http_requests_in_flight"), 1);
  EXPECT_EQ(value(R"(paddock_http_rejected_total{reason="unauthorized"})"), 1);
}

TEST_F(Counting, ShowsWatchersStoreConfigBudgetsAndPolicies) {
  registry_.stream_clients("sse", +1);
  registry_.stream_clients("sse", +1);
  registry_.stream_clients("sse", -1);
  registry_.watcher_dropped("slow_reader");
  registry_.event_dropped("stdout", "too_large");
  registry_.store_write("commit", 0.001);
  registry_.store_write("something", 0.001);
  registry_.config_reloaded(true);
  registry_.config_reloaded(false);
  registry_.budget("default", 5, 1.25);
  registry_.policy_decision("default", "allow");
  registry_.adapter_load_failed("abi_mismatch");

  EXPECT_EQ(value(R"(paddock_event_stream_clients{transport="sse"})"), 1);
  EXPECT_EQ(value(R"(paddock_watcher_drops_total{reason="slow_reader"})"), 1);
  EXPECT_EQ(value(R"(paddock_events_dropped_total{reason="too_large",source="stdout"})"), 1);
  EXPECT_EQ(value(R"(paddock_store_write_duration_seconds_count{op="commit"})"), 1);
  EXPECT_EQ(value(R"(paddock_store_write_duration_seconds_count{op="other"})"), 1);
  EXPECT_EQ(value("paddock_config_reload_success"), 0);
  EXPECT_GT(value("paddock_config_reload_timestamp_seconds").value(), 1.7e9);
  EXPECT_EQ(value(R"(paddock_budget_limit_usd{budget="default"})"), 5);
  EXPECT_EQ(value(R"(paddock_budget_spent_usd{budget="default"})"), 1.25);
  EXPECT_EQ(value(R"(paddock_policy_decisions_total{decision="allow",policy="default"})"), 1);
  EXPECT_EQ(value(R"(paddock_adapter_load_failures_total{code="abi_mismatch"})"), 1);
}

TEST_F(Counting, NeverGrowsWithoutEnd) {
  for (int i = 0; i < 5000; ++i) registry_.http_rejected("reason-" + std::to_string(i));
  registry_.http_rejected("/etc/passwd of \"me\"");

  EXPECT_LE(page().count("paddock_http_rejected_total"), 1001U);
  EXPECT_EQ(value(R"(paddock_http_rejected_total{reason="other"})"), 4001);
}

}  // namespace
}  // namespace paddock
