// Names, helps and label names of the catalogue.
#include "metrics/families.hpp"

#include <algorithm>

namespace paddock::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

Family<Counter>& counter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Gauge>& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Family<Histogram>& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

bool fits_label(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-.:/{}+").find(c) != std::string_view::npos;
}

}  // namespace

const Histogram::BucketBoundaries latency_buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                  0.25,  0.5,    1,     2.5,  5,     10};
const Histogram::BucketBoundaries human_buckets{1, 5, 15, 30, 60, 300, 900, 1800, 3600, 14400, 43200, 86400};
const Histogram::BucketBoundaries work_buckets{1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600};

std::string label(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (text.empty()) return "none";
  if (text.size() > longest || !std::ranges::all_of(text, fits_label)) return "other";
  return std::string(text);
}

Families::Families(Registry& r)
    : build_info(gauge(r, "paddock_build_info", "The running build; always 1."), {"version", "revision", "boost"}),
      session_starts(counter(r, "paddock_session_starts_total", "Sessions started."), {"adapter", "target"}),
      session_exits(counter(r, "paddock_session_exits_total", "Agents that ended, by reason."), {"adapter", "reason"}),
      session_restarts(counter(r, "paddock_session_restarts_total", "Agents started again, by why they had ended."),
                       {"adapter", "reason"}),
      session_state_seconds(counter(r, "paddock_session_state_seconds_total", "Time that sessions spent in a state."),
                            {"adapter", "state"}),
      session_start_duration(
          histogram(r, "paddock_session_start_duration_seconds", "From the request to an agent that runs."),
          {"adapter"}, latency_buckets),
      session_failure_detect(histogram(r, "paddock_session_failure_detect_seconds",
                                       "From a process being gone until that can be read here."),
                             {"adapter"}, latency_buckets),
      turn_duration(histogram(r, "paddock_turn_duration_seconds", "How long turns took."), {"adapter"}, work_buckets),
      tool_calls(counter(r, "paddock_tool_calls_total", "Finished tool calls."), {"adapter", "tool_class", "outcome"}),
      tokens(counter(r, "paddock_tokens_total", "Tokens used, as agents report them."), {"adapter", "model", "type"}),
      cost(counter(r, "paddock_cost_usd_total", "Money spent, in US dollars."), {"adapter", "model", "source"}),
      budget_limit(gauge(r, "paddock_budget_limit_usd", "What a policy lets one session spend, in US dollars."),
                   {"budget"}),
      budget_spent(gauge(r, "paddock_budget_spent_usd",
                         "The most that a living session of that policy has spent, in US dollars."),
                   {"budget"}),
      provider_throttled(counter(r, "paddock_provider_throttled_total", "Times a model's provider refused for now."),
                         {"adapter", "reason"}),
      approval_wait(histogram(r, "paddock_approval_wait_seconds", "How long approvals waited for their answer."),
                    {"adapter", "decision"}, human_buckets),
      approvals(counter(r, "paddock_approvals_total", "Approvals answered."), {"adapter", "decision", "decided_by"}),
      policy_decisions(counter(r, "paddock_policy_decisions_total", "Decisions of policies."), {"policy", "decision"}),
      events(counter(r, "paddock_events_total", "Events stored, by where their evidence came from."),
             {"adapter", "source"}),
      events_dropped(counter(r, "paddock_events_dropped_total", "Events lost."), {"source", "reason"}),
      event_ingest_lag(histogram(r, "paddock_event_ingest_lag_seconds", "From an event to its arrival here."),
                       {"source"}, latency_buckets),
      stream_clients(gauge(r, "paddock_event_stream_clients", "Readers of the event stream."), {"transport"}),
      watcher_drops(counter(r, "paddock_watcher_drops_total", "Readers of the event stream cut off."), {"reason"}),
      adapter_errors(counter(r, "paddock_adapter_errors_total", "Mistakes of adapters."), {"adapter", "reason"}),
      adapter_crashes(counter(r, "paddock_adapter_crashes_total", "Adapters given up while running."), {"adapter"}),
      adapter_load_failures(counter(r, "paddock_adapter_load_failures_total", "Adapters refused when loaded."),
                            {"code"}),
      adapter_oom_kills(counter(r, "paddock_adapter_oom_kills_total",
                                "Processes killed for lack of memory in sessions that have ended."),
                        {"adapter"}),
      adapter_throttled_seconds(counter(r, "paddock_adapter_cpu_throttled_seconds_total",
                                        "Time that sessions that have ended were throttled."),
                                {"adapter"}),
      http_duration(histogram(r, "paddock_http_request_duration_seconds", "How long requests took."),
                    {"method", "route", "code"}, latency_buckets),
      http_in_flight(gauge(r, "paddock_http_requests_in_flight", "Requests being answered."), {}),
      http_rejected(counter(r, "paddock_http_rejected_total", "Requests refused before they were looked at."),
                    {"reason"}),
      store_write(histogram(r, "paddock_store_write_duration_seconds", "How long writes to the database took."), {"op"},
                  latency_buckets),
      reload_success(gauge(r, "paddock_config_reload_success", "Whether the last reload worked."), {}),
      reload_time(gauge(r, "paddock_config_reload_timestamp_seconds", "When the last reload that worked was."), {}) {}

}  // namespace paddock::metrics
