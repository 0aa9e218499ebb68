// Names of the decisions, as policies and the API write them.
#include "policy/policy.hpp"

namespace paddock::policy {

std::string_view name(Decision decision) noexcept {
  switch (decision) {
    case Decision::ask: return "ask";
    case Decision::allow: return "allow";
    case Decision::deny: return "deny";
  }
  return "ask";
}

}  // namespace paddock::policy
