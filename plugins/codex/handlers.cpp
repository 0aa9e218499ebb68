// Every notification of the app-server that is known, and who takes it.
#include <algorithm>
#include <array>

#include "codex/adapter.hpp"

namespace paddock::codex {

// Sorted by name. What is known and needs nothing done has no function.
constinit const std::array<Adapter::Handler, 63> Adapter::handlers{{
    {"account/gatewayOAuth/changed", nullptr},
    {"account/login/completed", nullptr},
    {"account/rateLimits/updated", &Adapter::on_rate_limits},
    {"account/updated", nullptr},
    {"app/list/updated", nullptr},
    {"command/exec/outputDelta", nullptr},
    {"configWarning", &Adapter::on_warning},
    {"deprecationNotice", &Adapter::on_deprecation},
    {"error", &Adapter::on_error},
    {"fs/changed", nullptr},
    {"guardianWarning", &Adapter::on_guardian},
    {"hook/completed", &Adapter::on_hook},
    {"hook/started", nullptr},
    {"item/agentMessage/delta", &Adapter::on_message_delta},
    {"item/autoApprovalReview/completed", &Adapter::on_review},
    {"item/autoApprovalReview/started", nullptr},
    {"item/commandExecution/outputDelta", &Adapter::on_output_delta},
    {"item/commandExecution/terminalInteraction", nullptr},
    {"item/completed", &Adapter::on_item_completed},
    {"item/fileChange/outputDelta", nullptr},
    {"item/fileChange/patchUpdated", nullptr},
    {"item/mcpToolCall/progress", &Adapter::on_progress},
    {"item/plan/delta", &Adapter::on_message_delta},
    {"item/reasoning/summaryPartAdded", &Adapter::on_reasoning_part},
    {"item/reasoning/summaryTextDelta", &Adapter::on_reasoning_delta},
    {"item/reasoning/textDelta", &Adapter::on_reasoning_delta},
    {"item/started", &Adapter::on_item_started},
    {"mcpServer/oauthLogin/completed", nullptr},
    {"mcpServer/startupStatus/updated", &Adapter::on_mcp_startup},
    {"model/rerouted", &Adapter::on_rerouted},
    {"model/safetyBuffering/updated", nullptr},
    {"model/verification", nullptr},
    {"modelProvider/authRecoveryCompleted", nullptr},
    {"modelProvider/authRecoveryStarted", &Adapter::on_auth_recovery},
    {"process/exited", nullptr},
    {"process/outputDelta", nullptr},
    {"project/changed", nullptr},
    {"remoteControl/status/changed", nullptr},
    {"serverRequest/resolved", &Adapter::on_resolved},
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
    {"thread/settings/updated", &Adapter::on_settings},
    {"thread/started", &Adapter::on_thread_started},
    {"thread/status/changed", &Adapter::on_status},
    {"thread/tokenUsage/updated", &Adapter::on_usage},
    {"turn/completed", &Adapter::on_turn_completed},
    {"turn/diff/updated", nullptr},
    {"turn/moderationMetadata", nullptr},
    {"turn/plan/updated", &Adapter::on_plan},
    {"turn/started", &Adapter::on_turn_started},
    {"warning", &Adapter::on_warning},
}};

const Adapter::Handler* Adapter::handler_of(std::string_view method) {
  const auto is_less = [](const Handler& handler, std::string_view name) { return handler.method < name; };
  const auto found = std::lower_bound(handlers.begin(), handlers.end(), method, is_less);
  return found != handlers.end() && found->method == method ? &*found : nullptr;
}

bool Adapter::is_sorted() {
  return std::is_sorted(handlers.begin(), handlers.end(),
                        [](const Handler& a, const Handler& b) { return a.method < b.method; });
}

}  // namespace paddock::codex
