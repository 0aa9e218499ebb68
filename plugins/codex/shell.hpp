// What a person would have typed: Codex shows every command wrapped as `/bin/bash -lc '...'`.
#pragma once

#include <string>
#include <string_view>

namespace paddock::codex {

/// The script inside of `<path>/<bash|sh|zsh|...> -lc <one quoted word>`, and `command` itself when it is
/// anything else. Quotes are undone as a POSIX shell does it, so nothing of the script is lost.
std::string script_of(std::string_view command);

}  // namespace paddock::codex
