// Samples to families.
#include "metrics/samples.hpp"

#include <array>
#include <map>
#include <string>
#include <utility>

#include "metrics/series.hpp"

namespace paddock::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array<session::State, 6> kStates{session::State::starting, session::State::idle,
                                                session::State::working,  session::State::blocked,
                                                session::State::unknown,  session::State::exited};

double seconds_of(base::WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

MetricFamily family(const char* name, const char* help, MetricType type) { return {name, help, type, {}}; }

void add(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

template <class Number>
void add(MetricFamily& family, Labels labels, const std::optional<Number>& value) {
  if (value) add(family, std::move(labels), static_cast<double>(*value));
}

/// Sessions by adapter and state. Every state of every adapter is there, also with 0.
void collect_counts(const std::vector<SessionSample>& sessions, const std::vector<AdapterSample>& known,
                    base::WallTime now, std::vector<MetricFamily>& into) {
  struct OfAdapter {
    std::array<std::size_t, kStates.size()> states{};
    std::size_t approvals = 0;
    double oldest = 0;
  };
  std::map<std::string, OfAdapter> adapters;
  for (const AdapterSample& adapter : known) adapters.try_emplace(label(adapter.id));
  for (const SessionSample& sample : sessions) {
    OfAdapter& of_adapter = adapters[label(sample.adapter)];
    ++of_adapter.states.at(static_cast<std::size_t>(sample.state));
    of_adapter.approvals += sample.approvals;
    if (!sample.oldest_approval) continue;
    of_adapter.oldest = std::max(of_adapter.oldest, seconds_of(now) - seconds_of(*sample.oldest_approval));
  }
  auto counts = family("paddock_sessions", "Sessions by state.", MetricType::Gauge);
  auto pending = family("paddock_approvals_pending", "Approvals that wait for a person.", MetricType::Gauge);
  auto oldest =
      family("paddock_approval_oldest_pending_seconds", "How long the oldest of them has waited.", MetricType::Gauge);
  for (const auto& [adapter, of_adapter] : adapters) {
    for (const session::State state : kStates) {
      add(counts, {{"adapter", adapter}, {"state", std::string(session::name(state))}, {"target", "local"}},
          static_cast<double>(of_adapter.states.at(static_cast<std::size_t>(state))));
    }
    add(pending, {{"adapter", adapter}}, static_cast<double>(of_adapter.approvals));
    add(oldest, {{"adapter", adapter}}, of_adapter.oldest);
  }
  into.insert(into.end(), {std::move(counts), std::move(pending), std::move(oldest)});
}

/// The families whose series carry a session's id.
struct OfOneSession {
  MetricFamily state = family("paddock_session_state", "1 for the state a session is in.", MetricType::Gauge);
  MetricFamily last_event =
      family("paddock_session_last_event_timestamp_seconds", "When its newest event was.", MetricType::Gauge);
  MetricFamily context = family("paddock_context_used_ratio", "How full the model's context is.", MetricType::Gauge);
  MetricFamily cpu = family("paddock_session_cpu_seconds_total", "CPU time used.", MetricType::Counter);
  MetricFamily throttled =
      family("paddock_session_cpu_throttled_seconds_total", "Time throttled by its CPU limit.", MetricType::Counter);
  MetricFamily memory = family("paddock_session_memory_current_bytes", "Memory in use.", MetricType::Gauge);
  MetricFamily peak = family("paddock_session_memory_peak_bytes", "The most memory it had.", MetricType::Gauge);
  MetricFamily limit = family("paddock_session_memory_limit_bytes", "The memory it may have.", MetricType::Gauge);
  MetricFamily memory_events =
      family("paddock_session_memory_events_total", "Times a memory limit was met.", MetricType::Counter);
  MetricFamily oom =
      family("paddock_session_oom_kills_total", "Processes killed for lack of memory.", MetricType::Counter);
  MetricFamily io = family("paddock_session_io_bytes_total", "Bytes read and written.", MetricType::Counter);
  MetricFamily pids = family("paddock_session_pids", "Processes and threads.", MetricType::Gauge);
  MetricFamily pressure = family("paddock_session_pressure_stalled_seconds_total",
                                 "Time its processes waited for a resource.", MetricType::Counter);

  void add_life(const SessionSample& sample, const Labels& who);
  void add_memory(const SessionSample& sample, const Labels& who);
  void add_rest(const SessionSample& sample, const Labels& who);
  void move_to(std::vector<MetricFamily>& into);
};

Labels with(Labels labels, const char* name, std::string value) {
  labels.push_back({name, std::move(value)});
  return labels;
}

void OfOneSession::add_life(const SessionSample& sample, const Labels& who) {
  for (const session::State each : kStates) {
    add(state, with(who, "state", std::string(session::name(each))), each == sample.state ? 1.0 : 0.0);
  }
  if (sample.last_event) add(last_event, who, seconds_of(*sample.last_event));
  add(context, who, sample.context_used);
  add(cpu, with(who, "mode", "user"), sample.cpu_user_seconds);
  add(cpu, with(who, "mode", "system"), sample.cpu_system_seconds);
  add(throttled, who, sample.cpu_throttled_seconds);
}

void OfOneSession::add_memory(const SessionSample& sample, const Labels& who) {
  add(memory, who, sample.memory_bytes);
  add(peak, who, sample.memory_peak_bytes);
  add(limit, who, sample.memory_limit_bytes);
  add(memory_events, with(who, "kind", "low"), sample.memory_low);
  add(memory_events, with(who, "kind", "high"), sample.memory_high);
  add(memory_events, with(who, "kind", "max"), sample.memory_max);
  add(memory_events, with(who, "kind", "oom"), sample.memory_oom);
  add(oom, who, sample.oom_kills);
}

void OfOneSession::add_rest(const SessionSample& sample, const Labels& who) {
  add(io, with(who, "direction", "read"), sample.read_bytes);
  add(io, with(who, "direction", "write"), sample.write_bytes);
  add(pids, who, sample.pids);
  for (const SessionSample::Pressure& each : sample.pressure) {
    const Labels of_resource = with(who, "resource", label(each.resource));
    add(pressure, with(of_resource, "kind", "some"), each.some_seconds);
    add(pressure, with(of_resource, "kind", "full"), each.full_seconds);
  }
}

void OfOneSession::move_to(std::vector<MetricFamily>& into) {
  for (MetricFamily* each : {&state, &last_event, &context, &cpu, &throttled, &memory, &peak, &limit, &memory_events,
                             &oom, &io, &pids, &pressure}) {
    into.push_back(std::move(*each));
  }
}

}  // namespace

void collect_sessions(const std::vector<SessionSample>& sessions, const std::vector<AdapterSample>& adapters,
                      std::size_t most, base::WallTime now, std::vector<MetricFamily>& into) {
  collect_counts(sessions, adapters, now, into);
  OfOneSession families;
  for (const SessionSample& sample : sessions) {
    if (sample.state == session::State::exited) continue;
    if (most-- == 0) break;
    const Labels who{{"session_id", sample.id.str()}, {"adapter", label(sample.adapter)}};
    families.add_life(sample, who);
    families.add_memory(sample, who);
    families.add_rest(sample, who);
  }
  families.move_to(into);
}

void collect_adapters(const std::vector<AdapterSample>& adapters, std::vector<MetricFamily>& into) {
  auto info = family("paddock_adapter_info", "An adapter and its versions; always 1.", MetricType::Gauge);
  auto up = family("paddock_adapter_up", "Whether an adapter can start sessions.", MetricType::Gauge);
  for (const AdapterSample& adapter : adapters) {
    add(info,
        {{"adapter", label(adapter.id)},
         {"adapter_version", label(adapter.version)},
         {"abi", label(adapter.abi)},
         {"cli_version", label(adapter.cli_version)}},
        1.0);
    add(up, {{"adapter", label(adapter.id)}}, adapter.up ? 1.0 : 0.0);
  }
  into.insert(into.end(), {std::move(info), std::move(up)});
}

void collect_host(const HostSample& host, std::vector<MetricFamily>& into) {
  auto bytes = family("paddock_store_bytes", "Size of the database with its log.", MetricType::Gauge);
  auto lag = family("paddock_event_stream_lag_events", "How far the slowest reader of the event stream is behind.",
                    MetricType::Gauge);
  add(bytes, {}, static_cast<double>(host.store_bytes));
  add(lag, {}, static_cast<double>(host.stream_lag_events));
  into.insert(into.end(), {std::move(bytes), std::move(lag)});
}

}  // namespace paddock::metrics
