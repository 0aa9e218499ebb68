// The registry: hands events to the ledger, sets what others tell, writes the page.
#include "metrics/registry.hpp"

#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <prometheus/text_serializer.h>
#include <boost/version.hpp>

#include "metrics/families.hpp"
#include "metrics/ledger.hpp"
#include "metrics/samples.hpp"

namespace paddock::metrics {
namespace {

std::string boost_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
}

/// prometheus-cpp writes the Prometheus format only. OpenMetrics names a counter's family without its
/// "_total" and ends with a mark; our counters are the families that end so.
std::string to_openmetrics(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    constexpr std::size_t before_name = 7;  // "# HELP " and "# TYPE "
    const std::size_t name_end = line.starts_with('#') ? line.find(' ', before_name) : std::string_view::npos;
    if (name_end != std::string_view::npos && line.substr(0, name_end).ends_with("_total")) {
      out.append(line.substr(0, name_end - 6)).append(line.substr(name_end));
    } else {
      out.append(line);
    }
  }
  return out + "# EOF\n";
}

}  // namespace

std::string_view content_type(Format format) noexcept {
  return format == Format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                       : "text/plain; version=0.0.4; charset=utf-8";
}

Format format_for(std::string_view accept) noexcept {
  return accept.find("application/openmetrics-text") != std::string_view::npos ? Format::openmetrics
                                                                               : Format::prometheus;
}

struct Registry::Body {
  explicit Body(Settings settings)
      : families(registry), ledger(families, std::move(settings.models)), max_sessions(settings.max_sessions) {
    families.build_info.at({settings.version, settings.revision, boost_version()}).Set(1);
    families.http_in_flight.at({}).Set(0);
    // Made here: store_write() comes from another thread and only looks.
    for (std::size_t i = 0; i < ops.size(); ++i) store_write.at(i) = &families.store_write.at({ops.at(i)});
  }

  static constexpr std::array<std::string_view, 3> ops{"commit", "checkpoint", "other"};

  prometheus::Registry registry;
  Families families;
  Ledger ledger;
  std::size_t max_sessions;
  std::array<prometheus::Histogram*, ops.size()> store_write{};
  std::vector<AdapterSample> adapters;
  std::function<std::vector<SessionSample>()> sessions;
  std::function<HostSample()> host;
};

Registry::Registry(Settings settings) : body_(std::make_unique<Body>(std::move(settings))) {}
Registry::~Registry() = default;

void Registry::session_started(const session::Record& record, double seconds) {
  body_->families.session_starts.at({record.adapter, "local"}).Increment();
  body_->families.session_start_duration.at({record.adapter}).Observe(seconds);
}

void Registry::session_known(const session::Record& record) { body_->ledger.know(record); }

void Registry::session_restarted(std::string_view adapter, session::ExitReason reason) {
  body_->families.session_restarts.at({adapter, session::name(reason)}).Increment();
}

void Registry::session_ended(const base::SessionId& session) { body_->ledger.forget(session); }

void Registry::observe(const event::Event& event, std::string_view adapter) {
  body_->ledger.observe(event, adapter.empty() ? "host" : adapter, base::wall_now());
}

void Registry::event_dropped(std::string_view source, std::string_view reason) {
  body_->families.events_dropped.at({source, reason}).Increment();
}

void Registry::policy_decision(std::string_view policy, std::string_view decision) {
  body_->families.policy_decisions.at({policy, decision}).Increment();
}

void Registry::budget(std::string_view name, double limit_usd, double spent_usd) {
  body_->families.budget_limit.at({name}).Set(limit_usd);
  body_->families.budget_spent.at({name}).Set(spent_usd);
}

void Registry::set_adapters(std::vector<AdapterSample> adapters) { body_->adapters = std::move(adapters); }

void Registry::adapter_load_failed(std::string_view code) {
  body_->families.adapter_load_failures.at({code}).Increment();
}

void Registry::adapter_crashed(std::string_view adapter) { body_->families.adapter_crashes.at({adapter}).Increment(); }

void Registry::adapter_error(std::string_view adapter, std::string_view reason) {
  body_->families.adapter_errors.at({adapter, reason}).Increment();
}

void Registry::http_request(std::string_view method, std::string_view route, unsigned status, double seconds) {
  constexpr std::array<std::string_view, 6> classes{"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
  const std::size_t index = status / 100;
  body_->families.http_duration.at({method, route, classes.at(index < classes.size() ? index : 0)}).Observe(seconds);
}

void Registry::http_in_flight(int change) { body_->families.http_in_flight.at({}).Increment(change); }

void Registry::http_rejected(std::string_view reason) { body_->families.http_rejected.at({reason}).Increment(); }

void Registry::stream_clients(std::string_view transport, int change) {
  body_->families.stream_clients.at({transport}).Increment(change);
}

void Registry::watcher_dropped(std::string_view reason) { body_->families.watcher_drops.at({reason}).Increment(); }

void Registry::store_write(std::string_view op, double seconds) {
  std::size_t index = 0;
  while (index + 1 < Body::ops.size() && Body::ops.at(index) != op) ++index;
  body_->store_write.at(index)->Observe(seconds);
}

void Registry::config_reloaded(bool success) {
  body_->families.reload_success.at({}).Set(success ? 1 : 0);
  if (success) {
    const auto now = std::chrono::duration<double>(base::wall_now().time_since_epoch());
    body_->families.reload_time.at({}).Set(now.count());
  }
}

void Registry::set_session_source(std::function<std::vector<SessionSample>()> source) {
  body_->sessions = std::move(source);
}

void Registry::set_host_source(std::function<HostSample()> source) { body_->host = std::move(source); }

std::string Registry::text(Format format) {
  const base::WallTime now = base::wall_now();
  body_->ledger.settle(now);
  std::vector<prometheus::MetricFamily> families = body_->registry.Collect();
  if (body_->sessions) collect_sessions(body_->sessions(), body_->adapters, body_->max_sessions, now, families);
  collect_adapters(body_->adapters, families);
  if (body_->host) collect_host(body_->host(), families);
  collect_process(families);
  std::erase_if(families, [](const prometheus::MetricFamily& family) { return family.metric.empty(); });
  std::string text = prometheus::TextSerializer().Serializer::Serialize(families);
  return format == Format::openmetrics ? to_openmetrics(text) : text;
}

}  // namespace paddock::metrics
