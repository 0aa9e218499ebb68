// ULIDs that rise within one process.
#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>

#include <sys/random.h>

#include "base/time.hpp"

namespace paddock::base {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kUlidLength = 26;

struct Ulid {
  std::uint64_t millis = 0;
  std::array<std::uint8_t, 10> random{};
};

void draw(std::array<std::uint8_t, 10>& bytes) {
  // 10 bytes never come back short, and the pool is ready long before any program of ours starts.
  (void)::getrandom(bytes.data(), bytes.size(), 0);
  bytes[0] &= 0x7FU;  // room to count up within one millisecond
}

void count_up(std::array<std::uint8_t, 10>& bytes) {
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    if (++*byte != 0) return;
  }
}

Ulid next() {
  static std::mutex mutex;  // guards `last`
  static Ulid last;
  const std::scoped_lock lock(mutex);
  const auto now = std::uint64_t(wall_now().time_since_epoch().count());
  if (now > last.millis) {
    last.millis = now;
    draw(last.random);
  } else {
    count_up(last.random);  // also when the clock stepped back: order is kept
  }
  return last;
}

}  // namespace

std::string make_ulid() {
  const Ulid ulid = next();
  std::string text(kUlidLength, '0');
  std::uint64_t millis = ulid.millis;
  for (std::size_t i = 10; i-- > 0; millis >>= 5U) text[i] = kAlphabet[millis & 31U];
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t at = 10;
  for (const std::uint8_t byte : ulid.random) {
    bits = (bits << 8U) | byte;
    for (held += 8; held >= 5; held -= 5) text[at++] = kAlphabet[(bits >> (held - 5)) & 31U];
  }
  return text;
}

bool is_ulid(std::string_view text) noexcept {
  return text.size() == kUlidLength && text.front() <= '7' &&
         std::ranges::all_of(text, [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

}  // namespace paddock::base
