// Reads the fields of JSON that this program wrote itself, and remembers the first that does not fit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/time.hpp"

namespace paddock::session {

/// A view of one object. Absent fields give the empty value; a field of the wrong type gives it too
/// and makes check() fail.
class Fields final {
 public:
  /// `object` must outlive this. `what` names it in the error, e.g. "session".
  Fields(const boost::json::object& object, std::string_view what) : object_(object), what_(what) {}

  std::string text(std::string_view key);
  bool flag(std::string_view key);
  std::uint64_t number(std::string_view key) { return maybe_number(key).value_or(0); }
  std::optional<std::uint64_t> maybe_number(std::string_view key);
  std::optional<std::int64_t> maybe_signed(std::string_view key);
  boost::json::object object(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  std::map<std::string, std::string> text_map(std::string_view key);
  base::WallTime time(std::string_view key);
  std::optional<base::WallTime> maybe_time(std::string_view key);

  /// The enumerator that `of` finds for the text of `key`; absent gives `fallback`.
  template <class Enum>
  Enum named(std::string_view key, std::optional<Enum> (*of)(std::string_view) noexcept, Enum fallback) {
    const boost::json::value* value = find(key);
    if (value == nullptr) return fallback;
    const auto found = value->is_string() ? of(value->get_string()) : std::nullopt;
    if (!found) note(key);
    return found.value_or(fallback);
  }

  /// An id; absent gives the empty one.
  template <class Id>
  Id id(std::string_view key) {
    const std::string written = text(key);
    if (written.empty()) return Id();
    auto parsed = Id::parse(written);
    if (!parsed) note(key);
    return parsed ? std::move(*parsed) : Id();
  }

  /// Fails with `corrupt` naming the first field that did not fit.
  base::Result<> check() const;

  /// The value of `key`, or null.
  const boost::json::value* find(std::string_view key) const { return object_.if_contains(key); }
  /// Says that the field is wrong.
  void note(std::string_view key);

 private:
  const boost::json::object& object_;
  std::string what_;
  std::string wrong_;
};

/// The text of `key`, or an empty one; never fails.
std::string_view text_or_empty(const boost::json::object& object, std::string_view key) noexcept;
/// The number of `key`, when it is one and is not negative; never fails.
std::optional<std::uint64_t> number_in(const boost::json::object& object, std::string_view key) noexcept;
/// Whether `key` is `true`; never fails.
bool flag_in(const boost::json::object& object, std::string_view key) noexcept;

}  // namespace paddock::session
