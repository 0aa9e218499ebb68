// A group's figures, from descriptors that stay open: a read costs half a microsecond to seven.
#include <cstdint>

#include <unistd.h>

#include "cgroup/group.hpp"

namespace paddock::cgroup {

namespace {

using std::chrono::microseconds;

using Flat = std::map<std::string, std::uint64_t, std::less<>>;

// v1 says "no limit" with the largest number of whole pages.
constexpr std::uint64_t kUnlimited = std::uint64_t(INT64_MAX) / 2;

std::optional<std::uint64_t> number(const std::optional<std::string>& text) {
  return text ? parse_number(*text) : std::nullopt;
}

std::optional<base::ByteSize> bytes(const std::optional<std::string>& text) {
  const auto value = number(text);
  return value ? std::optional(base::ByteSize(*value)) : std::nullopt;
}

std::optional<base::ByteSize> limit(const std::optional<std::string>& text) {
  const auto value = number(text);
  return value && *value < kUnlimited ? std::optional(base::ByteSize(*value)) : std::nullopt;
}

Flat flat(const std::optional<std::string>& text) { return text ? parse_flat(*text) : Flat(); }

std::optional<std::uint64_t> at(const Flat& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<microseconds> from_nanos(std::optional<std::uint64_t> value) {
  return value ? std::optional(microseconds(*value / 1000)) : std::nullopt;
}

std::optional<microseconds> from_micros(std::optional<std::uint64_t> value) {
  return value ? std::optional(microseconds(*value)) : std::nullopt;
}

}  // namespace

void Group::read_v1(Usage& usage) {
  usage.memory = bytes(read("memory", "memory.usage_in_bytes"));
  usage.memory_peak = bytes(read("memory", "memory.max_usage_in_bytes"));
  usage.memory_limit = limit(read("memory", "memory.limit_in_bytes"));
  if (const auto anon = at(flat(read("memory", "memory.stat")), "total_rss")) usage.memory_anon.emplace(*anon);
  usage.oom_kills = at(flat(read("memory", "memory.oom_control")), "oom_kill");
  usage.cpu_total = from_nanos(number(read("cpuacct", "cpuacct.usage")));
  usage.cpu_user = from_nanos(number(read("cpuacct", "cpuacct.usage_user")));
  usage.cpu_system = from_nanos(number(read("cpuacct", "cpuacct.usage_sys")));
  const Flat cpu = flat(read("cpu", "cpu.stat"));
  usage.cpu_periods = at(cpu, "nr_periods");
  usage.cpu_throttled_periods = at(cpu, "nr_throttled");
  usage.cpu_throttled = from_nanos(at(cpu, "throttled_time"));
  usage.pids = number(read("pids", "pids.current"));
  usage.pids_max_hits = at(flat(read("pids", "pids.events")), "max");
}

void Group::read_v2(Usage& usage) {
  usage.memory = bytes(read("", "memory.current"));
  usage.memory_peak = bytes(read("", "memory.peak"));  // since Linux 5.19
  usage.memory_limit = limit(read("", "memory.max"));
  if (const auto anon = at(flat(read("", "memory.stat")), "anon")) usage.memory_anon.emplace(*anon);
  if (const auto events = read("", "memory.events")) usage.memory_events = parse_memory_events(*events);
  if (usage.memory_events) usage.oom_kills = usage.memory_events->oom_kill;
  const Flat cpu = flat(read("", "cpu.stat"));
  usage.cpu_total = from_micros(at(cpu, "usage_usec"));
  usage.cpu_user = from_micros(at(cpu, "user_usec"));
  usage.cpu_system = from_micros(at(cpu, "system_usec"));
  usage.cpu_periods = at(cpu, "nr_periods");
  usage.cpu_throttled_periods = at(cpu, "nr_throttled");
  usage.cpu_throttled = from_micros(at(cpu, "throttled_usec"));
  usage.pids = number(read("", "pids.current"));
  usage.pids_max_hits = at(flat(read("", "pids.events")), "max");
}

Usage Group::usage() {
  // Clears the notice first, so that what happens while reading is announced again.
  std::uint64_t fired = 0;
  if (oom_ && !paths_.v2_has_controllers) (void)!::read(oom_.get(), &fired, sizeof fired);
  Usage usage;
  if (paths_.v2_has_controllers) {
    read_v2(usage);
  } else {
    read_v1(usage);
  }
  if (!usage.cpu_total && v2_) {
    // Every v2 group counts processor time, with or without a controller.
    const Flat cpu = flat(read("", "cpu.stat"));
    usage.cpu_total = from_micros(at(cpu, "usage_usec"));
    usage.cpu_user = from_micros(at(cpu, "user_usec"));
    usage.cpu_system = from_micros(at(cpu, "system_usec"));
  }
  return usage;
}

Pressures Group::pressure() {
  const auto of = [&](const char* name) -> std::optional<Pressure> {
    const auto text = read("", name);
    return text ? parse_pressure(*text) : std::nullopt;
  };
  return {of("cpu.pressure"), of("memory.pressure"), of("io.pressure")};
}

}  // namespace paddock::cgroup
