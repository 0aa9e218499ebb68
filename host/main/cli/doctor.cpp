// status and doctor: is the host well, and what can this machine do.
#include <filesystem>

#include <unistd.h>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/time.hpp"
#include "config/load.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/table.hpp"
#include "main/cli/text.hpp"
#include "main/version.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;
constexpr std::size_t kMostSessions = 10'000;

// --- status

std::string sessions_text(const json::object& sessions) {
  std::map<std::string, int> counts;
  for (const json::object* session : objects_at(sessions, "items")) ++counts[std::string(text_at(*session, "state"))];
  std::string text;
  for (const auto& [state, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, one_line(state));
  }
  return text.empty() ? "none" : text;
}

Outcome<ExitCode> status(Context& context) {
  const auto host = context.get("/v1/host");
  if (!host) return host.error();
  const auto sessions = context.list("/v1/sessions", kMostSessions);
  if (!sessions) return sessions.error();
  const auto client = context.client();
  const json::object& object = as_object(*host);
  if (context.json()) {
    context.print_json(*host);
    return ExitCode::done;
  }
  const auto started = millis_at(object, "started_at");
  const std::int64_t now = base::wall_now().time_since_epoch().count();
  print(fmt::format("host      {} {}\n", client->address().text(), one_line(text_at(object, "version"))));
  print(fmt::format("up        {}\n", started ? age_text(now - *started) : "-"));
  print(fmt::format("cgroup    {}\n", one_line(text_at(object, "cgroup"))));
  print(fmt::format("sessions  {}\n", sessions_text(*sessions)));
  return ExitCode::done;
}

// --- doctor

enum class Level { ok, warn, fail };

struct Finding {
  std::string name;
  Level level = Level::ok;
  std::string detail;
};

std::string_view name(Level level) {
  constexpr std::string_view kNames[] = {"ok", "warn", "fail"};
  return kNames[std::size_t(level)];
}

void look_at_files(const Context& context, std::vector<Finding>& findings) {
  const auto settings = local_settings(context.environment());
  if (!settings) {
    findings.push_back({"settings", Level::fail, std::string(text_at(settings.error().problem, "detail"))});
    return;
  }
  const std::string runner = settings->runner_program.string();
  const bool has_runner = ::access(runner.c_str(), X_OK) == 0;
  findings.push_back(
      {"runner", has_runner ? Level::ok : Level::fail, has_runner ? runner : fmt::format("'{}' is not there", runner)});
  const auto policies = config::load_policies(settings->policy_places);
  findings.push_back(
      {"policies", policies ? Level::ok : Level::fail,
       policies ? fmt::format("{} policies", policies->policies.size()) : config::to_error(policies.error()).detail});
}

/// A feature is true or false, or {"available": ..., "reason": ...}: false means that this machine cannot do it.
Finding feature_finding(std::string_view feature, const json::value& value) {
  Finding finding{fmt::format("can {}", feature), Level::ok, "yes"};
  const json::object& fields = as_object(value);
  const bool is_missing =
      value.is_bool() ? !value.get_bool() : fields.contains("available") && !flag_at(fields, "available");
  if (!is_missing) return finding;
  const std::string_view reason = text_at(fields, "reason");
  finding.level = Level::warn;
  finding.detail = reason.empty() ? "this machine cannot do that" : std::string(reason);
  return finding;
}

void look_at_features(const json::object& host, std::vector<Finding>& findings) {
  findings.push_back({"host", Level::ok,
                      fmt::format("version {}, up since {}", text_at(host, "version"), text_at(host, "started_at"))});
  if (text_at(host, "version") != version()) {
    findings.push_back(
        {"version", Level::warn, fmt::format("this command is {}, the host {}", version(), text_at(host, "version"))});
  }
  const json::value* cgroup = host.if_contains("cgroup");
  if (cgroup != nullptr) {
    findings.push_back(
        {"cgroup", Level::ok, cgroup->is_string() ? std::string(cgroup->get_string()) : json::serialize(*cgroup)});
  }
  for (const auto& [feature, value] : object_at(host, "features")) {
    findings.push_back(feature_finding(feature, value));
  }
}

void look_at_readiness(const Context& context, std::vector<Finding>& findings) {
  const auto ready = context.get("/readyz");
  const json::object& body = ready ? as_object(*ready) : ready.error().problem;
  for (const json::object* check : objects_at(body, "checks")) {
    findings.push_back({fmt::format("ready {}", text_at(*check, "name")),
                        flag_at(*check, "ok") ? Level::ok : Level::fail, std::string(text_at(*check, "detail"))});
  }
  if (!ready && objects_at(body, "checks").empty()) {
    findings.push_back({"ready", Level::fail, std::string(text_at(body, "detail"))});
  }
}

Finding adapter_finding(const json::object& adapter) {
  Finding finding{fmt::format("adapter {}", text_at(adapter, "id")), Level::ok, ""};
  if (text_at(adapter, "status") != "loaded") {
    finding.level = text_at(adapter, "status") == "skipped" ? Level::ok : Level::fail;
    finding.detail = fmt::format("{}: {}", text_at(adapter, "status"), text_at(adapter, "message"));
    if (const auto hint = text_at(adapter, "hint"); !hint.empty()) finding.detail += fmt::format(" ({})", hint);
    return finding;
  }
  const json::object& probe = object_at(adapter, "probe");
  const std::string_view state = text_at(probe, "state");
  const std::string_view login = text_at(probe, "login");
  finding.detail = fmt::format("{} {}", text_at(adapter, "version"), state);
  if (const auto found = text_at(probe, "version"); !found.empty()) finding.detail += fmt::format(", agent {}", found);
  if (!login.empty()) finding.detail += fmt::format(", login {}", login);
  if (const auto detail = text_at(probe, "detail"); !detail.empty()) finding.detail += fmt::format(" ({})", detail);
  const bool is_usable = state != "undetected" && state != "not_found" && state != "missing" && login != "required" &&
                         login != "no" && login != "missing";
  if (!is_usable) finding.level = Level::warn;
  return finding;
}

void look_at_adapters(const Context& context, std::vector<Finding>& findings) {
  const auto adapters = context.get("/v1/adapters?probe=1");
  if (!adapters) {
    findings.push_back({"adapters", Level::fail, std::string(text_at(adapters.error().problem, "detail"))});
    return;
  }
  const auto items = objects_at(as_object(*adapters), "items");
  if (items.empty()) findings.push_back({"adapters", Level::warn, "none were found"});
  for (const json::object* adapter : items) findings.push_back(adapter_finding(*adapter));
}

/// Sessions whose process the host has lost sight of.
void look_at_leftovers(const Context& context, std::vector<Finding>& findings) {
  const auto sessions = context.list("/v1/sessions?state=unknown", kMostSessions);
  if (!sessions) return;
  const std::size_t count = objects_at(*sessions, "items").size();
  findings.push_back(
      {"leftovers", count == 0 ? Level::ok : Level::warn,
       count == 0 ? "none" : fmt::format("{} sessions in state unknown: paddock ls --state unknown", count)});
}

Style style_of(Level level) {
  if (level == Level::ok) return Style::green;
  return level == Level::warn ? Style::yellow : Style::red;
}

void print_findings(const Context& context, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    print(fmt::format("{}  {}  {}\n", context.paint(style_of(finding.level), padded(name(finding.level), 4)),
                      padded(one_line(finding.name), 24), one_line(finding.detail)));
  }
}

json::object to_json(const std::vector<Finding>& findings, bool ok) {
  json::object out{{"ok", ok}};
  json::array& checks = out["checks"].emplace_array();
  for (const Finding& finding : findings) {
    checks.push_back({{"name", finding.name}, {"level", name(finding.level)}, {"detail", finding.detail}});
  }
  return out;
}

Outcome<ExitCode> doctor(Context& context) {
  std::vector<Finding> findings;
  const auto host = context.get("/v1/host");
  look_at_files(context, findings);
  if (host) {
    look_at_features(as_object(*host), findings);
    look_at_readiness(context, findings);
    look_at_adapters(context, findings);
    look_at_leftovers(context, findings);
  } else {
    findings.push_back({"host", Level::fail, std::string(text_at(host.error().problem, "detail"))});
  }
  const bool ok = std::ranges::none_of(findings, [](const Finding& f) { return f.level == Level::fail; });
  if (context.json()) {
    context.print_json(to_json(findings, ok));
  } else {
    print_findings(context, findings);
  }
  if (!host) return host.error().exit;
  return ok ? ExitCode::done : ExitCode::failed;
}

}  // namespace

void add_doctor_commands(Commands& commands) {
  commands.add(commands.app(), "status", "Is the host well, and what runs", status);
  commands.add(commands.app(), "doctor", "Check this machine, the host and its adapters", doctor);
}

}  // namespace paddock::cli
