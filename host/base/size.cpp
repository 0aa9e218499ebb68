// Reading and writing amounts of memory.
#include "base/size.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace paddock::base {
namespace {

constexpr std::string_view kPrefixes = "KMGT";
constexpr double kMaxBytes = 9.0e18;

Error bad_size(std::string_view text) {
  return fail(Errc::invalid_request, fmt::format("'{}' is not a size such as 512MiB or 4GiB", text));
}

}  // namespace

Result<ByteSize> parse_size(std::string_view text) {
  double number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (ec != std::errc() || !std::isfinite(number) || number < 0) return bad_size(text);

  std::string_view unit = text.substr(std::size_t(end - text.data()));
  if (unit.ends_with('B')) unit.remove_suffix(1);
  if (unit.size() == 2 && unit.ends_with('i')) unit.remove_suffix(1);
  double scale = 1;
  if (!unit.empty()) {
    const std::size_t power = kPrefixes.find(unit.front());
    if (unit.size() != 1 || power == std::string_view::npos) return bad_size(text);
    scale = double(std::uint64_t(1) << (10 * (power + 1)));
  }
  const bool part_of_a_byte = scale == 1 && number != std::floor(number);
  if (part_of_a_byte || number * scale > kMaxBytes) return bad_size(text);
  return ByteSize(std::uint64_t(std::llround(number * scale)));
}

std::string format_size(ByteSize size) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  double number = double(size.bytes());
  std::size_t unit = 0;
  while (number >= 1024 && unit + 1 < kUnits.size()) {
    number /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", size.bytes()) : fmt::format("{:.1f} {}", number, kUnits.at(unit));
}

}  // namespace paddock::base
