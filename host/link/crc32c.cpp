// CRC-32C by instruction where there is one, else by table.
#include "link/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace paddock::link {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected Castagnoli

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0U);
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
// Not a whole translation unit with -msse4.2: the rest of the program must run without it.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t so_far, std::string_view bytes) noexcept {
  std::uint64_t value = so_far ^ 0xFFFFFFFFU;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    value = _mm_crc32_u64(value, word);
  }
  auto narrow = std::uint32_t(value);
  for (; left > 0; --left, ++at) narrow = _mm_crc32_u8(narrow, std::uint8_t(*at));
  return narrow ^ 0xFFFFFFFFU;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::uint32_t so_far, std::string_view bytes) noexcept {
  std::uint32_t value = so_far ^ 0xFFFFFFFFU;
  for (const char byte : bytes) value = (value >> 8U) ^ kTable[(value ^ std::uint8_t(byte)) & 0xFFU];
  return value ^ 0xFFFFFFFFU;
}

std::uint32_t crc32c(std::uint32_t so_far, std::string_view bytes) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return by_instruction(so_far, bytes);
#endif
  return crc32c_portable(so_far, bytes);
}

}  // namespace paddock::link
