// One YAML document as a tree that remembers where everything stood. yaml-cpp itself accepts duplicate
// keys and reads `010` as 8; here scalars stay the text that was written, and duplicates are problems.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problem.hpp"

namespace paddock::config {

struct Entry;

/// One value of the document.
struct Element {
  enum class Kind { null, scalar, sequence, map } kind = Kind::null;
  unsigned line = 1;    ///< from 1
  unsigned column = 1;  ///< from 1
  bool quoted = false;  ///< a scalar in quotes or a block: surely meant as text
  std::string text;     ///< of a scalar
  std::vector<Element> items;
  std::vector<Entry> entries;  ///< of a map, in the order of the file, keys without duplicates
};

/// One line of a map.
struct Entry {
  Element key;
  Element value;
};

/// Collects the problems of one file, up to limits::yaml_problems.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  void add(const Element& where, std::string path, std::string detail) {
    add(where.line, where.column, std::move(path), std::move(detail));
  }
  void add(unsigned line, unsigned column, std::string path, std::string detail);

  bool empty() const noexcept { return problems_.items.empty(); }
  const std::string& file() const noexcept { return file_; }

  /// Everything found, by position. Call once.
  Problems take();

 private:
  std::string file_;
  Problems problems_;
};

/// Reads the one document of `text`. Problems (not UTF-8, control characters, syntax, size, depth,
/// duplicate keys, a second document) go to `findings`; nothing is returned when no tree could be made.
std::optional<Element> parse_yaml(std::string_view text, Findings& findings);

}  // namespace paddock::config
