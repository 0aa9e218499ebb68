// The keys of xterm, which every program knows.
#include "screen/keys.hpp"

#include <algorithm>
#include <array>

namespace paddock::screen {
namespace {

struct Named {
  std::string_view name, bytes;
};

constexpr std::array<Named, 25> kKeys{{{"Enter", "\r"},         {"Escape", "\x1b"},        {"Tab", "\t"},
                                       {"Shift-Tab", "\x1b[Z"}, {"Backspace", "\x7f"},     {"Delete", "\x1b[3~"},
                                       {"Insert", "\x1b[2~"},   {"PageUp", "\x1b[5~"},     {"PageDown", "\x1b[6~"},
                                       {"Space", " "},          {"F1", "\x1bOP"},          {"F2", "\x1bOQ"},
                                       {"F3", "\x1bOR"},        {"F4", "\x1bOS"},          {"F5", "\x1b[15~"},
                                       {"F6", "\x1b[17~"},      {"F7", "\x1b[18~"},        {"F8", "\x1b[19~"},
                                       {"F9", "\x1b[20~"},      {"F10", "\x1b[21~"},       {"F11", "\x1b[23~"},
                                       {"F12", "\x1b[24~"},     {"Ctrl-Space", {"\0", 1}}, {"Ctrl-[", "\x1b"},
                                       {"Ctrl-\\", "\x1c"}}};

struct Arrow {
  std::string_view name;
  char letter;
};
constexpr std::array<Arrow, 6> kArrows{
    {{"Up", 'A'}, {"Down", 'B'}, {"Right", 'C'}, {"Left", 'D'}, {"Home", 'H'}, {"End", 'F'}}};

}  // namespace

std::optional<std::string> bytes_of_key(std::string_view name, bool application) {
  if (const auto* key = std::ranges::find(kKeys, name, &Named::name); key != kKeys.end()) {
    return std::string(key->bytes);
  }
  if (const auto* arrow = std::ranges::find(kArrows, name, &Arrow::name); arrow != kArrows.end()) {
    return std::string(application ? "\x1bO" : "\x1b[") + arrow->letter;
  }
  constexpr std::string_view kCtrl = "Ctrl-";
  if (!name.starts_with(kCtrl) || name.size() != kCtrl.size() + 1) return std::nullopt;
  const char letter = name.back();
  if (letter < 'A' || letter > 'Z') return std::nullopt;
  return std::string(1, char(letter - 'A' + 1));
}

std::string paste(std::string_view text, bool marks) {
  std::string out = marks ? "\x1b[200~" : "";
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (c == '\n' || c == '\r') {
      out += '\r';
    } else if (!control || c == '\t') {
      out += c;
    }
  }
  if (marks) out += "\x1b[201~";
  return out;
}

}  // namespace paddock::screen
