// Lenient reading: a newer host may send more, an older one less.
#include "main/cli/fields.hpp"

#include <boost/json/array.hpp>

#include "base/time.hpp"

namespace paddock::cli {
namespace json = boost::json;
namespace {

const json::object& empty_object() {
  static const json::object empty;
  return empty;
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array empty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : empty;
}

}  // namespace

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<double> number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::int64_t count_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code ec;
  const auto number = value->to_number<std::int64_t>(ec);
  return ec ? 0 : number;
}

bool flag_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object& object_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? as_object(*value) : empty_object();
}

std::vector<const json::object*> objects_at(const json::object& object, std::string_view key) {
  std::vector<const json::object*> objects;
  for (const json::value& value : array_at(object, key)) {
    if (value.is_object()) objects.push_back(&value.get_object());
  }
  return objects;
}

std::vector<std::string_view> texts_at(const json::object& object, std::string_view key) {
  std::vector<std::string_view> texts;
  for (const json::value& value : array_at(object, key)) {
    if (value.is_string()) texts.emplace_back(value.get_string());
  }
  return texts;
}

const json::object& as_object(const json::value& value) {
  return value.is_object() ? value.get_object() : empty_object();
}

std::optional<std::int64_t> millis_at(const json::object& object, std::string_view key) {
  const auto time = base::parse_time(text_at(object, key));
  if (!time) return std::nullopt;
  return time->time_since_epoch().count();
}

}  // namespace paddock::cli
