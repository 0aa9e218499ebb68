// Each keyword is one function that complains or is silent.
#include "adapter/schema.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace paddock::adapter {
namespace json = boost::json;
namespace {

/// A step of a JSON pointer. Keys are the caller's: what is too long to be shown is cut.
std::string step(std::string_view key) {
  constexpr std::size_t kShown = 80;
  std::string out = "/";
  for (const char c : key.substr(0, kShown)) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

bool is_whole(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  return value.is_double() && std::trunc(value.get_double()) == value.get_double();
}

struct Type {
  std::string_view name, words;
  bool (*fits)(const json::value&);
};

constexpr std::array<Type, 7> kTypes{{
    {"string", "a string", [](const json::value& v) { return v.is_string(); }},
    {"boolean", "true or false", [](const json::value& v) { return v.is_bool(); }},
    {"integer", "a whole number", is_whole},
    {"number", "a number", [](const json::value& v) { return v.is_number(); }},
    {"array", "a list", [](const json::value& v) { return v.is_array(); }},
    {"object", "an object", [](const json::value& v) { return v.is_object(); }},
    {"null", "null", [](const json::value& v) { return v.is_null(); }},
}};

const Type* type_named(const json::value& name) {
  const json::string* text = name.if_string();
  const auto at =
      std::ranges::find_if(kTypes, [text](const Type& type) { return text != nullptr && *text == type.name; });
  return at == kTypes.end() ? nullptr : &*at;
}

std::optional<double> number_in(const json::object& schema, std::string_view key) {
  const json::value* bound = schema.if_contains(key);
  if (bound == nullptr || !bound->is_number()) return std::nullopt;
  return bound->to_number<double>();
}

/// UTF-8 characters, as JSON Schema counts a text.
std::size_t characters(std::string_view text) {
  return std::size_t(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Goes down value and schema together and collects what does not fit.
class Check final {
 public:
  void value(const json::value& value, const json::object& schema, const std::string& at) {
    if (!type(value, schema, at)) return;  // the rest would only say it again
    one_of_these(value, schema, at);
    any_of(value, schema, at);
    if (value.is_number()) number(value, schema, at);
    if (const json::string* text = value.if_string())
      count(characters(*text), schema, {"minLength", "maxLength", "characters"}, at);
    if (const json::array* list = value.if_array()) items(*list, schema, at);
    if (const json::object* object = value.if_object()) members(*object, schema, at);
  }

  std::vector<base::FieldError> take() { return std::move(errors_); }

 private:
  struct Count {
    std::string_view least, most, unit;
  };

  void wrong(const std::string& at, std::string detail) {
    if (errors_.size() < schema_errors_max) errors_.push_back({at, std::move(detail)});
  }

  bool type(const json::value& value, const json::object& schema, const std::string& at) {
    const json::value* named = schema.if_contains("type");
    if (named == nullptr) return true;
    const json::array list = named->is_array() ? named->get_array() : json::array{*named};
    std::vector<std::string_view> wanted;
    for (const json::value& name : list) {
      const Type* type = type_named(name);
      if (type == nullptr || type->fits(value)) return true;  // an unknown type is the adapter's own business
      wanted.push_back(type->words);
    }
    wrong(at, fmt::format("must be {}", fmt::join(wanted, " or ")));
    return false;
  }

  void one_of_these(const json::value& value, const json::object& schema, const std::string& at) {
    const json::value* only = schema.if_contains("const");
    if (only != nullptr && value != *only) wrong(at, fmt::format("must be {}", json::serialize(*only)));
    const json::value* named = schema.if_contains("enum");
    const json::array* list = named == nullptr ? nullptr : named->if_array();
    if (list == nullptr || std::ranges::find(*list, value) != list->end()) return;
    std::vector<std::string> words;
    for (const json::value& each : *list) words.push_back(json::serialize(each));
    wrong(at, fmt::format("must be one of {}", fmt::join(words, ", ")));
  }

  void any_of(const json::value& value, const json::object& schema, const std::string& at) {
    const json::value* named = schema.if_contains("anyOf");
    const json::array* list = named == nullptr ? nullptr : named->if_array();
    if (list == nullptr) return;
    const auto fits = [&](const json::value& choice) {
      return !choice.is_object() || schema_errors(value, choice.get_object(), at).empty();
    };
    if (std::ranges::none_of(*list, fits)) wrong(at, "is none of the forms that are taken here");
  }

  void number(const json::value& value, const json::object& schema, const std::string& at) {
    const auto given = value.to_number<double>();
    if (const auto least = number_in(schema, "minimum"); least && given < *least) {
      wrong(at, fmt::format("must be at least {}", *least));
    }
    if (const auto most = number_in(schema, "maximum"); most && given > *most) {
      wrong(at, fmt::format("must be at most {}", *most));
    }
    if (const auto above = number_in(schema, "exclusiveMinimum"); above && given <= *above) {
      wrong(at, fmt::format("must be above {}", *above));
    }
    if (const auto below = number_in(schema, "exclusiveMaximum"); below && given >= *below) {
      wrong(at, fmt::format("must be below {}", *below));
    }
  }

  void count(std::size_t size, const json::object& schema, const Count& names, const std::string& at) {
    if (const auto least = number_in(schema, names.least); least && double(size) < *least) {
      wrong(at, fmt::format("must have at least {} {}", *least, names.unit));
    }
    if (const auto most = number_in(schema, names.most); most && double(size) > *most) {
      wrong(at, fmt::format("must have at most {} {}", *most, names.unit));
    }
  }

  void items(const json::array& list, const json::object& schema, const std::string& at) {
    count(list.size(), schema, {"minItems", "maxItems", "entries"}, at);
    const json::value* named = schema.if_contains("items");
    const json::object* each = named == nullptr ? nullptr : named->if_object();
    if (each == nullptr) return;
    for (std::size_t i = 0; i < list.size() && errors_.size() < schema_errors_max; ++i) {
      value(list[i], *each, fmt::format("{}/{}", at, i));
    }
  }

  void members(const json::object& object, const json::object& schema, const std::string& at) {
    required(object, schema, at);
    const json::value* named = schema.if_contains("properties");
    const json::object* properties = named == nullptr ? nullptr : named->if_object();
    const json::value* others = schema.if_contains("additionalProperties");
    for (const auto& member : object) {
      const json::value* own = properties == nullptr ? nullptr : properties->if_contains(member.key());
      member_value(member.value(), own != nullptr ? own : others, at + step(member.key()));
    }
  }

  /// `schema`: an object, or a boolean that allows or forbids, or nothing, which allows.
  void member_value(const json::value& given, const json::value* schema, const std::string& at) {
    if (schema == nullptr) return;
    if (const json::object* object = schema->if_object()) return value(given, *object, at);
    if (schema->is_bool() && !schema->get_bool()) wrong(at, "is not known here");
  }

  void required(const json::object& object, const json::object& schema, const std::string& at) {
    const json::value* named = schema.if_contains("required");
    const json::array* list = named == nullptr ? nullptr : named->if_array();
    if (list == nullptr) return;
    for (const json::value& key : *list) {
      if (key.is_string() && !object.contains(key.get_string())) wrong(at + step(key.get_string()), "is missing");
    }
  }

  std::vector<base::FieldError> errors_;
};

}  // namespace

std::vector<base::FieldError> schema_errors(const json::value& value, const json::object& schema,
                                            const std::string& at) {
  Check check;
  check.value(value, schema, at);
  return check.take();
}

}  // namespace paddock::adapter
