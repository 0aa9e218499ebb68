// Amounts of memory and disk.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace paddock::base {

/// A number of bytes.
class ByteSize {
 public:
  constexpr ByteSize() noexcept = default;
  explicit constexpr ByteSize(std::uint64_t bytes) noexcept : bytes_(bytes) {}
  constexpr std::uint64_t bytes() const noexcept { return bytes_; }
  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14 on defaulted comparisons.
  friend constexpr auto operator<=>(ByteSize, ByteSize) noexcept = default;

 private:
  std::uint64_t bytes_ = 0;
};

constexpr ByteSize kib(std::uint64_t n) noexcept { return ByteSize(n << 10U); }
constexpr ByteSize mib(std::uint64_t n) noexcept { return ByteSize(n << 20U); }
constexpr ByteSize gib(std::uint64_t n) noexcept { return ByteSize(n << 30U); }

/// Reads "4GiB", "512M", "1048576", "1.5G". K, M, G and T mean powers of 1024, with or without "iB"
/// or "B". Fails with `invalid_request`.
Result<ByteSize> parse_size(std::string_view text);

/// For people: "4.0 GiB", "512 B".
std::string format_size(ByteSize size);

}  // namespace paddock::base
