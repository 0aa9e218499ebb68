// Text that came from outside: is it UTF-8, and if not, make it so.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paddock::base {

/// Bytes of the well-formed UTF-8 character at the front of `text` (1..4); 0 when there is none, also
/// for an empty text. Overlong forms, surrogates and values above U+10FFFF are not well-formed.
std::size_t utf8_length(std::string_view text) noexcept;

/// True when all of `text` is well-formed.
bool is_utf8(std::string_view text) noexcept;

/// `text` with every byte that belongs to no well-formed character replaced by U+FFFD.
std::string to_utf8(std::string_view text);

}  // namespace paddock::base
