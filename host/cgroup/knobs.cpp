// Limits as files and values.
#include "cgroup/knobs.hpp"

#include <algorithm>

#include "cgroup/parse.hpp"

namespace paddock::cgroup {

namespace {

constexpr std::uint64_t kPeriodMicros = 100'000;  // the kernel's default
constexpr std::uint64_t kLargestPage = 64U << 10U;

std::string quota(std::uint32_t percent) { return std::to_string(std::uint64_t(percent) * (kPeriodMicros / 100)); }

void add_v1_memory(std::vector<Setting>& settings, const Limits& limits, const V1Memory& now) {
  const auto set = [&](const char* file, const std::string& value) { settings.push_back({"memory", file, value}); };
  const auto limit = limits.memory_max ? std::optional(limits.memory_max->bytes()) : now.limit;
  std::optional<std::uint64_t> swap;
  if (limits.swap_max) {
    swap = limits.swap_max->bytes();
  } else if (now.limit && now.with_swap && *now.with_swap >= *now.limit) {
    swap = *now.with_swap - *now.limit;
  }
  // The sum may never be below the part: take it away first, put it back last.
  if (now.with_swap) set("memory.memsw.limit_in_bytes", "-1");
  if (limits.memory_max) set("memory.limit_in_bytes", std::to_string(*limit));
  if (limit && swap) set("memory.memsw.limit_in_bytes", std::to_string(*limit + *swap));
}

bool same_words(std::string_view a, std::string_view b) {
  if (a.ends_with('\n')) a.remove_suffix(1);
  return a == b;
}

}  // namespace

base::Result<> check(const Limits& limits) {
  const auto bad = [](std::string_view what) {
    return base::fail(base::Errc::invalid_request, std::string(what) + ", no limit was changed");
  };
  if (limits.memory_max && limits.memory_max->bytes() == 0) return bad("'memory_max' must be positive");
  if (limits.memory_high && limits.memory_high->bytes() == 0) return bad("'memory_high' must be positive");
  if (limits.memory_max && limits.memory_max->bytes() > std::uint64_t(INT64_MAX) / 2) {
    return bad("'memory_max' is more than any machine has");
  }
  if (limits.swap_max && limits.swap_max->bytes() > std::uint64_t(INT64_MAX) / 2) {
    return bad("'swap_max' is more than any machine has");
  }
  if (limits.cpu_percent && (*limits.cpu_percent == 0 || *limits.cpu_percent > 1'000'000)) {
    return bad("'cpu_percent' must be 1 to 1000000");
  }
  if (limits.cpu_weight && (*limits.cpu_weight == 0 || *limits.cpu_weight > 10'000)) {
    return bad("'cpu_weight' must be 1 to 10000");
  }
  if (limits.pids_max && (*limits.pids_max == 0 || *limits.pids_max > (1U << 22U))) {
    return bad("'pids_max' must be 1 to 4194304");
  }
  return {};
}

std::vector<Setting> v1_settings(const Limits& limits, const V1Memory& now) {
  std::vector<Setting> settings;
  if (limits.memory_max || limits.swap_max) add_v1_memory(settings, limits, now);
  if (limits.cpu_percent) {
    settings.push_back({"cpu", "cpu.cfs_period_us", std::to_string(kPeriodMicros)});
    settings.push_back({"cpu", "cpu.cfs_quota_us", quota(*limits.cpu_percent)});
  }
  if (limits.cpu_weight) {
    // v1 counts around 1024 and takes nothing below 2.
    const std::uint64_t shares = std::max<std::uint64_t>(2, std::uint64_t(*limits.cpu_weight) * 1024 / 100);
    settings.push_back({"cpu", "cpu.shares", std::to_string(shares)});
  }
  if (limits.pids_max) settings.push_back({"pids", "pids.max", std::to_string(*limits.pids_max)});
  return settings;
}

std::vector<Setting> v2_settings(const Limits& limits) {
  std::vector<Setting> settings;
  const auto bytes = [&](const std::optional<base::ByteSize>& size, const char* file) {
    if (size) settings.push_back({"memory", file, std::to_string(size->bytes())});
  };
  bytes(limits.memory_max, "memory.max");
  bytes(limits.memory_high, "memory.high");
  bytes(limits.swap_max, "memory.swap.max");
  if (limits.cpu_percent) {
    settings.push_back({"cpu", "cpu.max", quota(*limits.cpu_percent) + " " + std::to_string(kPeriodMicros)});
  }
  if (limits.cpu_weight) settings.push_back({"cpu", "cpu.weight", std::to_string(*limits.cpu_weight)});
  if (limits.pids_max) settings.push_back({"pids", "pids.max", std::to_string(*limits.pids_max)});
  return settings;
}

bool holds(const Setting& setting, std::string_view text) {
  if (setting.controller != "memory") return same_words(text, setting.value);
  const auto wanted = parse_number(setting.value);
  const auto got = parse_number(text);
  if (!wanted) return got && *got > std::uint64_t(INT64_MAX) / 2;  // "-1": unlimited reads as a huge number
  return got && *got <= *wanted && *wanted - *got < kLargestPage;
}

}  // namespace paddock::cgroup
