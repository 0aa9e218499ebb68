// Typed reading of JSON fields.
#include "session/fields.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace paddock::session {
namespace json = boost::json;

namespace {

template <class Number>
std::optional<Number> exact(const json::value& value) noexcept {
  boost::system::error_code ec;
  const auto number = value.to_number<Number>(ec);
  if (ec) return std::nullopt;
  return number;
}

}  // namespace

void Fields::note(std::string_view key) {
  if (wrong_.empty()) wrong_ = key;
}

base::Result<> Fields::check() const {
  if (wrong_.empty()) return {};
  return base::fail(base::Errc::corrupt, fmt::format("the field '{}' of a stored {} cannot be read", wrong_, what_));
}

std::string Fields::text(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  note(key);
  return {};
}

bool Fields::flag(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return false;
  if (value->is_bool()) return value->get_bool();
  note(key);
  return false;
}

std::optional<std::uint64_t> Fields::maybe_number(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = exact<std::uint64_t>(*value);
  if (!number) note(key);
  return number;
}

std::optional<std::int64_t> Fields::maybe_signed(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = exact<std::int64_t>(*value);
  if (!number) note(key);
  return number;
}

json::object Fields::object(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return {};
  if (value->is_object()) return value->get_object();
  note(key);
  return {};
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> out;
  const json::value* value = find(key);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    note(key);
    return out;
  }
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) {
      note(key);
      return out;
    }
    out.emplace_back(item.get_string());
  }
  return out;
}

std::map<std::string, std::string> Fields::text_map(std::string_view key) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : object(key)) {
    if (!value.is_string()) {
      note(key);
      return out;
    }
    out.emplace(std::string(name), std::string(value.get_string()));
  }
  return out;
}

std::optional<base::WallTime> Fields::maybe_time(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto time = base::parse_time(value->get_string())) return *time;
  }
  note(key);
  return std::nullopt;
}

base::WallTime Fields::time(std::string_view key) { return maybe_time(key).value_or(base::WallTime()); }

std::string_view text_or_empty(const json::object& object, std::string_view key) noexcept {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<std::uint64_t> number_in(const json::object& object, std::string_view key) noexcept {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::nullopt : exact<std::uint64_t>(*value);
}

bool flag_in(const json::object& object, std::string_view key) noexcept {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace paddock::session
