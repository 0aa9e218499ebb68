// A change of a file as people read it.
#pragma once

#include <string>
#include <string_view>

namespace paddock::acp {

/// A diff with one hunk and three lines around it. Empty when nothing differs; cut at 128 KiB.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace paddock::acp
