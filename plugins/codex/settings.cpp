// Options to parameters. Values are checked here, so that a typing error refuses the launch.
#include "codex/settings.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

using Values = std::initializer_list<std::string_view>;

std::string checked(const json::object& options, std::string_view key, Values allowed, std::string_view otherwise) {
  const json::value* found = options.if_contains(key);
  if (found == nullptr || found->is_null()) return std::string(otherwise);
  const std::string_view text = text_of(*found);
  if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return std::string(text);
  std::string names;
  for (std::string_view name : allowed) names.append(names.empty() ? "" : ", ").append(name);
  throw sdk::Refusal(sdk::Status::argument, "bad_option",
                     "the option '" + std::string(key) + "' is " + json::serialize(*found) + ", not one of " + names);
}

json::array text_input(std::string_view text) {
  json::array input;
  input.push_back(json::object{{"type", "text"}, {"text", text}, {"text_elements", json::array{}}});
  return input;
}

json::object sandbox_policy(std::string_view mode) {
  if (mode == "danger-full-access") return {{"type", "dangerFullAccess"}};
  if (mode == "read-only") return {{"type", "readOnly"}, {"networkAccess", false}};
  return {{"type", "workspaceWrite"},
          {"writableRoots", json::array{}},
          {"networkAccess", false},
          {"excludeTmpdirEnvVar", false},
          {"excludeSlashTmp", false}};
}

// The permission modes of SET: Codex's approval policies, and its presets of policy and sandbox.
struct Mode {
  std::string_view name, approval, sandbox;
};
constexpr std::array<Mode, 6> kModes{{{"untrusted", "untrusted", ""},
                                      {"on-request", "on-request", ""},
                                      {"never", "never", ""},
                                      {"read-only", "on-request", "read-only"},
                                      {"auto", "on-request", "workspace-write"},
                                      {"full-access", "never", "danger-full-access"}}};

void copy_text(const json::object& from, std::string_view key, json::object& to, std::string_view as) {
  if (const std::string_view text = text_of(from, key); !text.empty()) to[as] = text;
}

}  // namespace

Settings::Settings(const sdk::Launch& launch)
    : options_(launch.options()),
      resume_(launch.resume()),
      workdir_(launch.workdir()),
      model_(launch.model()),
      approval_(checked(options_, "approval_policy", {"untrusted", "on-request", "never"}, "on-request")),
      sandbox_(checked(options_, "sandbox", {"read-only", "workspace-write", "danger-full-access"}, "workspace-write")),
      keep_open_(launch.keep_open()) {
  checked(options_, "approvals_reviewer", {"user", "auto_review"}, "user");
  checked(options_, "collaboration_mode", {"default", "plan"}, "default");
  if (launch.yolo()) {
    approval_ = "never";
    sandbox_ = "danger-full-access";
  }
}

json::object Settings::config() const {
  json::object config;
  if (const json::object* given = object_of(options_, "config")) config = *given;
  // Said here, the trust of the project is not written into the user's own configuration.
  if (!workdir_.empty() && !config.contains("projects")) {
    const char* level = flag_of(options_, "trust_project") ? "trusted" : "untrusted";
    config["projects"] = json::object{{workdir_, json::object{{"trust_level", level}}}};
  }
  if (flag_of(options_, "network_access")) config["sandbox_workspace_write.network_access"] = true;
  if (const json::array* roots = array_of(options_, "writable_roots")) {
    config["sandbox_workspace_write.writable_roots"] = *roots;
  }
  return config;
}

json::object Settings::thread_params() const {
  json::object params;
  if (!resume_.empty()) {
    params["threadId"] = resume_;
    params["excludeTurns"] = true;
  } else if (flag_of(options_, "ephemeral")) {
    params["ephemeral"] = true;
  }
  if (!workdir_.empty()) params["cwd"] = workdir_;
  if (!model_.empty()) params["model"] = model_;
  params["approvalPolicy"] = approval_;
  params["sandbox"] = sandbox_;
  params["config"] = config();
  copy_text(options_, "model_provider", params, "modelProvider");
  copy_text(options_, "approvals_reviewer", params, "approvalsReviewer");
  copy_text(options_, "developer_instructions", params, "developerInstructions");
  return params;
}

json::object Settings::turn_params(std::string_view thread, std::string_view text) {
  json::object params{{"threadId", thread}, {"input", text_input(text)}};
  copy_text(options_, "reasoning_effort", params, "effort");
  if (const json::object* schema = object_of(options_, "output_schema")) params["outputSchema"] = *schema;
  for (const auto& [key, value] : changes_) params[key] = value;
  changes_.clear();
  if (text_of(options_, "collaboration_mode") == "plan" && !model_.empty()) {
    const std::string_view effort = text_of(options_, "reasoning_effort");
    json::object settings{{"model", model_}, {"reasoning_effort", nullptr}, {"developer_instructions", nullptr}};
    if (!effort.empty()) settings["reasoning_effort"] = effort;
    params["collaborationMode"] = json::object{{"mode", "plan"}, {"settings", std::move(settings)}};
  }
  return params;
}

json::object Settings::steer_params(std::string_view thread, std::string_view turn, std::string_view text) {
  return {{"threadId", thread}, {"expectedTurnId", turn}, {"input", text_input(text)}};
}

bool Settings::set(const json::object& wish) {
  const std::string_view model = text_of(wish, "model");
  const std::string_view name = text_of(wish, "permission_mode");
  const auto mode = std::find_if(kModes.begin(), kModes.end(), [&](const Mode& known) { return known.name == name; });
  if ((model.empty() && name.empty()) || (!name.empty() && mode == kModes.end())) return false;
  if (!model.empty()) {
    changes_["model"] = model;
    model_ = model;
  }
  if (!name.empty()) {
    changes_["approvalPolicy"] = mode->approval;
    if (!mode->sandbox.empty()) changes_["sandboxPolicy"] = sandbox_policy(mode->sandbox);
  }
  return true;
}

}  // namespace paddock::codex
