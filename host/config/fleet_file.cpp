// `kind: Fleet`: the ceiling above all sessions.
#include "base/limits.hpp"
#include "config/documents.hpp"

namespace paddock::config {
namespace {

constexpr Range<std::uint32_t> kSessions{1, std::uint32_t(base::limits::sessions_alive)};

}  // namespace

policy::Fleet read_fleet(Section& document) {
  policy::Fleet fleet;
  document.section("metadata", [](Section& metadata) {
    if (const auto name = metadata.get("name")) (void)name->name();
  });
  document.section("resources", [&](Section& s) { read_resources(s, fleet.resources); });
  document.section("sessions", [&](Section& sessions) {
    sessions.read("max", fleet.sessions_max, &Value::small_count, kSessions);
    sessions.read("working", fleet.sessions_working, &Value::small_count, kSessions);
    if (fleet.sessions_working && *fleet.sessions_working > fleet.sessions_max) {
      sessions.value().complain("'working' is above 'max'");
    }
  });
  document.section("admission", [&](Section& admission) {
    admission.read("memory_pressure", fleet.memory_pressure_percent, &Value::percent);
    admission.read("cpu_pressure", fleet.cpu_pressure_percent, &Value::percent);
  });
  document.section("idle", [&](Section& idle) {
    idle.read("freeze_after", fleet.idle_freeze_after, &Value::duration);
    idle.read("stop_after", fleet.idle_stop_after, &Value::duration);
  });
  document.finish();
  return fleet;
}

}  // namespace paddock::config
