// Reads the members of a JSON object from a client and remembers every wrong one.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"

namespace paddock::control {

/// One object of a request. Take every member that may be there, then unknown(): what was not asked for
/// is an error too.
class Fields {
 public:
  /// `errors` collects what is wrong; `pointer` is the object's own place, "" for the whole body.
  Fields(const boost::json::object& object, std::string pointer, std::vector<base::FieldError>& errors)
      : object_(object), pointer_(std::move(pointer)), errors_(errors) {}

  const boost::json::value* any(std::string_view key);
  std::optional<std::string> text(std::string_view key, std::size_t limit);
  /// As text(), and its absence or emptiness is an error.
  std::string needed_text(std::string_view key, std::size_t limit);
  std::optional<std::uint64_t> number(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  const boost::json::object* object(std::string_view key);
  const boost::json::array* array(std::string_view key);

  void wrong(std::string_view key, std::string detail);
  /// Adds an error for each member nobody asked for.
  void unknown();
  std::string pointer_to(std::string_view key) const;

 private:
  const boost::json::object& object_;
  std::string pointer_;
  std::vector<base::FieldError>& errors_;
  std::set<std::string, std::less<>> taken_;
};

/// The failure those errors make: `invalid_request` that quotes the first.
base::Error invalid_fields(std::vector<base::FieldError> errors);

}  // namespace paddock::control
