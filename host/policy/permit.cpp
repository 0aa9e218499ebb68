// May this session start, and with which limits.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "policy/policy.hpp"

namespace paddock::policy {
namespace {

/// Collects everything that is not permitted, so that a person sees it all at once.
class Refusals {
 public:
  explicit Refusals(const std::string& policy) : policy_(policy) {}

  void add(std::string_view pointer, std::string detail) {
    errors_.push_back({std::string(pointer), std::move(detail)});
  }

  bool empty() const noexcept { return errors_.empty(); }

  base::Error error() && {
    std::string sentence = fmt::format("the policy '{}' forbids it: ", policy_);
    for (std::size_t i = 0; i < errors_.size(); ++i) sentence += (i == 0 ? "" : "; ") + errors_[i].detail;
    return {base::Errc::policy_denied, std::move(sentence), std::move(errors_)};
  }

 private:
  const std::string& policy_;
  std::vector<base::FieldError> errors_;
};

std::string text_of(base::ByteSize size) { return base::format_size(size); }
std::string text_of(std::uint64_t number) { return std::to_string(number); }

template <class T>
void tighten(std::optional<T>& limit, const std::optional<T>& wish, std::string_view field, Refusals& refusals) {
  if (!wish) return;
  if (limit && *wish > *limit) {
    refusals.add(fmt::format("/limits/{}", field),
                 fmt::format("'{}' of {} is above its {}", field, text_of(*wish), text_of(*limit)));
    return;
  }
  limit = wish;
}

Resources tighten(Resources limits, const Resources& wish, Refusals& refusals) {
  tighten(limits.memory_max, wish.memory_max, "memory_max_bytes", refusals);
  tighten(limits.memory_high, wish.memory_high, "memory_high_bytes", refusals);
  tighten(limits.memory_swap, wish.memory_swap, "memory_swap_bytes", refusals);
  tighten(limits.cpu_percent, wish.cpu_percent, "cpu_percent", refusals);
  tighten(limits.cpu_weight, wish.cpu_weight, "cpu_weight", refusals);
  tighten(limits.pids_max, wish.pids_max, "pids_max", refusals);
  tighten(limits.io_weight, wish.io_weight, "io_weight", refusals);
  // A smaller hard limit pulls the soft one down with it.
  if (limits.memory_max && limits.memory_high) {
    limits.memory_high = std::min(*limits.memory_high, *limits.memory_max);
  }
  return limits;
}

}  // namespace

base::Result<Resources> permit_launch(const Policy& policy, const LaunchWish& wish) {
  Refusals refusals(policy.name);
  if (!policy.adapters.empty() && std::ranges::find(policy.adapters, wish.adapter) == policy.adapters.end()) {
    refusals.add("/adapter", fmt::format("the adapter '{}' is not in its 'launch.adapters'", wish.adapter));
  }
  if (wish.yolo && !policy.yolo.value_or(false)) {
    refusals.add("/yolo", "'yolo' needs 'launch.yolo: allow'");
  }
  Resources resources = tighten(policy.resources, wish.resources, refusals);
  if (!refusals.empty()) return std::move(refusals).error();
  return resources;
}

}  // namespace paddock::policy
