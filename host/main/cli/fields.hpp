// Reading answers of the API: what is missing or of another type counts as not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace paddock::cli {

/// The text under `key`, else empty. Refers into `object`.
std::string_view text_at(const boost::json::object& object, std::string_view key);

/// The number under `key`.
std::optional<double> number_at(const boost::json::object& object, std::string_view key);

/// The whole number under `key`, 0 when there is none.
std::int64_t count_at(const boost::json::object& object, std::string_view key);

/// True when `key` is `true`.
bool flag_at(const boost::json::object& object, std::string_view key);

/// The object under `key`; an empty one when there is none.
const boost::json::object& object_at(const boost::json::object& object, std::string_view key);

/// The objects in the list under `key`.
std::vector<const boost::json::object*> objects_at(const boost::json::object& object, std::string_view key);

/// The texts in the list under `key`.
std::vector<std::string_view> texts_at(const boost::json::object& object, std::string_view key);

/// `value` as an object; an empty one when it is none.
const boost::json::object& as_object(const boost::json::value& value);

/// Time of an RFC 3339 text as milliseconds since 1970.
std::optional<std::int64_t> millis_at(const boost::json::object& object, std::string_view key);

}  // namespace paddock::cli
