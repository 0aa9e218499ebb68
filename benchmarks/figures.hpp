// Samples and how they are told: median, tail, ratio to a bound.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace paddock::bench {

using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

/// Measurements of one thing, in microseconds unless said otherwise.
class Samples {
 public:
  void add(Micros sample) { values_.push_back(sample.count()); }
  void add(double value) { values_.push_back(value); }
  std::size_t count() const noexcept { return values_.size(); }
  /// The value below which the share `q` (0..1) of the samples lie. 0 without samples.
  double quantile(double q) const;

 private:
  std::vector<double> values_;
};

/// One line of the table in README.md.
struct Row {
  std::string what;
  std::string goal;
  std::string bound;
  std::string ours;
  std::string verdict;
};

/// "p50 1.20 ms, p99 4.00 ms (n=200)" for microseconds.
std::string percentiles(const Samples& samples);
std::string milliseconds(double micros);

/// Prints a row as markdown at once, so that an interrupted run keeps what it had.
void print(const Row& row);
void print_header();

/// Microseconds that `work` took.
template <class Work>
Micros timed(Work work) {
  const auto begin = Clock::now();
  work();
  return Clock::now() - begin;
}

/// Proportional set size of a process in KiB; 0 when it is gone.
double pss_kib(int pid);
/// Processor time of a process and its threads, in microseconds.
double cpu_micros(int pid);
/// Pids whose parent is `pid`.
std::vector<int> children_of(int pid);
/// Pids of all processes whose command line starts with `program` and contains `argument`.
std::vector<int> processes_of(const std::string& program, const std::string& argument);

}  // namespace paddock::bench
