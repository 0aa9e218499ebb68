// The catalogue: each family that counts up or is set by hand, with its labels.
#pragma once

#include <memory>

#include <prometheus/registry.h>

#include "metrics/series.hpp"

namespace paddock::metrics {

/// Makes every family in `registry`, which must outlive it.
struct Families {
  explicit Families(prometheus::Registry& registry);

  Gauges<3> build_info;

  Counters<2> session_starts;            // adapter, target
  Counters<2> session_exits;             // adapter, reason
  Counters<2> session_restarts;          // adapter, reason
  Counters<2> session_state_seconds;     // adapter, state
  Histograms<1> session_start_duration;  // adapter
  Histograms<1> session_failure_detect;  // adapter
  Histograms<1> turn_duration;           // adapter
  Counters<3> tool_calls;                // adapter, tool_class, outcome
  Counters<3> tokens;                    // adapter, model, type
  Counters<3> cost;                      // adapter, model, source
  Gauges<1> budget_limit, budget_spent;  // budget
  Counters<2> provider_throttled;        // adapter, reason

  Histograms<2> approval_wait;   // adapter, decision
  Counters<3> approvals;         // adapter, decision, decided_by
  Counters<2> policy_decisions;  // policy, decision

  Counters<2> events;              // adapter, source
  Counters<2> events_dropped;      // source, reason
  Histograms<1> event_ingest_lag;  // source
  Gauges<1> stream_clients;        // transport
  Counters<1> watcher_drops;       // reason

  Counters<2> adapter_errors;             // adapter, reason
  Counters<1> adapter_crashes;            // adapter
  Counters<1> adapter_load_failures;      // code
  Counters<1> adapter_oom_kills;          // adapter; of ended sessions
  Counters<1> adapter_throttled_seconds;  // adapter; of ended sessions

  Histograms<3> http_duration;  // method, route, code
  Gauges<0> http_in_flight;
  Counters<1> http_rejected;  // reason
  Histograms<1> store_write;  // op
  Gauges<0> reload_success, reload_time;
};

}  // namespace paddock::metrics
