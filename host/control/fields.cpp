// Typed access to the members of a request.
#include "control/fields.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

namespace paddock::control {
namespace json = boost::json;

const json::value* Fields::any(std::string_view key) {
  taken_.emplace(key);
  const json::value* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> Fields::text(std::string_view key, std::size_t limit) {
  const json::value* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong(key, "must be a string");
    return std::nullopt;
  }
  if (value->get_string().size() > limit) {
    wrong(key, fmt::format("is longer than {} bytes", limit));
    return std::nullopt;
  }
  return std::string(value->get_string());
}

std::string Fields::needed_text(std::string_view key, std::size_t limit) {
  const std::size_t before = errors_.size();
  auto value = text(key, limit);
  if (value && !value->empty()) return std::move(*value);
  if (errors_.size() == before) wrong(key, "is needed");
  return {};
}

std::optional<std::uint64_t> Fields::number(std::string_view key) {
  const json::value* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0) return std::uint64_t(value->get_int64());
  wrong(key, "must be a whole number, 0 or more");
  return std::nullopt;
}

std::optional<bool> Fields::flag(std::string_view key) {
  const json::value* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  wrong(key, "must be true or false");
  return std::nullopt;
}

const json::object* Fields::object(std::string_view key) {
  const json::value* value = any(key);
  if (value == nullptr) return nullptr;
  if (value->is_object()) return &value->get_object();
  wrong(key, "must be an object");
  return nullptr;
}

const json::array* Fields::array(std::string_view key) {
  const json::value* value = any(key);
  if (value == nullptr) return nullptr;
  if (value->is_array()) return &value->get_array();
  wrong(key, "must be a list");
  return nullptr;
}

void Fields::wrong(std::string_view key, std::string detail) {
  errors_.push_back({pointer_to(key), std::move(detail)});
}

void Fields::unknown() {
  for (const auto& member : object_) {
    if (!taken_.contains(std::string_view(member.key()))) wrong(member.key(), "is not known here");
  }
}

std::string Fields::pointer_to(std::string_view key) const {
  std::string pointer = pointer_ + "/";
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

base::Error invalid_fields(std::vector<base::FieldError> errors) {
  base::Error error = base::fail(base::Errc::invalid_request, "");
  if (!errors.empty()) error.detail = fmt::format("'{}' {}", errors.front().pointer, errors.front().detail);
  error.errors = std::move(errors);
  return error;
}

}  // namespace paddock::control
