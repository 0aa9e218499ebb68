// See fields.hpp.
#include "fields.hpp"

#include <cmath>

namespace paddock::claude {

std::string_view text_of(const json::value& value) noexcept {
  const json::string* text = value.if_string();
  return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

std::string_view text(const json::object& object, std::string_view key) noexcept {
  const json::value* found = object.if_contains(key);
  return found == nullptr ? std::string_view{} : text_of(*found);
}

const json::object* child(const json::object& object, std::string_view key) noexcept {
  const json::value* found = object.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

const json::array* list(const json::object& object, std::string_view key) noexcept {
  const json::value* found = object.if_contains(key);
  return found == nullptr ? nullptr : found->if_array();
}

bool is_true(const json::object& object, std::string_view key) noexcept {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<double> number(const json::object& object, std::string_view key) noexcept {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) return std::nullopt;
  double value = 0;
  if (const std::int64_t* whole = found->if_int64()) {
    value = static_cast<double>(*whole);
  } else if (const std::uint64_t* large = found->if_uint64()) {
    value = static_cast<double>(*large);
  } else if (const double* real = found->if_double()) {
    value = *real;
  } else {
    return std::nullopt;
  }
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> count(const json::object& object, std::string_view key) noexcept {
  constexpr double largest = 9007199254740992.0;  // above it a double is no longer exact
  const std::optional<double> value = number(object, key);
  if (!value || *value < 0 || *value > largest) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::string_view clip(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

namespace {

void append_block(const json::value& block, std::string& joined) {
  const json::object* object = block.if_object();
  if (object == nullptr) return;
  const std::string_view type = text(*object, "type");
  if (!joined.empty()) joined += '\n';
  if (type == "text") {
    joined += text(*object, "text");
  } else {
    joined += '[';
    joined += type.empty() ? "block" : clip(type, 40);
    joined += ']';
  }
}

}  // namespace

std::string content_text(const json::value& content, std::size_t limit) {
  if (content.is_string()) return std::string(clip(text_of(content), limit));
  std::string joined;
  if (const json::array* blocks = content.if_array()) {
    for (const json::value& block : *blocks) {
      append_block(block, joined);
      if (joined.size() > limit) break;
    }
  }
  if (joined.size() > limit) joined.resize(clip(joined, limit).size());
  return joined;
}

}  // namespace paddock::claude
