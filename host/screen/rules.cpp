// Trying rules on a screen.
#include "screen/rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace paddock::screen {
namespace {

constexpr std::array<std::string_view, 4> kStates{"idle", "working", "blocked", "unknown"};
constexpr std::array<std::string_view, 4> kBlockedOn{"approval", "question", "login", "limit"};

using Lines = std::vector<std::string_view>;

std::string_view trimmed(std::string_view line) {
  // A no-break space is what some agents draw after their prompt.
  constexpr std::string_view kNoBreak = "\xc2\xa0";
  for (;;) {
    if (line.starts_with(' ')) {
      line.remove_prefix(1);
    } else if (line.ends_with(' ')) {
      line.remove_suffix(1);
    } else if (line.ends_with(kNoBreak)) {
      line.remove_suffix(kNoBreak.size());
    } else {
      return line;
    }
  }
}

Lines lines_of(const Picture& picture) {
  Lines out;
  for (const std::string& line : picture.lines) {
    if (const auto text = trimmed(line); !text.empty()) out.push_back(text);
  }
  return out;
}

bool some_line(const Lines& lines, std::string_view pattern) {
  return std::ranges::any_of(lines, [pattern](std::string_view line) { return fits(pattern, line); });
}

Lines part_of(const Lines& lines, const Region& region) {
  auto begin = lines.begin();
  auto end = lines.end();
  if (!region.below.empty()) {
    const auto at = std::find_if(lines.rbegin(), lines.rend(), [&](auto line) { return fits(region.below, line); });
    begin = at == lines.rend() ? lines.end() : at.base();
  }
  const auto count = std::size_t(end - begin);
  if (region.first > 0) end = begin + std::ptrdiff_t(std::min(region.first, count));
  if (region.last > 0) begin = end - std::ptrdiff_t(std::min(region.last, std::size_t(end - begin)));
  return {begin, end};
}

Lines region_of(const Rules& rules, const Lines& lines, const std::string& name) {
  const auto region = rules.regions.find(name);
  return region == rules.regions.end() ? lines : part_of(lines, region->second);
}

/// What does not hold; empty when the rule does.
std::string obstacle(const Rule& rule, const Lines& lines, const std::string& title) {
  if (!rule.title.empty() && !fits(rule.title, title)) return fmt::format("the title is not '{}'", rule.title);
  for (const std::string& pattern : rule.all) {
    if (!some_line(lines, pattern)) return fmt::format("no line is '{}'", pattern);
  }
  for (const std::string& pattern : rule.none) {
    if (some_line(lines, pattern)) return fmt::format("a line is '{}'", pattern);
  }
  const auto present = [&lines](const std::string& pattern) { return some_line(lines, pattern); };
  if (rule.any.empty() || std::ranges::any_of(rule.any, present)) return {};
  return fmt::format("no line is one of '{}'", fmt::join(rule.any, "', '"));
}

}  // namespace

bool fits(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, mark = 0;
  const auto same = [&] {
    if (p >= pattern.size()) return false;
    return pattern[p] == '?' || pattern[p] == text[t] || (pattern[p] == '#' && text[t] >= '0' && text[t] <= '9');
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (same()) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> tidy(Rules& rules) {
  std::ranges::stable_sort(rules.rules, std::ranges::greater{}, &Rule::priority);
  std::vector<std::string> wrong;
  for (const Rule& rule : rules.rules) {
    const auto complain = [&](std::string_view what) { wrong.push_back(fmt::format("rule '{}' {}", rule.id, what)); };
    if (std::ranges::find(kStates, rule.state) == kStates.end()) complain("has no known 'state'");
    const bool blocked = rule.state == "blocked";
    const bool says_on = std::ranges::find(kBlockedOn, rule.blocked_on) != kBlockedOn.end();
    if (blocked != says_on) complain("needs 'blocked_on' with the state 'blocked', and only then");
    if (!rule.region.empty() && !rules.regions.contains(rule.region)) complain("names a region that is not there");
    if (rule.all.empty() && rule.any.empty() && rule.title.empty()) complain("holds for every screen");
    if (std::ranges::count(rules.rules, rule.id, &Rule::id) > 1) complain("is there twice");
  }
  return wrong;
}

Reading read(const Rules& rules, const Picture& picture) {
  Reading out;
  const Lines lines = lines_of(picture);
  if (!rules.input.empty()) {
    const auto at = std::find_if(lines.rbegin(), lines.rend(), [&](auto line) { return fits(rules.input, line); });
    if (at != lines.rend()) out.input = std::string(*at);
  }
  const Rule* best = nullptr;
  for (const Rule& rule : rules.rules) {
    if (best != nullptr && rule.priority < best->priority) break;
    const Lines region = region_of(rules, lines, rule.region);
    if (!obstacle(rule, region, picture.title).empty()) continue;
    if (best != nullptr && (best->state != rule.state || best->blocked_on != rule.blocked_on)) {
      out.state = "unknown";
      out.blocked_on.clear();
      out.rule.clear();
      return out;
    }
    if (best != nullptr) continue;
    best = &rule;
    out.state = rule.state;
    out.blocked_on = rule.blocked_on;
    out.rule = rule.id;
    out.evidence.assign(region.begin(), region.end());
  }
  return out;
}

std::vector<Tried> explain(const Rules& rules, const Picture& picture) {
  std::vector<Tried> out;
  const Lines lines = lines_of(picture);
  for (const Rule& rule : rules.rules) {
    std::string why = obstacle(rule, region_of(rules, lines, rule.region), picture.title);
    out.push_back({rule.id, rule.priority, why.empty(), std::move(why)});
  }
  return out;
}

}  // namespace paddock::screen
