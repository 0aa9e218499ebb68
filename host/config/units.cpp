// Reading amounts, and guessing what a misspelt word meant.
#include "config/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace paddock::config {
namespace {

constexpr std::uint32_t kMostCores = 1024;
constexpr std::uint32_t kMostPercent = kMostCores * 100;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

base::Error bad(std::string_view text, std::string_view example) {
  return base::fail(base::Errc::invalid_request, fmt::format("'{}' is not {}", text, example));
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

base::Result<std::uint64_t> parse_count(std::string_view text) {
  if (!all_digits(text)) return bad(text, "a whole number");
  if (text.size() > 1 && text.front() == '0') {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("'{}' could be meant as octal; write it without the leading zero", text));
  }
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return bad(text, "a number this program can hold");
  return number;
}

base::Result<std::uint32_t> parse_cpu(std::string_view text) {
  constexpr std::string_view kExample = "processor time such as 150% or 1.5 (cores)";
  if (text.ends_with('%')) {
    const auto percent = parse_count(text.substr(0, text.size() - 1));
    if (!percent || *percent < 1 || *percent > kMostPercent) return bad(text, kExample);
    return std::uint32_t(*percent);
  }
  double cores = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), cores, std::chars_format::fixed);
  const bool whole = ec == std::errc() && end == text.data() + text.size() && std::isfinite(cores);
  if (!whole || cores < 0.01 || cores > kMostCores) return bad(text, kExample);
  return std::uint32_t(std::lround(cores * 100));
}

base::Result<std::uint32_t> parse_percent(std::string_view text) {
  constexpr std::string_view kExample = "a percentage from 0% to 100%";
  if (!text.ends_with('%')) return bad(text, kExample);
  const auto percent = parse_count(text.substr(0, text.size() - 1));
  if (!percent || *percent > 100) return bad(text, kExample);
  return std::uint32_t(*percent);
}

base::Result<std::int64_t> parse_money(std::string_view text) {
  constexpr std::string_view kExample = "an amount in dollars such as 5.00";
  constexpr std::uint64_t kMostDollars = 1'000'000'000;
  constexpr std::size_t kDecimals = 6;
  const std::size_t point = text.find('.');
  const auto dollars = parse_count(text.substr(0, point));
  if (!dollars || *dollars > kMostDollars) return bad(text, kExample);
  std::string decimals = point == std::string_view::npos ? "0" : std::string(text.substr(point + 1));
  if (!all_digits(decimals) || decimals.size() > kDecimals) return bad(text, kExample);
  decimals.resize(kDecimals, '0');
  std::int64_t micros = 0;
  (void)std::from_chars(decimals.data(), decimals.data() + decimals.size(), micros);  // six digits always fit
  return std::int64_t(*dollars) * 1'000'000 + micros;
}

std::string nearest(std::string_view text, const std::vector<std::string>& words) {
  std::string best;
  std::size_t best_distance = 3;
  for (const std::string& word : words) {
    const std::size_t steps = distance(text, word);
    if (steps < best_distance && steps * 2 <= std::max(text.size(), word.size())) {
      best = word;
      best_distance = steps;
    }
  }
  return best;
}

}  // namespace paddock::config
