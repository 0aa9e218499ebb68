// Rows in columns.
#pragma once

#include <string>
#include <vector>

namespace paddock::cli {

/// A table for people: as wide as its cells need, two blanks between columns, no lines.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}

  /// Cells must be one line and safe for a terminal. Missing ones are empty.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const noexcept { return rows_.size() == 1; }

  /// All rows, each ended by '\n', without blanks at its end.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace paddock::cli
