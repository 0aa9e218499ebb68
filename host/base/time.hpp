// Two kinds of time that cannot be mixed up: what the wall says, and what only moves forward.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace paddock::base {

/// Wall-clock time in whole milliseconds since 1970 (UTC). May jump; never used for time-outs.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Monotonic time: time-outs, back-off, ages.
using MonoTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

WallTime wall_now() noexcept;
inline MonoTime mono_now() noexcept { return std::chrono::steady_clock::now(); }

/// RFC 3339 in UTC with milliseconds: "2026-01-31T12:00:00.000Z".
std::string format_time(WallTime time);

/// Reads what format_time() writes. Fails with `invalid_request`.
Result<WallTime> parse_time(std::string_view text);

/// Reads a duration of one or more parts: "30s", "1h30m", "250ms", "2d". Units: ms s m h d.
/// Fails with `invalid_request` on anything else, an empty text, or more than 10 years.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest exact form parse_duration() reads back: "1h30m", "250ms", "0s".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace paddock::base
