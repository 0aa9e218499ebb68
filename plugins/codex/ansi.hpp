// Text for people without what was meant for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace paddock::codex {

/// `text` without terminal escape sequences (ESC [ ... letter, ESC ] ... BEL) and without other control
/// characters, tabs excepted.
inline std::string without_escapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c != 0x1b) {
      if (c >= 0x20 || c == '\t') plain += text[i];
      continue;
    }
    const char kind = i + 1 < text.size() ? text[i + 1] : '\0';
    if (kind == '[') {
      i = text.find_first_of("@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`~{|}", i + 2);
    } else if (kind == ']') {
      i = text.find('\a', i + 2);
    } else {
      i += kind == '(' || kind == ')' ? 2 : 1;  // ESC ( B chooses a character set
    }
    if (i >= text.size()) break;
  }
  return plain;
}

}  // namespace paddock::codex
