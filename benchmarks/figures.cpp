// Quantiles, table rows and what /proc tells of a process.
#include "figures.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

namespace paddock::bench {
namespace {

std::string slurp(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Calls `use` with each process id of the machine.
template <class Use>
void each_process(Use use) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos) use(std::stoi(name));
  }
}

}  // namespace

double Samples::quantile(double q) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  const auto at = static_cast<std::size_t>(q * double(sorted.size() - 1) + 0.5);
  return sorted[std::min(at, sorted.size() - 1)];
}

std::string milliseconds(double micros) {
  if (micros < 1000) return fmt::format("{:.0f} µs", micros);
  return fmt::format("{:.2f} ms", micros / 1000);
}

std::string percentiles(const Samples& samples) {
  return fmt::format("p50 {}, p99 {} (n={})", milliseconds(samples.quantile(0.5)), milliseconds(samples.quantile(0.99)),
                     samples.count());
}

void print_header() { fmt::print("| what | goal | bound, same run | ours | |\n|---|---|---|---|---|\n"); }

void print(const Row& row) {
  fmt::print("| {} | {} | {} | {} | {} |\n", row.what, row.goal, row.bound, row.ours, row.verdict);
  std::fflush(stdout);
}

double pss_kib(int pid) {
  std::istringstream in(slurp(fmt::format("/proc/{}/smaps_rollup", pid)));
  for (std::string word; in >> word;) {
    double kib = 0;
    if (word == "Pss:" && in >> kib) return kib;
  }
  return 0;
}

double cpu_micros(int pid) {
  double total = 0;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), ignored)) {
    double nanos = 0;
    std::istringstream(slurp(task.path() / "schedstat")) >> nanos;
    total += nanos / 1000;
  }
  return total;
}

std::vector<int> children_of(int pid) {
  std::vector<int> found;
  each_process([&](int other) {
    const std::string stat = slurp(fmt::format("/proc/{}/stat", other));
    const std::size_t end = stat.rfind(')');
    if (end == std::string::npos) return;
    std::istringstream in(stat.substr(end + 2));
    std::string state;
    int parent = 0;
    in >> state >> parent;
    if (parent == pid) found.push_back(other);
  });
  return found;
}

std::vector<int> processes_of(const std::string& program, const std::string& argument) {
  std::vector<int> found;
  each_process([&](int pid) {
    const std::string line = slurp(fmt::format("/proc/{}/cmdline", pid));
    if (line.starts_with(program) && line.find(argument) != std::string::npos) found.push_back(pid);
  });
  return found;
}

}  // namespace paddock::bench
