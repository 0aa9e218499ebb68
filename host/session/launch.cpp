// The launch message as JSON both ways.
#include "session/launch.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "session/fields.hpp"
#include "session/resources_json.hpp"

namespace paddock::session {
namespace json = boost::json;

json::object to_json(const Launch& launch) {
  json::object out;
  out["session"] = launch.session.str();
  out["runtime"] = launch.runtime.str();
  out["session_dir"] = launch.session_dir;
  out["adapter_id"] = launch.adapter_id;
  out["adapter_version"] = launch.adapter_version;
  out["adapter_file"] = launch.adapter_file;
  out["adapter_sha256"] = launch.adapter_sha256;
  out["adapter_request"] = launch.adapter_request;
  if (!launch.screen_rules.empty()) out["screen_rules"] = launch.screen_rules;
  out["workdir"] = launch.workdir;
  out["environment"] = json::value_from(launch.environment);
  json::object& secrets = out["secrets"].emplace_object();
  for (const auto& [name, value] : launch.secrets) secrets[name] = value;
  out["cgroup"] = launch.cgroup;
  out["limits"] = resources_to_json(launch.limits);
  out["timeouts"] = timeouts_to_json(launch.timeouts);
  out["keep_open"] = launch.keep_open;
  return out;
}

base::Result<Launch> launch_from_json(const json::object& object) {
  Fields fields(object, "launch");
  Launch launch;
  launch.session = fields.id<base::SessionId>("session");
  launch.runtime = fields.id<base::RuntimeId>("runtime");
  launch.session_dir = fields.text("session_dir");
  launch.adapter_id = fields.text("adapter_id");
  launch.adapter_version = fields.text("adapter_version");
  launch.adapter_file = fields.text("adapter_file");
  launch.adapter_sha256 = fields.text("adapter_sha256");
  launch.adapter_request = fields.object("adapter_request");
  launch.screen_rules = fields.object("screen_rules");
  launch.workdir = fields.text("workdir");
  launch.environment = fields.texts("environment");
  launch.secrets = fields.text_map("secrets");
  launch.cgroup = fields.object("cgroup");
  launch.keep_open = fields.flag("keep_open");
  auto limits = resources_from_json(fields.object("limits"));
  if (!limits) return limits.error();
  launch.limits = *limits;
  auto timeouts = timeouts_from_json(fields.object("timeouts"));
  if (!timeouts) return timeouts.error();
  launch.timeouts = *timeouts;
  if (launch.session.empty()) fields.note("session");
  if (launch.runtime.empty()) fields.note("runtime");
  if (!launch.session_dir.starts_with('/')) fields.note("session_dir");
  if (!launch.adapter_file.starts_with('/')) fields.note("adapter_file");
  if (auto ok = fields.check(); !ok) return ok.error();
  return launch;
}

}  // namespace paddock::session
