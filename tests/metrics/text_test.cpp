// The page as others read it: promtool accepts it, the catalogue names all of it.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/page.hpp"
#include "metrics/registry.hpp"

namespace paddock {
namespace {

using metrics_test::Page;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

event::Event event_of(const base::SessionId& session, event::Kind kind, boost::json::object data) {
  event::Event event;
  event.session = session;
  event.kind = kind;
  event.time = event.observed_at = base::wall_now();
  event.source.channel = event::Channel::out;
  event.ref = "ref";
  event.data = std::move(data);
  return event;
}

/// A registry in which every family has a series.
void fill(metrics::Registry& registry, const base::SessionId& session) {
  using event::Kind;
  session::Record record;
  record.id = session;
  record.adapter = "claude";
  registry.session_started(record, 0.01);
  registry.session_restarted("claude", session::ExitReason::crashed);
  const std::vector<std::pair<Kind, boost::json::object>> events{
      {Kind::state, {{"state", "starting"}}},
      {Kind::state, {{"state", "working"}}},
      {Kind::turn, {{"phase", "begin"}}},
      {Kind::tool_call, {{"tool_class", "shell"}}},
      {Kind::tool_result, {{"outcome", "ok"}}},
      {Kind::approval_request, {}},
      {Kind::approval_resolved, {{"decision", "allow"}, {"by", "human"}}},
      {Kind::usage, {{"input_tokens", 5}, {"cost_micros", 5}, {"model", "opus"}}},
      {Kind::error, {{"class", "quota"}}},
      {Kind::error, {{"code", "adapter_failed"}}},
      {Kind::turn, {{"phase", "end"}}},
      {Kind::state, {{"state", "exited"}, {"exit", {{"reason", "completed"}}}, {"resources", {{"oom_kills", 1}}}}}};
  for (const auto& [kind, data] : events) registry.observe(event_of(session, kind, data), "claude");
  registry.budget("default", 5, 1);
  registry.policy_decision("default", "ask");
  registry.event_dropped("stdout", "too_large");
  registry.set_adapters({{"claude", "1.0.0", "1.0", "2.1", true}});
  registry.adapter_load_failed("abi_mismatch");
  registry.http_request("GET", "/v1/sessions", 200, 0.001);
  registry.http_rejected("unauthorized");
  registry.stream_clients("sse", 1);
  registry.watcher_dropped("slow_reader");
  registry.store_write("commit", 0.001);
  registry.config_reloaded(true);
  registry.set_host_source([] { return metrics::HostSample{1, 1}; });
  metrics::SessionSample sample;
  sample.id = session;
  sample.adapter = "claude";
  sample.last_event = base::wall_now();
  sample.context_used = sample.cpu_user_seconds = sample.cpu_throttled_seconds = 0.5;
  sample.memory_bytes = sample.memory_peak_bytes = sample.memory_limit_bytes = sample.memory_max = 1;
  sample.oom_kills = sample.read_bytes = sample.pids = 1;
  sample.pressure = {{"cpu", 0.5, std::nullopt}};
  registry.set_session_source([sample] { return std::vector{sample}; });
}

/// The catalogue, as far as it is built.
const std::map<std::string, std::string> kCatalogue{{"paddock_build_info", "gauge"},
                                                    {"paddock_adapter_info", "gauge"},
                                                    {"paddock_adapter_up", "gauge"},
                                                    {"paddock_adapter_errors_total", "counter"},
                                                    {"paddock_sessions", "gauge"},
                                                    {"paddock_session_starts_total", "counter"},
                                                    {"paddock_session_exits_total", "counter"},
                                                    {"paddock_session_restarts_total", "counter"},
                                                    {"paddock_session_state", "gauge"},
                                                    {"paddock_session_last_event_timestamp_seconds", "gauge"},
                                                    {"paddock_session_start_duration_seconds", "histogram"},
                                                    {"paddock_session_failure_detect_seconds", "histogram"},
                                                    {"paddock_session_state_seconds_total", "counter"},
                                                    {"paddock_watcher_drops_total", "counter"},
                                                    {"paddock_adapter_load_failures_total", "counter"},
                                                    {"paddock_adapter_crashes_total", "counter"},
                                                    {"paddock_turn_duration_seconds", "histogram"},
                                                    {"paddock_tool_calls_total", "counter"},
                                                    {"paddock_tokens_total", "counter"},
                                                    {"paddock_cost_usd_total", "counter"},
                                                    {"paddock_budget_limit_usd", "gauge"},
                                                    {"paddock_budget_spent_usd", "gauge"},
                                                    {"paddock_context_used_ratio", "gauge"},
                                                    {"paddock_provider_throttled_total", "counter"},
                                                    {"paddock_approvals_pending", "gauge"},
                                                    {"paddock_approval_oldest_pending_seconds", "gauge"},
                                                    {"paddock_approval_wait_seconds", "histogram"},
                                                    {"paddock_approvals_total", "counter"},
                                                    {"paddock_policy_decisions_total", "counter"},
                                                    {"paddock_events_total", "counter"},
                                                    {"paddock_events_dropped_total", "counter"},
                                                    {"paddock_event_ingest_lag_seconds", "histogram"},
                                                    {"paddock_event_stream_clients", "gauge"},
                                                    {"paddock_event_stream_lag_events", "gauge"},
                                                    {"paddock_session_cpu_seconds_total", "counter"},
                                                    {"paddock_session_cpu_throttled_seconds_total", "counter"},
                                                    {"paddock_session_memory_current_bytes", "gauge"},
                                                    {"paddock_session_memory_peak_bytes", "gauge"},
                                                    {"paddock_session_memory_limit_bytes", "gauge"},
                                                    {"paddock_session_memory_events_total", "counter"},
                                                    {"paddock_session_oom_kills_total", "counter"},
                                                    {"paddock_session_io_bytes_total", "counter"},
                                                    {"paddock_session_pids", "gauge"},
                                                    {"paddock_session_pressure_stalled_seconds_total", "counter"},
                                                    {"paddock_adapter_oom_kills_total", "counter"},
                                                    {"paddock_adapter_cpu_throttled_seconds_total", "counter"},
                                                    {"paddock_http_request_duration_seconds", "histogram"},
                                                    {"paddock_http_requests_in_flight", "gauge"},
                                                    {"paddock_http_rejected_total", "counter"},
                                                    {"paddock_store_write_duration_seconds", "histogram"},
                                                    {"paddock_store_bytes", "gauge"},
                                                    {"paddock_config_reload_success", "gauge"},
                                                    {"paddock_config_reload_timestamp_seconds", "gauge"},
                                                    {"process_cpu_seconds_total", "counter"},
                                                    {"process_start_time_seconds", "gauge"},
                                                    {"process_virtual_memory_bytes", "gauge"},
                                                    {"process_resident_memory_bytes", "gauge"},
                                                    {"process_open_fds", "gauge"},
                                                    {"process_max_fds", "gauge"}};

TEST(MetricsPage, HasTheFamiliesOfTheCatalogueAndNoOthers) {
  metrics::Registry registry({"1.0.0", "abc", {}, 500});
  fill(registry, base::SessionId::make());

  EXPECT_EQ(Page(registry.text()).types(), kCatalogue);
}

TEST(MetricsPage, HasOnlyLabelsOfTheVocabulary) {
  metrics::Registry registry({"1.0.0", "abc", {}, 500});
  fill(registry, base::SessionId::make());
  const std::set<std::string> vocabulary{"adapter",     "state",      "target",     "model",      "type",
                                         "decision",    "decided_by", "reason",     "source",     "route",
                                         "method",      "code",       "kind",       "resource",   "budget",
                                         "policy",      "op",         "mode",       "version",    "boost",
                                         "abi",         "outcome",    "tool_class", "revision",   "adapter_version",
                                         "cli_version", "transport",  "le",         "session_id", "direction"};

  const Page page(registry.text());
  for (const auto& [series, value] : page.values()) {
    for (std::size_t at = series.find('{'); at != std::string::npos; at = series.find("\",", at + 1)) {
      const std::size_t begin = series.find_first_not_of("{\",", at);
      if (begin == std::string::npos || series[begin] == '}') break;
      EXPECT_TRUE(vocabulary.contains(series.substr(begin, series.find('=', begin) - begin))) << series;
    }
  }
}

/// What promtool says to a page, and whether it was content.
std::pair<bool, std::string> promtool(const std::string& text) {
  const auto file = std::filesystem::temp_directory_path() / ("paddock-page-" + std::to_string(::getpid()));
  std::ofstream(file) << text;
  const std::string command = "promtool check metrics < " + file.string() + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said.push_back(static_cast<char>(c));
  const int status = ::pclose(pipe);
  std::filesystem::remove(file);
  return {status == 0, said};
}

TEST(MetricsPage, IsAcceptedByPromtool) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) {  // NOLINT: a test may ask the shell
    GTEST_SKIP() << "needs promtool (package prometheus)";
  }
  metrics::Registry registry({"1.0.0", "abc", {}, 500});
  fill(registry, base::SessionId::make());

  const auto [content, said] = promtool(registry.text());

  EXPECT_TRUE(content) << said;
  EXPECT_EQ(said, "");
  EXPECT_FALSE(promtool("no metrics {{{").first);
}

TEST(MetricsPage, IsChosenByWhatTheReaderAccepts) {
  using metrics::Format;
  EXPECT_EQ(metrics::format_for(""), Format::prometheus);
  EXPECT_EQ(metrics::format_for("*/*"), Format::prometheus);
  EXPECT_EQ(metrics::format_for("text/plain;version=0.0.4"), Format::prometheus);
  EXPECT_EQ(metrics::format_for("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1"),
            Format::openmetrics);
  EXPECT_THAT(std::string(metrics::content_type(Format::prometheus)), HasSubstr("version=0.0.4"));
  EXPECT_THAT(std::string(metrics::content_type(Format::openmetrics)), HasSubstr("openmetrics-text; version=1.0.0"));
}

TEST(MetricsPage, AsOpenMetricsNamesCountersWithoutTheirSuffixAndEnds) {
  metrics::Registry registry({"1.0.0", "abc", {}, 500});
  fill(registry, base::SessionId::make());

  const std::string text = registry.text(metrics::Format::openmetrics);

  EXPECT_THAT(text, HasSubstr("# TYPE paddock_events counter\n"));
  EXPECT_THAT(text, HasSubstr("\npaddock_events_total{"));
  EXPECT_THAT(text, Not(HasSubstr("# TYPE paddock_events_total")));
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds counter\n"));
  EXPECT_THAT(text, EndsWith("\n# EOF\n"));
  EXPECT_THAT(text, Not(HasSubstr("\n\n")));
}

TEST(MetricsPage, OfAThousandSessionsIsStillSmall) {
  std::vector<metrics::SessionSample> samples(1000);
  for (auto& sample : samples) {
    sample.id = base::SessionId::make();
    sample.adapter = "claude";
    sample.memory_bytes = 5;
  }
  metrics::Registry registry;
  registry.set_session_source([&samples] { return samples; });

  EXPECT_LT(registry.text().size(), 1U << 20U);
}

}  // namespace
}  // namespace paddock
