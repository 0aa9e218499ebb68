// The typed accessors.
#include "config/read.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/time.hpp"
#include "config/units.hpp"

namespace paddock::config {
namespace {

namespace limits = base::limits;

std::string describe(const Element& node) {
  switch (node.kind) {
    case Element::Kind::null: return "nothing";
    case Element::Kind::scalar: return fmt::format("'{}'", node.text.substr(0, limits::name_bytes));
    case Element::Kind::sequence: return "a list";
    case Element::Kind::map: return "a map";
  }
  return "something else";
}

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string list_of(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  }
  return text;
}

bool is_name(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= limits::name_bytes && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, is_plain);
}

}  // namespace

void Value::expected(std::string_view what) const {
  complain(fmt::format("expected {}, found {}", what, describe(*node_)));
}

/// An amount must be a plain scalar; the parser's own sentence becomes the problem.
template <class T, class Parse>
std::optional<T> Value::parsed(Parse parse) const {
  if (node_->kind != Element::Kind::scalar) {
    expected("a value");
    return std::nullopt;
  }
  auto result = parse(node_->text);
  if (!result) {
    complain(result.error().detail);
    return std::nullopt;
  }
  return T(std::move(*result));
}

std::optional<std::string> Value::text() const {
  if (node_->kind == Element::Kind::scalar) return node_->text;
  expected("a text");
  return std::nullopt;
}

std::optional<std::string> Value::name() const {
  if (node_->kind == Element::Kind::scalar && is_name(node_->text)) return node_->text;
  expected(fmt::format("a name of at most {} letters, digits, '.', '_' or '-'", limits::name_bytes));
  return std::nullopt;
}

std::optional<bool> Value::boolean() const {
  if (node_->kind == Element::Kind::scalar && !node_->quoted) {
    if (node_->text == "true") return true;
    if (node_->text == "false") return false;
  }
  expected("true or false");
  return std::nullopt;
}

std::optional<std::uint64_t> Value::count(Range<std::uint64_t> range) const {
  if (node_->quoted) {
    expected("a number without quotes");
    return std::nullopt;
  }
  const auto number = parsed<std::uint64_t>(parse_count);
  if (number && (*number < range.least || *number > range.most)) {
    complain(fmt::format("{} is not from {} to {}", *number, range.least, range.most));
    return std::nullopt;
  }
  return number;
}

std::optional<std::uint32_t> Value::small_count(Range<std::uint32_t> range) const {
  const auto number = count({range.least, range.most});
  if (!number) return std::nullopt;
  return std::uint32_t(*number);
}

std::optional<double> Value::number(Range<double> range) const {
  double number = 0;
  const std::string& text = node_->text;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const bool whole = ec == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  if (node_->kind != Element::Kind::scalar || node_->quoted || !whole) {
    expected("a number");
    return std::nullopt;
  }
  if (number < range.least || number > range.most) {
    complain(fmt::format("{} is not from {} to {}", text, range.least, range.most));
    return std::nullopt;
  }
  return number;
}

std::optional<base::ByteSize> Value::size(Range<base::ByteSize> range) const {
  const auto size = parsed<base::ByteSize>(base::parse_size);
  if (size && (*size < range.least || *size > range.most)) {
    complain(fmt::format("{} is not from {} to {}", base::format_size(*size), base::format_size(range.least),
                         base::format_size(range.most)));
    return std::nullopt;
  }
  return size;
}

std::optional<std::chrono::milliseconds> Value::duration() const {
  const auto duration = parsed<std::chrono::milliseconds>(base::parse_duration);
  if (duration && duration->count() == 0) {
    complain("must be longer than nothing; leave the key out for 'never'");
    return std::nullopt;
  }
  return duration;
}

std::optional<std::uint32_t> Value::cpu() const { return parsed<std::uint32_t>(parse_cpu); }
std::optional<std::uint32_t> Value::percent() const { return parsed<std::uint32_t>(parse_percent); }
std::optional<std::int64_t> Value::money() const { return parsed<std::int64_t>(parse_money); }

std::optional<std::size_t> Value::choice(std::span<const std::string_view> words) const {
  if (node_->kind == Element::Kind::scalar) {
    const auto found = std::ranges::find(words, node_->text);
    if (found != words.end()) return std::size_t(found - words.begin());
  }
  expected(list_of(words));
  return std::nullopt;
}

std::vector<Value> Value::items(std::size_t most) const {
  std::vector<Value> values;
  if (node_->kind != Element::Kind::sequence) {
    if (!is_null()) expected("a list");
    return values;
  }
  if (node_->items.size() > most) complain(fmt::format("has more than {} elements", most));
  for (std::size_t i = 0; i < std::min(most, node_->items.size()); ++i) {
    values.emplace_back(node_->items[i], fmt::format("{}[{}]", path_, i), *findings_);
  }
  return values;
}

std::vector<std::pair<const Element*, Value>> Value::entries(std::size_t most) const {
  std::vector<std::pair<const Element*, Value>> lines;
  if (node_->kind != Element::Kind::map) {
    if (!is_null()) expected("a map");
    return lines;
  }
  if (node_->entries.size() > most) complain(fmt::format("has more than {} entries", most));
  for (const Entry& entry : node_->entries) {
    if (lines.size() == most) break;
    lines.emplace_back(&entry.key, Value(entry.value, join(path_, entry.key.text), *findings_));
  }
  return lines;
}

std::vector<std::string> Value::texts(std::size_t most) const {
  std::vector<std::string> texts;
  for (const Value& item : items(most)) {
    if (auto text = item.text()) texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<std::string> Value::names(std::size_t most) const {
  std::vector<std::string> names;
  for (const Value& item : items(most)) {
    if (auto name = item.name()) names.push_back(std::move(*name));
  }
  return names;
}

Section::Section(Value map) : map_(std::move(map)) {
  const Element::Kind kind = map_.node().kind;
  if (kind != Element::Kind::map && kind != Element::Kind::null) {
    map_.complain(fmt::format("expected a map, found {}", describe(map_.node())));
  }
}

std::optional<Value> Section::get(std::string_view key) {
  known_.emplace_back(key);
  for (const Entry& entry : map_.node().entries) {
    if (entry.key.text == key) return Value(entry.value, join(map_.path(), key), map_.findings());
  }
  return std::nullopt;
}

std::optional<Value> Section::require(std::string_view key) {
  auto value = get(key);
  const Element::Kind kind = map_.node().kind;
  if (!value && (kind == Element::Kind::map || kind == Element::Kind::null)) {
    map_.findings().add(map_.node(), join(map_.path(), key), "is missing");
  }
  return value;
}

void Section::finish() {
  for (const Entry& entry : map_.node().entries) {
    if (std::ranges::find(known_, entry.key.text) != known_.end()) continue;
    const std::string near = nearest(entry.key.text, known_);
    const std::string hint = near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
    map_.findings().add(entry.key, join(map_.path(), entry.key.text), "is not a known key" + hint);
  }
}

std::optional<std::string> read_kind(Section& document, std::initializer_list<std::string_view> kinds) {
  constexpr std::string_view kVersions[] = {"paddock/v1"};
  if (const auto version = document.require("apiVersion")) (void)version->choice(kVersions);
  const auto kind = document.require("kind");
  if (!kind) return std::nullopt;
  const auto index = kind->choice({kinds.begin(), kinds.size()});
  if (!index) return std::nullopt;
  return std::string(kinds.begin()[*index]);
}

}  // namespace paddock::config
