// JSON that is almost right: agents cut text in the middle of a character and print the halves.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "paddock/text.hpp"

namespace paddock::sdk::detail {

/// The four hexadecimal digits after a backslash-u at `text[at]`, or -1.
inline int escape_at(std::string_view text, std::size_t at) noexcept {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int value = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// Replaces escaped surrogates that have no partner by U+FFFD, in place. True when there were any.
inline bool replace_lone_surrogates(std::string& text) {
  const auto is_high = [](int v) { return v >= 0xD800 && v <= 0xDBFF; };
  const auto is_low = [](int v) { return v >= 0xDC00 && v <= 0xDFFF; };
  bool any = false;
  for (std::size_t i = text.find('\\'); i != std::string::npos && i + 1 < text.size(); i = text.find('\\', i)) {
    const int first = escape_at(text, i);
    if (is_high(first) && is_low(escape_at(text, i + 6))) {
      i += 12;
    } else if (is_high(first) || is_low(first)) {
      text.replace(i + 2, 4, "FFFD");
      any = true;
      i += 6;
    } else {
      i += 2;
    }
  }
  return any;
}

/// Replaces what the serializer writes for numbers that JSON cannot say (an agent printed 1e400): infinity
/// by the largest number, "not a number" by null. `text` is JSON otherwise.
inline void replace_non_finite(std::string& text) {
  if (text.find("Infinity") == std::string::npos && text.find("NaN") == std::string::npos) return;
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (quoted && rest.size() > 1 && rest.front() == '\\') {
      out += text[i++];
    } else if (rest.front() == '"') {
      quoted = !quoted;
    } else if (!quoted && rest.starts_with("Infinity")) {
      out += "1.7976931348623157E308";
      i += 7;
      continue;
    } else if (!quoted && rest.starts_with("NaN")) {
      out += "null";
      i += 2;
      continue;
    }
    out += text[i];
  }
  text = std::move(out);
}

/// `text` with the two defects mended that say nothing about its meaning: bytes that are no UTF-8 and
/// lone surrogates. Nothing when it has neither.
inline std::optional<std::string> repair_json(std::string_view text) {
  const bool bad_bytes = !is_utf8(text);
  std::string repaired = bad_bytes ? to_utf8(text) : std::string(text);
  const bool bad_escapes = replace_lone_surrogates(repaired);
  if (!bad_bytes && !bad_escapes) return std::nullopt;
  return repaired;
}

}  // namespace paddock::sdk::detail
