// The series of one family, found by their label values without asking prometheus-cpp: its look-up
// takes a lock that a whole scrape can hold.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace paddock::metrics {

/// Most series of one family; what comes later is counted in one whose labels all say "other".
inline constexpr std::size_t series_max = 1000;

/// Bounds of the three kinds of histogram, in seconds.
extern const prometheus::Histogram::BucketBoundaries latency_buckets;  ///< 1 ms to 10 s
extern const prometheus::Histogram::BucketBoundaries human_buckets;    ///< 1 s to 24 h
extern const prometheus::Histogram::BucketBoundaries work_buckets;     ///< 1 s to 6 h

/// `text` when it is a short name of our own kind (letters, digits, "_-.:/"), else "other"; "none" when
/// it is empty. For label values that no list can be given for.
std::string label(std::string_view text);

/// A family with N labels. One thread; the metrics themselves may be used from any.
template <class Metric, std::size_t N>
class Series {
 public:
  using Names = std::array<const char*, N>;

  /// `arguments` are those of the metric (a histogram's bounds).
  template <class... Arguments>
  Series(prometheus::Family<Metric>& family, Names names, const Arguments&... arguments)
      : names_(names), add_([&family, arguments...](const prometheus::Labels& labels) -> Metric& {
          return family.Add(labels, arguments...);
        }) {}

  /// The series with these label values, made at its first use.
  Metric& at(const std::array<std::string_view, N>& values) {
    key_.clear();
    for (const std::string_view value : values) key_.append(value).push_back('\n');
    if (const auto found = known_.find(key_); found != known_.end()) return *found->second;
    prometheus::Labels labels;
    const bool full = known_.size() >= series_max;
    for (std::size_t i = 0; i < N; ++i) labels[names_[i]] = full ? "other" : label(values[i]);
    Metric& metric = add_(labels);
    if (!full) known_.emplace(key_, &metric);
    return metric;
  }

 private:
  Names names_;
  std::function<Metric&(const prometheus::Labels&)> add_;
  std::unordered_map<std::string, Metric*> known_;
  std::string key_;
};

template <std::size_t N>
using Counters = Series<prometheus::Counter, N>;
template <std::size_t N>
using Gauges = Series<prometheus::Gauge, N>;
template <std::size_t N>
using Histograms = Series<prometheus::Histogram, N>;

}  // namespace paddock::metrics
