// Families that are made anew at each scrape from what is true then.
#pragma once

#include <cstddef>
#include <vector>

#include <prometheus/metric_family.h>

#include "base/time.hpp"
#include "metrics/registry.hpp"

namespace paddock::metrics {

/// Gauges over all sessions (0 for an adapter without any), and the series of single ones: at most
/// `most` of them.
void collect_sessions(const std::vector<SessionSample>& sessions, const std::vector<AdapterSample>& adapters,
                      std::size_t most, base::WallTime now, std::vector<prometheus::MetricFamily>& into);
void collect_adapters(const std::vector<AdapterSample>& adapters, std::vector<prometheus::MetricFamily>& into);
void collect_host(const HostSample& host, std::vector<prometheus::MetricFamily>& into);

/// The conventional process_* families of this process.
void collect_process(std::vector<prometheus::MetricFamily>& into);

}  // namespace paddock::metrics
