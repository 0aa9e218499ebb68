// Names of keys and what a terminal sends for them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace paddock::screen {

/// The bytes of a key: "Enter", "Escape", "Tab", "Shift-Tab", "Backspace", "Delete", "Insert", "Up", "Down",
/// "Left", "Right", "Home", "End", "PageUp", "PageDown", "Space", "F1" to "F12", "Ctrl-A" to "Ctrl-Z". Nothing when the
/// name is none of these. `application`: the program asked for the other codes of the arrow keys.
std::optional<std::string> bytes_of_key(std::string_view name, bool application);

/// The text as a paste: between the marks when the program asked for them. What would end the paste early or
/// act as a key is taken out: control characters other than tab and line break.
std::string paste(std::string_view text, bool marks);

}  // namespace paddock::screen
