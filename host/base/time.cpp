// Reading and writing times and durations.
#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>

namespace paddock::base {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t kTenYearsMillis = 10LL * 366 * 86'400'000;

Error bad_duration(std::string_view text) {
  return fail(Errc::invalid_request, fmt::format("'{}' is not a duration such as 30s, 10m or 1h30m", text));
}

Error bad_time(std::string_view text) {
  return fail(Errc::invalid_request, fmt::format("'{}' is not a time such as 2026-01-31T12:00:00.000Z", text));
}

}  // namespace

WallTime wall_now() noexcept { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<WallTime> parse_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0, used = 0;
  const std::string copy(text);
  // NOLINTNEXTLINE(cert-err34-c): every field's range is checked below, and the whole text must be used.
  const int fields = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day, &hour, &minute,
                                 &second, &millis, &used);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  const bool in_range =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && millis >= 0;
  if (fields != 7 || used != int(text.size()) || !date.ok() || !in_range) {
    return bad_time(text);
  }
  const WallTime time = WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + std::chrono::seconds(second) + milliseconds(millis);
  if (format_time(time) != text) return bad_time(text);  // sscanf takes blanks and signs
  return time;
}

Result<milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::string_view rest = text;
  if (rest.empty()) return bad_duration(text);
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (ec != std::errc() || number < 0) return bad_duration(text);
    rest.remove_prefix(std::size_t(end - rest.data()));
    const std::string_view unit = rest.substr(0, rest.find_first_of("0123456789"));
    std::int64_t scale = 0;
    for (const Unit& known : kUnits) {
      if (known.name == unit) scale = known.millis;
    }
    if (scale == 0 || number > kTenYearsMillis / scale) return bad_duration(text);
    total += number * scale;
    if (total > kTenYearsMillis) return bad_duration(text);
    rest.remove_prefix(unit.size());
  }
  return milliseconds(total);
}

std::string format_duration(milliseconds duration) {
  std::int64_t rest = duration.count();
  std::string text;
  for (const Unit& unit : kUnits) {
    if (rest < unit.millis) continue;
    text += fmt::format("{}{}", rest / unit.millis, unit.name);
    rest %= unit.millis;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace paddock::base
