// The decisions of a start: pure but for one look at the working directory.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "adapter/schema.hpp"
#include "control/figures.hpp"
#include "control/launches.hpp"
#include "session/resources_json.hpp"

namespace paddock::control {
namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using base::fail;

namespace {

base::Error wrong(std::string pointer, std::string detail) {
  base::Error error = fail(Errc::invalid_request, detail);
  error.errors.push_back({std::move(pointer), std::move(detail)});
  return error;
}

base::Result<> check_workdir(const std::string& workdir) {
  if (!workdir.starts_with('/')) return wrong("/workdir", fmt::format("'{}' is not an absolute path", workdir));
  std::error_code ec;
  if (!fs::exists(workdir, ec)) return wrong("/workdir", fmt::format("'{}' does not exist", workdir));
  if (!fs::is_directory(workdir, ec)) return wrong("/workdir", fmt::format("'{}' is not a folder", workdir));
  return {};
}

/// The adapter's own settings against the schema it came with.
base::Result<> check_options(const json::object& options, const adapter::Description& adapter) {
  auto errors = adapter::schema_errors(options, adapter.options, "/options");
  if (errors.empty()) return {};
  const std::string more = errors.size() == 1 ? "" : fmt::format(", and {} more", errors.size() - 1);
  base::Error error =
      fail(Errc::invalid_request, fmt::format("'{}' {}{}; 'paddock adapter show {}' lists its options",
                                              errors.front().pointer, errors.front().detail, more, adapter.id));
  error.errors = std::move(errors);
  return error;
}

/// What holds on this machine; what does not is an error or, at best effort, named in the record.
base::Result<cgroup::Limits> enforceable(const LaunchContext& context, const policy::Resources& resources,
                                         session::Record& record) {
  const cgroup::Limits limits = limits_of(resources);
  auto screened = context.features.screen(limits);
  if (screened.dropped.empty()) return limits;
  if (context.policy->enforce == policy::Enforce::strict) {
    return fail(Errc::limit_unavailable,
                fmt::format("this machine cannot enforce {}; nothing was started (policy '{}' may say 'enforce: "
                            "best-effort')",
                            fmt::join(screened.dropped, ", "), context.policy->name));
  }
  record.unenforced = screened.dropped;
  return screened.enforced;
}

/// A wish of the policy that nothing carries out yet is not passed over in silence.
void name_unenforced_sandbox(const policy::Policy& policy, session::Record& record) {
  if (!policy.sandbox_profile.empty() && policy.sandbox_profile != "off") {
    record.unenforced.push_back(fmt::format("sandbox.profile: nothing enforces '{}' yet", policy.sandbox_profile));
  }
  if (!policy.sandbox_network.empty() && policy.sandbox_network != "allow") {
    record.unenforced.push_back(fmt::format("sandbox.network: nothing enforces '{}' yet", policy.sandbox_network));
  }
}

json::object adapter_request(const session::Request& request, const session::Launch& launch,
                             const std::vector<std::string>& environment, const json::object& preset) {
  json::object out;
  out["mode"] = session::name(request.mode);
  out["session"] = launch.session.str();
  out["session_dir"] = launch.session_dir;
  out["workdir"] = launch.workdir;
  if (request.prompt) out["prompt"] = *request.prompt;
  if (!request.model.empty()) out["model"] = request.model;
  if (!request.resume.empty()) out["resume"] = request.resume;
  out["args"] = json::value_from(request.args);
  json::object& options = out["options"].emplace_object();
  options = request.options;
  // What the configuration settled is not the session's to change.
  for (const auto& [key, value] : preset) options[key] = value;
  json::object& names = out["env"].emplace_object();
  for (const std::string& entry : environment) names[entry.substr(0, entry.find('='))] = true;
  out["yolo"] = request.yolo;
  out["keep_open"] = request.keep_open;
  return out;
}

/// Whether the adapter's mode says that prompts are taken while the agent works.
bool takes_prompts_any_time(const adapter::Description& adapter, session::Mode mode) {
  return std::ranges::any_of(adapter.modes, [mode](const json::value& value) {
    const json::object* entry = value.if_object();
    const json::value* prompts = entry != nullptr ? entry->if_contains("prompts") : nullptr;
    return prompts != nullptr && *prompts == "any_time" && entry->at("mode").as_string() == session::name(mode);
  });
}

session::Record make_record(const session::Request& request, const LaunchContext& context, base::WallTime now) {
  session::Record record;
  record.id = base::SessionId::make();
  record.runtime = base::RuntimeId::make();
  record.name = request.name;
  record.adapter = context.adapter->id;
  record.adapter_version = context.adapter->version;
  record.mode = request.mode;
  record.policy = context.policy->name;
  record.model = request.model;
  record.keep_open = request.keep_open;
  record.yolo = request.yolo;
  record.prompts_any_time = takes_prompts_any_time(*context.adapter, request.mode);
  record.labels = request.labels;
  record.created_at = record.updated_at = record.state_since = now;
  return record;
}

policy::Timeouts timeouts_of(const LaunchContext& context, const session::Request& request) {
  policy::Timeouts timeouts = context.policy->timeouts;
  if (request.timeout && (!timeouts.total || *request.timeout < *timeouts.total)) timeouts.total = request.timeout;
  return timeouts;
}

}  // namespace

base::Result<LaunchDraft> draft_launch(const session::Request& request, const LaunchContext& context,
                                       base::WallTime now) {
  if (auto able = supports(*context.adapter, request.mode, !request.resume.empty()); !able) return able.error();
  if (auto fitting = check_options(request.options, *context.adapter); !fitting) return fitting.error();
  auto resources = policy::permit_launch(*context.policy, {request.adapter, request.yolo, request.limits});
  if (!resources) return resources.error();
  LaunchDraft draft;
  draft.record = make_record(request, context, now);
  draft.record.limits = *resources;
  auto limits = enforceable(context, *resources, draft.record);
  if (!limits) return limits.error();
  draft.limits = *limits;
  name_unenforced_sandbox(*context.policy, draft.record);
  const fs::path folder = context.sessions_dir / draft.record.id.str();
  draft.makes_workdir = request.workdir.empty();
  draft.record.workdir = draft.makes_workdir ? (folder / "work").string() : request.workdir;
  if (!draft.makes_workdir) {
    if (auto checked = check_workdir(request.workdir); !checked) return checked.error();
  }
  auto environment = build_environment(context.host_environment, context.policy->environment, context.secrets,
                                       Variables(request.env.begin(), request.env.end()));
  if (!environment) return environment.error();
  session::Launch& launch = draft.launch;
  launch.session = draft.record.id;
  launch.runtime = draft.record.runtime;
  launch.session_dir = folder.string();
  launch.adapter_id = context.adapter->id;
  launch.adapter_version = context.adapter->version;
  launch.adapter_file = context.adapter->file;
  launch.adapter_sha256 = context.adapter->sha256;
  launch.workdir = draft.record.workdir;
  launch.adapter_request = adapter_request(request, launch, *environment, context.adapter->preset);
  launch.environment = std::move(*environment);
  launch.secrets = context.secrets;
  launch.screen_rules = context.screen_rules;
  launch.limits = draft.record.limits;
  launch.timeouts = timeouts_of(context, request);
  launch.keep_open = request.keep_open;
  return draft;
}

json::object canonical_request(const session::Request& request) {
  json::object out;
  out["adapter"] = request.adapter;
  if (request.prompt) out["prompt"] = *request.prompt;
  out["mode"] = session::name(request.mode);
  out["name"] = request.name;
  out["workdir"] = request.workdir;
  out["policy"] = request.policy;
  out["limits"] = session::resources_to_json(request.limits);
  out["model"] = request.model;
  out["resume"] = request.resume;
  out["env"] = json::value_from(request.env);
  out["yolo"] = request.yolo;
  out["keep_open"] = request.keep_open;
  out["args"] = json::value_from(request.args);
  out["options"] = request.options;
  out["labels"] = json::value_from(request.labels);
  if (request.timeout) out["timeout_ms"] = request.timeout->count();
  return out;
}

}  // namespace paddock::control
