// Conversions between figures; nothing is computed that the kernel did not say.
#include "control/figures.hpp"

#include <algorithm>
#include <string_view>

namespace paddock::control {
namespace json = boost::json;
namespace {

double seconds(std::chrono::microseconds time) { return double(time.count()) / 1e6; }

std::optional<double> maybe_seconds(const std::optional<std::chrono::microseconds>& time) {
  return time ? std::optional(seconds(*time)) : std::nullopt;
}

std::optional<std::uint64_t> maybe_bytes(const std::optional<base::ByteSize>& size) {
  return size ? std::optional(size->bytes()) : std::nullopt;
}

json::object line_json(const cgroup::PressureLine& line) {
  return json::object{{"avg10", line.avg10}, {"avg60", line.avg60}, {"total_seconds", seconds(line.total)}};
}

void put(json::object& into, std::string_view key, const std::optional<cgroup::Pressure>& pressure) {
  if (!pressure) return;
  json::object& out = into[key].emplace_object();
  out["some"] = line_json(pressure->some);
  if (pressure->full) out["full"] = line_json(*pressure->full);
}

metrics::SessionSample::Pressure pressure_sample(std::string_view resource, const cgroup::Pressure& pressure) {
  metrics::SessionSample::Pressure sample{resource, seconds(pressure.some.total), std::nullopt};
  if (pressure.full) sample.full_seconds = seconds(pressure.full->total);
  return sample;
}

void add_memory_events(metrics::SessionSample& sample, const std::optional<cgroup::MemoryEvents>& events) {
  if (!events) return;
  sample.memory_low = events->low;
  sample.memory_high = events->high;
  sample.memory_max = events->max;
  sample.memory_oom = events->oom;
}

std::string text_of(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

json::object resources_json(const cgroup::Usage& usage, const cgroup::Pressures& pressure) {
  json::object out;
  if (usage.memory) out["memory_bytes"] = usage.memory->bytes();
  if (usage.memory_peak) out["memory_peak_bytes"] = usage.memory_peak->bytes();
  if (usage.cpu_total) out["cpu_seconds"] = seconds(*usage.cpu_total);
  if (usage.pids) out["pids"] = *usage.pids;
  if (usage.oom_kills) out["oom_kills"] = *usage.oom_kills;
  json::object pressures;
  put(pressures, "cpu", pressure.cpu);
  put(pressures, "memory", pressure.memory);
  put(pressures, "io", pressure.io);
  if (!pressures.empty()) out["pressure"] = std::move(pressures);
  return out;
}

cgroup::Limits limits_of(const policy::Resources& resources) {
  cgroup::Limits limits;
  limits.memory_max = resources.memory_max;
  limits.memory_high = resources.memory_high;
  limits.swap_max = resources.memory_swap;
  limits.cpu_percent = resources.cpu_percent;
  limits.cpu_weight = resources.cpu_weight;
  limits.pids_max = resources.pids_max;
  return limits;
}

metrics::SessionSample sample_of(const session::Record& record, const cgroup::Usage& usage,
                                 const cgroup::Pressures& pressure) {
  metrics::SessionSample sample;
  sample.id = record.id;
  sample.adapter = record.adapter;
  sample.state = record.state;
  sample.approvals = record.approvals.size();
  if (!record.approvals.empty()) sample.oldest_approval = record.approvals.front().asked_at;
  sample.last_event = record.updated_at;
  sample.cpu_user_seconds = maybe_seconds(usage.cpu_user);
  sample.cpu_system_seconds = maybe_seconds(usage.cpu_system);
  sample.cpu_throttled_seconds = maybe_seconds(usage.cpu_throttled);
  sample.memory_bytes = maybe_bytes(usage.memory);
  sample.memory_peak_bytes = maybe_bytes(usage.memory_peak);
  sample.memory_limit_bytes = maybe_bytes(usage.memory_limit);
  add_memory_events(sample, usage.memory_events);
  sample.oom_kills = usage.oom_kills;
  sample.pids = usage.pids;
  if (pressure.cpu) sample.pressure.push_back(pressure_sample("cpu", *pressure.cpu));
  if (pressure.memory) sample.pressure.push_back(pressure_sample("memory", *pressure.memory));
  if (pressure.io) sample.pressure.push_back(pressure_sample("io", *pressure.io));
  return sample;
}

json::object to_json(const cgroup::GroupPaths& paths) {
  if (paths.empty()) return {};
  json::object out{{"session", paths.session}};
  json::object& v1 = out["v1"].emplace_object();
  for (const auto& [controller, directory] : paths.v1) v1[controller] = directory;
  out["v2"] = paths.v2;
  out["v2_has_controllers"] = paths.v2_has_controllers;
  return out;
}

cgroup::GroupPaths group_paths_from_json(const json::object& object) {
  cgroup::GroupPaths paths;
  paths.session = text_of(object.if_contains("session"));
  paths.v2 = text_of(object.if_contains("v2"));
  const json::value* has = object.if_contains("v2_has_controllers");
  paths.v2_has_controllers = has != nullptr && has->is_bool() && has->get_bool();
  const json::value* v1 = object.if_contains("v1");
  if (v1 == nullptr || !v1->is_object()) return paths;
  for (const auto& member : v1->get_object()) paths.v1[member.key()] = text_of(&member.value());
  return paths;
}

}  // namespace paddock::control
