// SHA-256 and friends over OpenSSL.
#include "control/digest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <boost/json/serialize.hpp>

namespace paddock::control {
namespace json = boost::json;
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kSecretBytes = 32;

void write_canonical(const json::value& value, std::string& out);

void write_object(const json::object& object, std::string& out) {
  std::vector<std::string_view> keys;
  keys.reserve(object.size());
  for (const auto& member : object) keys.emplace_back(member.key());
  std::ranges::sort(keys);
  out += '{';
  for (const std::string_view key : keys) {
    if (out.back() != '{') out += ',';
    out += json::serialize(json::string(key));
    out += ':';
    write_canonical(object.at(key), out);
  }
  out += '}';
}

void write_canonical(const json::value& value, std::string& out) {
  if (value.is_object()) return write_object(value.get_object(), out);
  if (!value.is_array()) {
    out += json::serialize(value);
    return;
  }
  out += '[';
  for (const json::value& item : value.get_array()) {
    if (out.back() != '[') out += ',';
    write_canonical(item, out);
  }
  out += ']';
}

int digit_of(char c) {
  const auto at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : int(at);
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = std::uint8_t(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit_of(hex[i]);
    const int low = digit_of(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes += char(high * 16 + low);
  }
  return hex.size() % 2 == 0 ? bytes : std::string();
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  // Fails only without memory or without the default provider; then no two texts may look alike.
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) std::abort();
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), length));
}

std::string canonical_json(const json::value& value) {
  std::string out;
  write_canonical(value, out);
  return out;
}

std::string make_secret(std::string_view prefix) {
  std::array<unsigned char, kSecretBytes> bytes{};
  if (RAND_bytes(bytes.data(), int(bytes.size())) != 1) std::abort();
  return std::string(prefix) + to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace paddock::control
