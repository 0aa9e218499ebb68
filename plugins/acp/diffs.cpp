// What two texts have in common at both ends is left out, the rest is the hunk: enough for one edit.
#include "acp/diffs.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace paddock::acp {

namespace {

constexpr std::size_t kLargest = std::size_t{128} << 10U;
constexpr std::size_t kAround = 3;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

void append(std::string& diff, char sign, const Lines& lines, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && diff.size() < kLargest; ++i) {
    diff += sign;
    diff += lines[i].substr(0, kLargest);
    diff += '\n';
  }
}

std::string range(std::size_t from, std::size_t to) {
  // An empty range is named by the line before it.
  return std::to_string(from == to ? from : from + 1) + "," + std::to_string(to - from);
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines was = lines_of(before);
  const Lines is = lines_of(after);
  const std::size_t shorter = std::min(was.size(), is.size());
  std::size_t head = 0;
  while (head < shorter && was[head] == is[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && was[was.size() - 1 - tail] == is[is.size() - 1 - tail]) ++tail;
  const std::size_t from = head - std::min(head, kAround);
  const std::size_t after_tail = tail - std::min(tail, kAround);
  const std::size_t was_end = was.size() - after_tail;
  const std::size_t is_end = is.size() - after_tail;
  std::string diff = "@@ -" + range(from, was_end) + " +" + range(from, is_end) + " @@\n";
  append(diff, ' ', was, from, head);
  append(diff, '-', was, head, was.size() - tail);
  append(diff, '+', is, head, is.size() - tail);
  append(diff, ' ', was, was.size() - tail, was_end);
  return diff;
}

}  // namespace paddock::acp
