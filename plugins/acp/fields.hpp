// Reading fields of JSON that a stranger wrote: a missing field and one of the wrong type are the same.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::acp {

namespace json = boost::json;

/// The text of `value`, empty when it is no text. Lives as long as `value`.
inline std::string_view text_of(const json::value& value) {
  const json::string* text = value.if_string();
  return text != nullptr ? std::string_view{text->data(), text->size()} : std::string_view{};
}

/// The text field `key`, empty when absent.
inline std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? text_of(*found) : std::string_view{};
}

/// The object field `key`; null when absent.
inline const json::object* object_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? found->if_object() : nullptr;
}

/// The object below `key` and then `next`; null when either is absent.
inline const json::object* object_of(const json::object& object, std::string_view key, std::string_view next) {
  const json::object* found = object_of(object, key);
  return found != nullptr ? object_of(*found, next) : nullptr;
}

/// The array field `key`; null when absent.
inline const json::array* array_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? found->if_array() : nullptr;
}

/// The flag `key`, `otherwise` when absent.
inline bool flag_of(const json::object& object, std::string_view key, bool otherwise = false) {
  const json::value* found = object.if_contains(key);
  const bool* flag = found != nullptr ? found->if_bool() : nullptr;
  return flag != nullptr ? *flag : otherwise;
}

/// `value` as a whole number, however it was written; nothing when it is none or does not fit.
inline std::optional<std::int64_t> number_of(const json::value& value) {
  if (const std::int64_t* number = value.if_int64()) return *number;
  if (const std::uint64_t* number = value.if_uint64()) {
    if (*number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return static_cast<std::int64_t>(*number);
    }
    return std::nullopt;
  }
  if (const double* number = value.if_double()) {
    if (std::isfinite(*number) && std::fabs(*number) < 9e15) return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

/// The whole number `key`; nothing when absent.
inline std::optional<std::int64_t> number_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? number_of(*found) : std::nullopt;
}

/// The first of two numbers that is there.
inline std::optional<std::int64_t> number_of(const json::object& object, std::string_view key, std::string_view other) {
  const auto found = number_of(object, key);
  return found ? found : number_of(object, other);
}

}  // namespace paddock::acp
