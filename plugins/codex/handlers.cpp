// Every notification of the app-server that is known, and who takes it.
#include <algorithm>
#include <array>

#include "codex/adapter.hpp"

namespace paddock::codex {

// Sorted by name. What is known and needs nothing done has no function.
const Adapter::Handler* Adapter::handler_of(std::string_view method) {
  using A = Adapter;
  static constexpr std::array<Handler, 63> kHandlers{{
      {"account/gatewayOAuth/changed", nullptr},
      {"account/login/completed", nullptr},
      {"account/rateLimits/updated", &A::on_rate_limits},
      {"account/updated", nullptr},
      {"app/list/updated", nullptr},
      {"command/exec/outputDelta", nullptr},
      {"configWarning", &A::on_warning},
      {"deprecationNotice", &A::on_deprecation},
      {"error", &A::on_error},
      {"fs/changed", nullptr},
      {"guardianWarning", &A::on_guardian},
      {"hook/completed", &A::on_hook},
      {"hook/started", nullptr},
      {"item/agentMessage/delta", &A::on_message_delta},
      {"item/autoApprovalReview/completed", &A::on_review},
      {"item/autoApprovalReview/started", nullptr},
      {"item/commandExecution/outputDelta", &A::on_output_delta},
      {"item/commandExecution/terminalInteraction", nullptr},
      {"item/completed", &A::on_item_completed},
      {"item/fileChange/outputDelta", nullptr},
      {"item/fileChange/patchUpdated", nullptr},
      {"item/mcpToolCall/progress", &A::on_progress},
      {"item/plan/delta", &A::on_message_delta},
      {"item/reasoning/summaryPartAdded", &A::on_reasoning_part},
      {"item/reasoning/summaryTextDelta", &A::on_reasoning_delta},
      {"item/reasoning/textDelta", &A::on_reasoning_delta},
      {"item/started", &A::on_item_started},
      {"mcpServer/oauthLogin/completed", nullptr},
      {"mcpServer/startupStatus/updated", &A::on_mcp_startup},
      {"model/rerouted", &A::on_rerouted},
      {"model/safetyBuffering/updated", nullptr},
      {"model/verification", nullptr},
      {"modelProvider/authRecoveryCompleted", nullptr},
      {"modelProvider/authRecoveryStarted", &A::on_auth_recovery},
      {"process/exited", nullptr},
      {"process/outputDelta", nullptr},
      {"project/changed", nullptr},
      {"remoteControl/status/changed", nullptr},
      {"serverRequest/resolved", &A::on_resolved},
      {"skills/changed", nullptr},
      {"thread/archived", nullptr},
      {"thread/attachment/updated", nullptr},
      {"thread/closed", nullptr},
      {"thread/compacted", nullptr},
      {"thread/deleted", nullptr},
      {"thread/environment/connected", nullptr},
      {"thread/environment/disconnected", nullptr},
      {"thread/goal/cleared", nullptr},
      {"thread/goal/updated", nullptr},
      {"thread/name/updated", nullptr},
      {"thread/prediction/updated", nullptr},
      {"thread/queue/changed", nullptr},
      {"thread/readState/changed", nullptr},
      {"thread/settings/updated", &A::on_settings},
      {"thread/started", &A::on_thread_started},
      {"thread/status/changed", &A::on_status},
      {"thread/tokenUsage/updated", &A::on_usage},
      {"turn/completed", &A::on_turn_completed},
      {"turn/diff/updated", nullptr},
      {"turn/moderationMetadata", nullptr},
      {"turn/plan/updated", &A::on_plan},
      {"turn/started", &A::on_turn_started},
      {"warning", &A::on_warning},
  }};
  static_assert(std::is_sorted(kHandlers.begin(), kHandlers.end(),
                               [](const Handler& a, const Handler& b) { return a.method < b.method; }));
  const auto found =
      std::lower_bound(kHandlers.begin(), kHandlers.end(), method,
                       [](const Handler& handler, std::string_view name) { return handler.method < name; });
  return found != kHandlers.end() && found->method == method ? &*found : nullptr;
}

}  // namespace paddock::codex
