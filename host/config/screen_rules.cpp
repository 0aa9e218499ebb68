// `kind: ScreenRules`: what an agent's screens look like.
#include "config/screen_rules.hpp"

#include <array>
#include <span>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/limits.hpp"
#include "config/read.hpp"
#include "screen/keys.hpp"

namespace paddock::config {
namespace {

constexpr std::size_t kRegions = 32;
constexpr std::size_t kRules = 200;
constexpr std::size_t kPatterns = 16;
constexpr std::size_t kKeys = 16;
constexpr Range<std::uint32_t> kLines{1, std::uint32_t(base::limits::terminal_cells)};
constexpr Range<std::uint32_t> kPriority{0, 1000};
constexpr std::array<std::string_view, 4> kStates{"idle", "working", "blocked", "unknown"};
constexpr std::array<std::string_view, 4> kBlockedOn{"approval", "question", "login", "limit"};

void read_text(Section& section, std::string_view key, std::string& out) {
  section.read(key, out, &Value::text);
  const auto value = section.get(key);
  if (value && out.size() > base::limits::pattern_bytes) value->complain("is too long");
}

void read_patterns(Section& section, std::string_view key, std::vector<std::string>& out) {
  const auto value = section.get(key);
  if (!value) return;
  for (const Value& item : value->items(kPatterns)) {
    const auto text = item.text();
    if (!text || text->empty() || text->size() > base::limits::pattern_bytes) {
      item.complain("expected a pattern of one line");
    } else {
      out.push_back(*text);
    }
  }
}

void read_keys(Section& section, std::string_view key, std::vector<std::string>& out) {
  const auto value = section.get(key);
  if (!value) return;
  for (const Value& item : value->items(kKeys)) {
    const auto text = item.text();
    if (!text) continue;
    if (!screen::bytes_of_key(*text, false)) item.complain(fmt::format("'{}' is no key", *text));
    out.push_back(*text);
  }
}

void read_word(Section& section, std::string_view key, std::span<const std::string_view> words, std::string& out) {
  const auto value = section.get(key);
  if (!value) return;
  if (const auto index = value->choice(words)) out = words[*index];
}

screen::Rule read_rule(const Value& value) {
  screen::Rule rule;
  Section section(value);
  if (const auto id = section.require("id")) rule.id = id->name().value_or("");
  section.read("priority", rule.priority, &Value::small_count, kPriority);
  (void)section.require("state");
  read_word(section, "state", kStates, rule.state);
  read_word(section, "blocked_on", kBlockedOn, rule.blocked_on);
  section.read("region", rule.region, &Value::name);
  read_patterns(section, "all", rule.all);
  read_patterns(section, "any", rule.any);
  read_patterns(section, "none", rule.none);
  read_text(section, "title", rule.title);
  read_text(section, "tool", rule.tool);
  section.section("answer", [&rule](Section& answer) {
    read_keys(answer, "allow", rule.allow);
    read_keys(answer, "deny", rule.deny);
  });
  section.finish();
  return rule;
}

screen::Region read_region(const Value& value) {
  screen::Region region;
  Section section(value);
  std::uint32_t first = 0, last = 0;
  section.read("first", first, &Value::small_count, kLines);
  section.read("last", last, &Value::small_count, kLines);
  read_text(section, "below", region.below);
  section.finish();
  region.first = first;
  region.last = last;
  return region;
}

screen::Rules read_rules(Section& document) {
  screen::Rules rules;
  if (const auto engine = document.require("engine")) {
    const auto version = engine->count({1, 1000});
    if (version && *version > screen::rules_engine) {
      engine->complain(fmt::format("is newer than this program's, which is {}", screen::rules_engine));
    }
  }
  read_text(document, "input", rules.input);
  if (const auto regions = document.get("regions")) {
    for (const auto& [key, value] : regions->entries(kRegions)) rules.regions[key->text] = read_region(value);
  }
  if (const auto list = document.require("rules")) {
    for (const Value& item : list->items(kRules)) rules.rules.push_back(read_rule(item));
  }
  document.finish();
  return rules;
}

}  // namespace

Checked<screen::Rules> parse_screen_rules(std::string_view text, const std::string& name) {
  Findings findings(name);
  const auto tree = parse_yaml(text, findings);
  screen::Rules rules;
  if (tree) {
    Section document(Value(*tree, "", findings));
    if (read_kind(document, {"ScreenRules"})) rules = read_rules(document);
    if (findings.empty()) {
      for (const std::string& wrong : screen::tidy(rules)) findings.add(*tree, "rules", wrong);
    }
  }
  if (!findings.empty()) return findings.take();
  return rules;
}

}  // namespace paddock::config
