// Names of layouts, and which limits will hold.
#include "cgroup/limits.hpp"

namespace paddock::cgroup {

std::string_view name(Layout layout) noexcept {
  switch (layout) {
    case Layout::none: return "none";
    case Layout::legacy: return "legacy";
    case Layout::hybrid: return "hybrid";
    case Layout::unified: return "unified";
  }
  return "none";
}

Screened Features::screen(const Limits& limits) const {
  Screened screened;
  const auto sort = [&](const auto& wanted, const Feature& feature, auto& kept, std::string_view what) {
    if (!wanted) return;
    if (feature) {
      kept = wanted;
    } else {
      screened.dropped.push_back(std::string(what) + ": " + feature.reason);
    }
  };
  Limits& kept = screened.enforced;
  sort(limits.memory_max, memory_max, kept.memory_max, "memory_max");
  sort(limits.memory_high, memory_high, kept.memory_high, "memory_high");
  sort(limits.swap_max, swap_max, kept.swap_max, "swap_max");
  sort(limits.cpu_percent, cpu_percent, kept.cpu_percent, "cpu_percent");
  sort(limits.cpu_weight, cpu_weight, kept.cpu_weight, "cpu_weight");
  sort(limits.pids_max, pids_max, kept.pids_max, "pids_max");
  return screened;
}

}  // namespace paddock::cgroup
