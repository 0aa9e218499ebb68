// Fingerprints and secrets: SHA-256, canonical JSON, random bytes, constant-time comparison.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace paddock::control {

/// Lower-case hex of the SHA-256 of `text`, 64 characters.
std::string sha256_hex(std::string_view text);

/// The value as JSON with the keys of every object in order: equal values give equal texts.
std::string canonical_json(const boost::json::value& value);

/// A fresh secret: `prefix` and 32 random bytes as hex.
std::string make_secret(std::string_view prefix);

/// Whether both texts are equal, in a time that depends on their lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

std::string to_hex(std::string_view bytes);
/// Nothing when `hex` is not hex.
std::string from_hex(std::string_view hex);

}  // namespace paddock::control
