// Two windows, e.g. five hours and a week; both are absent with most providers.
#include "codex/limits.hpp"

#include <string_view>
#include <utility>

#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

constexpr std::int64_t kExhausted = 100;
constexpr std::int64_t kHour = 60;
constexpr std::int64_t kDay = 24 * kHour;

std::string length_of(std::int64_t minutes) {
  if (minutes % kDay == 0) return std::to_string(minutes / kDay) + " d";
  return minutes % kHour == 0 ? std::to_string(minutes / kHour) + " h" : std::to_string(minutes) + " min";
}

}  // namespace

std::optional<RateLimits::Window> RateLimits::read(const json::object& rate_limits, std::string_view key) {
  const json::object* window = object_of(rate_limits, key);
  const auto used = window != nullptr ? number_of(*window, "usedPercent") : std::nullopt;
  if (!used) return std::nullopt;
  return Window{*used, number_of(*window, "windowDurationMins"), number_of(*window, "resetsAt")};
}

bool RateLimits::update(const json::object& rate_limits) {
  const auto primary = read(rate_limits, "primary");
  const auto secondary = read(rate_limits, "secondary");
  // Most updates say nothing; what was known stays true.
  if ((!primary && !secondary) || (primary == primary_ && secondary == secondary_)) return false;
  primary_ = primary;
  secondary_ = secondary;
  return true;
}

std::optional<std::int64_t> RateLimits::resets_at() const {
  std::optional<std::int64_t> latest;
  for (const auto& window : {primary_, secondary_}) {
    if (!window || window->used_percent < kExhausted || !window->resets_at) continue;
    if (!latest || *window->resets_at > *latest) latest = window->resets_at;
  }
  return latest;
}

json::object RateLimits::body(json::storage_ptr memory) const {
  json::object body(std::move(memory));
  std::string text;
  const auto add = [&](std::string_view key, const std::optional<Window>& window) {
    if (!window) return;
    json::object& entry = body[key].emplace_object();
    entry["used_percent"] = window->used_percent;
    if (window->minutes) entry["window_minutes"] = *window->minutes;
    if (window->resets_at) entry["resets_at"] = *window->resets_at;
    if (!text.empty()) text += ", ";
    text += std::to_string(window->used_percent) + " % used";
    if (window->minutes && *window->minutes > 0) text += " of " + length_of(*window->minutes);
  };
  body["code"] = "rate_limits";
  add("primary", primary_);
  add("secondary", secondary_);
  body["text"] = text;
  return body;
}

}  // namespace paddock::codex
