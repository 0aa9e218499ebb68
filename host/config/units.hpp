// Amounts as people write them in files and flags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace paddock::config {

/// Processor time in per cent of one core: "150%", or cores: "2", "0.5". From 1 % to 1024 cores.
/// Fails with `invalid_request`.
base::Result<std::uint32_t> parse_cpu(std::string_view text);

/// "20%" as 20; 0 to 100. Fails with `invalid_request`.
base::Result<std::uint32_t> parse_percent(std::string_view text);

/// Dollars as micro-dollars, exactly: "5.00" is 5'000'000. At most six decimals, at most a billion.
/// Fails with `invalid_request`.
base::Result<std::int64_t> parse_money(std::string_view text);

/// A whole decimal number without sign, separators or leading zeros. Fails with `invalid_request`.
base::Result<std::uint64_t> parse_count(std::string_view text);

/// The word of `words` that a person most likely meant by `text`: at most two letters away and alike
/// in at least half. Empty when none is near.
std::string nearest(std::string_view text, const std::vector<std::string>& words);

}  // namespace paddock::config
