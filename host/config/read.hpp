// Typed reading of a YAML tree: every accessor says what is wrong and where, and reading goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/size.hpp"
#include "config/yaml.hpp"

namespace paddock::config {

/// Bounds of a number, both included.
template <class T>
struct Range {
  T least;
  T most;
};

/// One value and the path that leads to it. Refers to a tree and findings that outlive it. The typed
/// accessors return nothing after having added a problem.
class Value {
 public:
  Value(const Element& node, std::string path, Findings& findings)
      : node_(&node), path_(std::move(path)), findings_(&findings) {}

  const Element& node() const noexcept { return *node_; }
  const std::string& path() const noexcept { return path_; }
  Findings& findings() const noexcept { return *findings_; }
  bool is_null() const noexcept { return node_->kind == Element::Kind::null; }

  void complain(std::string detail) const { findings_->add(*node_, path_, std::move(detail)); }

  /// Any scalar, as it was written.
  std::optional<std::string> text() const;
  /// A scalar that is not empty, has at most `limits::name_bytes`, and only letters, digits, '.', '_', '-'.
  std::optional<std::string> name() const;
  std::optional<bool> boolean() const;
  std::optional<std::uint64_t> count(Range<std::uint64_t> range) const;
  std::optional<std::uint32_t> small_count(Range<std::uint32_t> range) const;
  std::optional<double> number(Range<double> range) const;
  std::optional<base::ByteSize> size(Range<base::ByteSize> range) const;
  /// Longer than nothing.
  std::optional<std::chrono::milliseconds> duration() const;
  std::optional<std::uint32_t> cpu() const;
  std::optional<std::uint32_t> percent() const;
  std::optional<std::int64_t> money() const;
  /// Index of the word in `words`.
  std::optional<std::size_t> choice(std::span<const std::string_view> words) const;
  /// The elements of a list of at most `most`; none after a problem.
  std::vector<Value> items(std::size_t most) const;
  /// The lines of a map with free keys; none after a problem.
  std::vector<std::pair<const Element*, Value>> entries(std::size_t most) const;
  /// A list of texts.
  std::vector<std::string> texts(std::size_t most) const;
  /// A list of names.
  std::vector<std::string> names(std::size_t most) const;

 private:
  template <class T, class Parse>
  std::optional<T> parsed(Parse parse) const;
  void expected(std::string_view what) const;

  const Element* node_;
  std::string path_;
  Findings* findings_;
};

/// A map with known keys. Ask for every key, then call finish(): what was never asked for is unknown.
class Section {
 public:
  /// A map, or nothing at all (all its lines are comments); else a problem.
  explicit Section(Value map);
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  /// Reports the unknown keys, each with the known one it resembles.
  void finish();

  /// The value of `key` if it is there.
  std::optional<Value> get(std::string_view key);
  /// As get(); a missing key is a problem.
  std::optional<Value> require(std::string_view key);

  const Value& value() const noexcept { return map_; }

  /// Reads `key` into `out` with an accessor of Value; leaves `out` alone when it is absent or wrong.
  template <class T, class Out, class... Parameters, class... Arguments>
  void read(std::string_view key, Out& out, std::optional<T> (Value::*as)(Parameters...) const,
            Arguments&&... arguments) {
    const std::optional<Value> value = get(key);
    if (!value) return;
    std::optional<T> got = ((*value).*as)(std::forward<Arguments>(arguments)...);
    if (got) out = std::move(*got);
  }

  /// Reads the map under `key` with `reader(Section&)` and reports its unknown keys.
  template <class Reader>
  void section(std::string_view key, Reader&& reader) {
    const std::optional<Value> value = get(key);
    if (!value) return;
    Section inner(*value);
    std::forward<Reader>(reader)(inner);
    inner.finish();
  }

 private:
  Value map_;
  std::vector<std::string> known_;
};

/// The words of an enumeration in the order of its values, read as the enumeration itself.
template <class Enum>
std::optional<Enum> word(const Value& value, std::span<const std::string_view> words) {
  const std::optional<std::size_t> index = value.choice(words);
  if (!index) return std::nullopt;
  return static_cast<Enum>(*index);
}

/// Checks `apiVersion` and that `kind` is one of `kinds`; the kind, or nothing after a problem.
std::optional<std::string> read_kind(Section& document, std::initializer_list<std::string_view> kinds);

}  // namespace paddock::config
