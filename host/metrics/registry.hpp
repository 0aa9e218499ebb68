// What Prometheus reads: every counter, histogram and gauge of the host behind one class that knows
// the catalogue, so that nobody else makes up names or labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "event/event.hpp"
#include "session/record.hpp"

namespace paddock::metrics {

/// How the text is written: the Prometheus format 0.0.4, or OpenMetrics 1.0.0.
enum class Format : std::uint8_t { prometheus, openmetrics };

/// The value of Content-Type for text in that format.
std::string_view content_type(Format format) noexcept;

/// The format an HTTP `Accept` header asks for: OpenMetrics when it names it, else Prometheus.
Format format_for(std::string_view accept) noexcept;

struct Settings {
  std::string version;
  std::string revision;
  std::vector<std::string> models;  ///< names that become a label; empty: the first 16 that are seen
  std::size_t max_sessions = 500;   ///< per-session series beyond are left out; 0 switches them off
};

/// What one living session looks like now. Numbers that are not known stay empty and give no series.
struct SessionSample {
  base::SessionId id;
  std::string adapter;
  session::State state = session::State::unknown;
  std::size_t approvals = 0;                      ///< that wait for a person
  std::optional<base::WallTime> oldest_approval;  ///< when the oldest of them was asked for
  std::optional<base::WallTime> last_event;
  std::optional<double> context_used;  ///< 0..1
  std::optional<double> cpu_user_seconds, cpu_system_seconds, cpu_throttled_seconds;
  std::optional<std::uint64_t> memory_bytes, memory_peak_bytes, memory_limit_bytes;
  std::optional<std::uint64_t> memory_low, memory_high, memory_max, memory_oom;  ///< events of memory.events
  std::optional<std::uint64_t> oom_kills;
  std::optional<std::uint64_t> read_bytes, write_bytes;
  std::optional<std::uint64_t> pids;
  struct Pressure {
    std::string_view resource;  ///< "cpu", "memory", "io"
    std::optional<double> some_seconds, full_seconds;
  };
  std::vector<Pressure> pressure;
};

/// One adapter as it is now.
struct AdapterSample {
  std::string id, version, abi;
  std::string cli_version;  ///< of the agent's program; empty when not known
  bool up = false;          ///< loaded, not quarantined, and its agent was found
};

/// Figures of the host that are read when somebody scrapes.
struct HostSample {
  std::uint64_t store_bytes = 0;
  std::uint64_t stream_lag_events = 0;  ///< of the slowest watcher
};

/// All metrics of one daemon.
///
/// Use from the daemon's main executor, except store_write(), which any thread may call. Counters live
/// as long as the daemon; series with a session's id only while the session lives. Label values come
/// from closed sets: what does not belong to its set is counted as "other".
class Registry {
 public:
  explicit Registry(Settings settings = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // --- sessions

  /// A session was started (its runner said so); `seconds` is what the host took for it.
  void session_started(const session::Record& record, double seconds);

  /// A session of an earlier daemon life was found again: later figures count from what it has used up
  /// to now. Call before its first observe().
  void session_known(const session::Record& record);

  /// Its agent was started again. `reason` is the exit reason of the life before.
  void session_restarted(std::string_view adapter, session::ExitReason reason);

  /// Drops what is remembered of the session. Seeing its `exited` state does the same. Idempotent.
  void session_ended(const base::SessionId& session);

  /// Counts an event; call once for each stored event, in order. Turns, tools, tokens, cost, approvals,
  /// state times, exits, out-of-memory kills, throttling by the provider and lag all come from here.
  void observe(const event::Event& event, std::string_view adapter);

  /// An event was lost. `source` as the channel's name.
  void event_dropped(std::string_view source, std::string_view reason);

  /// A policy decided: "allow", "deny" or "ask".
  void policy_decision(std::string_view policy, std::string_view decision);

  /// A budget of that name, in US dollars.
  void budget(std::string_view name, double limit_usd, double spent_usd);

  // --- adapters

  /// Replaces the table of adapters.
  void set_adapters(std::vector<AdapterSample> adapters);
  void adapter_load_failed(std::string_view code);
  void adapter_crashed(std::string_view adapter);
  void adapter_error(std::string_view adapter, std::string_view reason);

  // --- the API

  /// A request was answered. `route` is the template ("/v1/sessions/{id}"), `status` the HTTP status.
  void http_request(std::string_view method, std::string_view route, unsigned status, double seconds);
  /// A request began (+1) or ended (-1).
  void http_in_flight(int change);
  void http_rejected(std::string_view reason);
  /// A watcher came (+1) or went (-1). `transport`: "sse", "ndjson", "websocket", and "terminal" of who is attached.
  void stream_clients(std::string_view transport, int change);
  void watcher_dropped(std::string_view reason);

  // --- the host

  /// The store did `op` ("commit", "checkpoint"). Thread-safe.
  void store_write(std::string_view op, double seconds);
  void config_reloaded(bool success);

  /// Asked for every living session at each scrape, on the thread that scrapes.
  void set_session_source(std::function<std::vector<SessionSample>()> source);
  void set_host_source(std::function<HostSample()> source);

  /// The whole page.
  std::string text(Format format = Format::prometheus);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace paddock::metrics
