// Which rule decides an approval. RE2, because the text comes from an agent: no pattern can be made to
// run longer than linear in it.
#include "policy/policy.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/limits.hpp"
#include "base/utf8.hpp"

namespace paddock::policy {
namespace {

namespace limits = base::limits;

/// What one pattern may keep as compiled program and match cache; bounds a policy of approval_rules
/// rules with two patterns each to about half a GiB in the worst case, and some KiB in any real one.
constexpr std::int64_t kPatternMemory = 256 << 10;

struct CompiledRule {
  std::unique_ptr<RE2> tool;     ///< null: any
  std::unique_ptr<RE2> command;  ///< null: any
  Decision decision = Decision::ask;
};

/// A dot matches a line end, except in rules that allow: so a second line neither hides from a rule
/// that denies nor slips through one that allows.
RE2::Options options_for(Decision decision) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  options.set_dot_nl(decision != Decision::allow);
  return options;
}

base::Result<std::unique_ptr<RE2>> compile(const std::string& pattern, std::string_view field, Decision decision) {
  if (pattern.empty()) return std::unique_ptr<RE2>();
  if (pattern.size() > limits::pattern_bytes) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("the pattern of '{}' is longer than {} bytes", field, limits::pattern_bytes));
  }
  auto compiled = std::make_unique<RE2>(pattern, options_for(decision));
  if (!compiled->ok()) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("'{}' is not a pattern for '{}': {}", pattern, field, compiled->error()));
  }
  return compiled;
}

base::Result<CompiledRule> compile(const ApprovalRule& rule) {
  CompiledRule compiled;
  compiled.decision = rule.decision;
  auto tool = compile(rule.tool, "tool", rule.decision);
  if (!tool) return tool.error();
  compiled.tool = std::move(*tool);
  auto command = compile(rule.command, "command", rule.decision);
  if (!command) return command.error();
  compiled.command = std::move(*command);
  return compiled;
}

bool matches(const RE2* pattern, std::string_view text) {
  return pattern == nullptr || RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern);
}

}  // namespace

struct ApprovalJudge::Compiled {
  Decision fallback = Decision::ask;
  std::vector<CompiledRule> rules;

  Verdict decide(std::string_view tool, std::string_view command) const {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const CompiledRule& rule = rules[i];
      if (rule.command && command.empty()) continue;
      if (matches(rule.tool.get(), tool) && matches(rule.command.get(), command)) return {rule.decision, int(i)};
    }
    return {fallback, -1};
  }
};

ApprovalJudge::ApprovalJudge(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
ApprovalJudge::ApprovalJudge(ApprovalJudge&&) noexcept = default;
ApprovalJudge& ApprovalJudge::operator=(ApprovalJudge&&) noexcept = default;
ApprovalJudge::~ApprovalJudge() = default;

base::Result<> check(const ApprovalRule& rule) {
  if (auto compiled = compile(rule); !compiled) return compiled.error();
  return {};
}

base::Result<ApprovalJudge> ApprovalJudge::make(const Approvals& approvals) {
  if (approvals.rules.size() > limits::approval_rules) {
    return base::fail(base::Errc::bad_config,
                      fmt::format("'approvals.rules' has more than {} rules", limits::approval_rules));
  }
  auto compiled = std::make_unique<Compiled>();
  compiled->fallback = approvals.fallback;
  compiled->rules.reserve(approvals.rules.size());
  for (std::size_t i = 0; i < approvals.rules.size(); ++i) {
    auto rule = compile(approvals.rules[i]);
    if (!rule) return base::fail(rule.error().code, fmt::format("approvals.rules[{}]: {}", i, rule.error().detail));
    compiled->rules.push_back(std::move(*rule));
  }
  return ApprovalJudge(std::move(compiled));
}

ApprovalJudge::Verdict ApprovalJudge::decide(std::string_view tool, std::string_view command) const {
  if (base::is_utf8(tool) && base::is_utf8(command)) return compiled_->decide(tool, command);
  // RE2's dot never matches a broken character, so one broken byte would hide a text from every rule:
  // it is judged as if that byte were readable, and never allowed without a person.
  Verdict verdict = compiled_->decide(base::to_utf8(tool), base::to_utf8(command));
  if (verdict.decision == Decision::allow) verdict.decision = Decision::ask;
  return verdict;
}

}  // namespace paddock::policy
