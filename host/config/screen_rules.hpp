// Screen rules from their file.
#pragma once

#include <string>
#include <string_view>

#include "config/problem.hpp"
#include "screen/rules.hpp"

namespace paddock::config {

/// Reads a `kind: ScreenRules`; `name` stands for the file in problems.
Checked<screen::Rules> parse_screen_rules(std::string_view text, const std::string& name);

}  // namespace paddock::config
