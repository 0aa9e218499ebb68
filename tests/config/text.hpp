// Problems of a text as lines, for comparing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace paddock::config {

inline std::vector<std::string> lines_of(const Problems& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems.items) lines.push_back(to_string(problem));
  return lines;
}

/// Problems of a whole policy file named "p".
inline std::vector<std::string> policy_problems(std::string_view text) {
  const auto loaded = parse_policies(text, "p");
  return loaded ? std::vector<std::string>() : lines_of(loaded.error());
}

inline constexpr std::string_view kPolicyHead = "apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: x}\n";

/// Problems of a policy whose fourth line and on are `body`.
inline std::vector<std::string> body_problems(std::string_view body) {
  return policy_problems(std::string(kPolicyHead) + std::string(body));
}

}  // namespace paddock::config
