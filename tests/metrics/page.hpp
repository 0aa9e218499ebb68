// The metrics page, taken apart for tests.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

namespace paddock::metrics_test {

/// Reads the Prometheus text format line by line.
class Page {
 public:
  explicit Page(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("# TYPE ")) {
        const std::size_t end = line.find(' ', 7);
        types_[line.substr(7, end - 7)] = line.substr(end + 1);
      } else if (!line.empty() && line[0] != '#') {
        const std::size_t space = line.rfind(' ');
        values_[line.substr(0, space)] = std::stod(line.substr(space + 1));
      }
    }
  }

  /// The value of a series written as it stands on the page: `name{a="b"}`.
  std::optional<double> value(const std::string& series) const {
    const auto at = values_.find(series);
    return at == values_.end() ? std::nullopt : std::optional(at->second);
  }

  /// "counter", "gauge", "histogram", or nothing.
  std::string type(const std::string& family) const {
    const auto at = types_.find(family);
    return at == types_.end() ? std::string() : at->second;
  }

  const std::map<std::string, std::string>& types() const { return types_; }
  const std::map<std::string, double>& values() const { return values_; }

  /// Series that have this text in them.
  std::size_t count(const std::string& text) const {
    std::size_t found = 0;
    for (const auto& [series, value] : values_) found += series.find(text) != std::string::npos ? 1 : 0;
    return found;
  }

  /// All values of one label.
  std::set<std::string> labels(const std::string& name) const {
    std::set<std::string> found;
    for (const auto& [series, value] : values_) {
      for (const char* before : {"{", ","}) {
        const std::size_t at = series.find(before + name + "=\"");
        if (at == std::string::npos) continue;
        const std::size_t begin = at + name.size() + 3;
        found.insert(series.substr(begin, series.find('"', begin) - begin));
      }
    }
    return found;
  }

 private:
  std::map<std::string, std::string> types_;
  std::map<std::string, double> values_;
};

}  // namespace paddock::metrics_test
