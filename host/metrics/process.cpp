// process_*: what this daemon itself uses, by the conventions of the Prometheus clients.
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "metrics/samples.hpp"

namespace paddock::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void add(std::vector<MetricFamily>& into, const char* name, const char* help, MetricType type, double value) {
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  into.push_back({name, help, type, {metric}});
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" \n");
    if (end != 0) words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

double number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<double>(number);
}

/// Seconds since 1970 when the machine was started.
double boot_time() {
  const auto stat = base::read_file("/proc/stat", base::mib(4));
  if (!stat) return 0;
  const std::size_t at = stat->find("btime ");
  return at == std::string::npos ? 0 : number_of(std::string_view(*stat).substr(at + 6));
}

void add_times_and_memory(std::vector<MetricFamily>& into) {
  const auto stat = base::read_file("/proc/self/stat", base::kib(64));
  if (!stat) return;
  // The second field is the program's name in parentheses and may hold anything.
  const auto fields = words_of(std::string_view(*stat).substr(std::min(stat->rfind(')') + 1, stat->size())));
  constexpr std::size_t utime = 11, stime = 12, start = 19, virtual_bytes = 20, resident_pages = 21;
  if (fields.size() <= resident_pages) return;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  static const double booted = boot_time();
  add(into, "process_cpu_seconds_total", "CPU time used by this process.", MetricType::Counter,
      (number_of(fields[utime]) + number_of(fields[stime])) / ticks);
  add(into, "process_start_time_seconds", "When this process was started.", MetricType::Gauge,
      booted + number_of(fields[start]) / ticks);
  add(into, "process_virtual_memory_bytes", "Virtual memory of this process.", MetricType::Gauge,
      number_of(fields[virtual_bytes]));
  add(into, "process_resident_memory_bytes", "Resident memory of this process.", MetricType::Gauge,
      number_of(fields[resident_pages]) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace

void collect_process(std::vector<MetricFamily>& into) {
  add_times_and_memory(into);
  std::error_code ec;
  const std::filesystem::directory_iterator open("/proc/self/fd", ec);
  if (!ec) {
    add(into, "process_open_fds", "Open file descriptors.", MetricType::Gauge,
        static_cast<double>(std::distance(begin(open), end(open)) - 1));  // without the one that counts
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    add(into, "process_max_fds", "The most file descriptors it may open.", MetricType::Gauge,
        static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace paddock::metrics
