// Text for people without what was meant for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace paddock::acp {

/// `text` without terminal escape sequences (ESC [ ... letter, ESC ] ... BEL) and without other control
/// characters, tabs and line feeds excepted.
inline std::string plain(std::string_view text) {
  constexpr std::string_view kLast = "@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`~{|}";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c != 0x1b) {
      if ((c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n') out += text[i];
      continue;
    }
    const char kind = i + 1 < text.size() ? text[i + 1] : '\0';
    if (kind == '[') {
      i = text.find_first_of(kLast, i + 2);
    } else if (kind == ']') {
      i = text.find('\a', i + 2);
    } else {
      i += kind == '(' || kind == ')' ? 2 : 1;  // ESC ( B chooses a character set
    }
    if (i >= text.size()) break;
  }
  return out;
}

}  // namespace paddock::acp
