// Numbers that JSON text can hold but a double cannot: `1e400` is read as infinity, which is written as
// a word that no JSON reader takes.
#pragma once

#include <algorithm>
#include <cmath>

#include <boost/json/value.hpp>

namespace paddock::event {

/// True when every number in `value` can be written as JSON again. Ask it of JSON from outside before it
/// is passed on; `value` is as deep as its parser let it be.
inline bool is_finite(const boost::json::value& value) noexcept {
  if (const double* number = value.if_double()) return std::isfinite(*number);
  if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_finite);
  if (const auto* object = value.if_object()) {
    return std::ranges::all_of(*object, [](const auto& member) { return is_finite(member.value()); });
  }
  return true;
}

}  // namespace paddock::event
