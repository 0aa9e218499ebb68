// Making text safe and short.
#include "main/cli/text.hpp"

#include <array>
#include <cwchar>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace paddock::cli {
namespace {

char32_t decode(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  switch (character.size()) {
    case 2: return char32_t(byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
    case 3: return char32_t(byte(0) & 0x0FU) << 12U | char32_t(byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    case 4:
      return char32_t(byte(0) & 0x07U) << 18U | char32_t(byte(1) & 0x3FU) << 12U | char32_t(byte(2) & 0x3FU) << 6U |
             (byte(3) & 0x3FU);
    default: return byte(0);
  }
}

/// Controls, and what makes a text read other than it is written: direction overrides, separators that
/// some terminals take for line ends.
bool is_dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

template <class Use>
void each_character(std::string_view valid, Use use) {
  while (!valid.empty()) {
    const std::string_view character = valid.substr(0, base::utf8_length(valid));
    use(character, decode(character));
    valid.remove_prefix(character.size());
  }
}

std::string escape(char32_t c) {
  return c < 0x100 ? fmt::format("\\x{:02x}", unsigned(c)) : fmt::format("\\u{:04x}", unsigned(c));
}

std::size_t width_of(char32_t c) {
  const int columns = ::wcwidth(wchar_t(c));
  return columns < 0 ? 1 : std::size_t(columns);
}

std::string cut(const std::string& text, std::size_t columns) {
  if (columns_of(text) <= columns) return text;
  std::string out;
  std::size_t used = 0;
  bool full = false;
  each_character(text, [&](std::string_view character, char32_t c) {
    used += width_of(c);
    full = full || used >= columns;
    if (!full) out += character;
  });
  return out + "…";
}

}  // namespace

std::string plain(std::string_view text) {
  const std::string valid = base::to_utf8(text);
  std::string out;
  out.reserve(valid.size());
  each_character(valid, [&](std::string_view character, char32_t c) {
    if (is_dangerous(c) && c != '\n' && c != '\t') {
      out += escape(c);
    } else {
      out += character;
    }
  });
  return out;
}

std::string one_line(std::string_view text, std::size_t columns) {
  std::string blanks;
  blanks.reserve(text.size());
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_blank) {
      blanks += c;
    } else if (!blanks.empty() && blanks.back() != ' ') {
      blanks += ' ';
    }
  }
  if (!blanks.empty() && blanks.back() == ' ') blanks.pop_back();
  const std::string line = plain(blanks);
  return columns == 0 ? line : cut(line, columns);
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  const std::string valid = base::to_utf8(text);
  each_character(valid, [&](std::string_view, char32_t c) { columns += width_of(c); });
  return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  return std::string(text) + std::string(columns > used ? columns - used : 0, ' ');
}

std::string age_text(std::int64_t millis) {
  const std::int64_t seconds = millis / 1000;
  if (seconds < 1) return "now";
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86'400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86'400);
}

std::string clock_text(std::int64_t millis) {
  const std::int64_t seconds = millis < 0 ? 0 : millis / 1000;
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string count_text(std::int64_t count) {
  if (count < 1000) return std::to_string(count);
  constexpr std::array<std::string_view, 3> kUnits{"k", "M", "G"};
  double number = double(count) / 1000;
  std::size_t unit = 0;
  while (number >= 999.95 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f}{}", number, kUnits.at(unit));
}

std::string money_text(std::int64_t micros) {
  const double dollars = double(micros) / 1e6;
  return dollars < 0.995 ? fmt::format("${:.4f}", dollars) : fmt::format("${:.2f}", dollars);
}

}  // namespace paddock::cli
