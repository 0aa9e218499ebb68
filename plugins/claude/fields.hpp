// Reading JSON that a stranger wrote: a field that is absent or of another type reads as nothing, so no
// line, however odd, can throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::claude {

namespace json = boost::json;

/// The text of `value`, or nothing when it is no string. Lives as long as `value`.
std::string_view text_of(const json::value& value) noexcept;

/// The text field `key`, empty when absent or no string. Lives as long as `object`.
std::string_view text(const json::object& object, std::string_view key) noexcept;

/// The object field `key`, null when absent or no object.
const json::object* child(const json::object& object, std::string_view key) noexcept;

/// The array field `key`, null when absent or no array.
const json::array* list(const json::object& object, std::string_view key) noexcept;

/// True only when `key` is `true`.
bool is_true(const json::object& object, std::string_view key) noexcept;

/// The field `key` as a number, when it is one and finite.
std::optional<double> number(const json::object& object, std::string_view key) noexcept;

/// The field `key` as a count: a whole number from 0 to 2^53, fractions are cut.
std::optional<std::int64_t> count(const json::object& object, std::string_view key) noexcept;

/// The start of `text`, at most `limit` bytes, never ending inside a UTF-8 character.
std::string_view clip(std::string_view text, std::size_t limit) noexcept;

/// A tool result's or message's `content`: a string as it is, or the texts of a list of blocks joined by
/// line feeds, with `[image]` and the like for what is no text. At most `limit` bytes.
std::string content_text(const json::value& content, std::size_t limit);

}  // namespace paddock::claude
