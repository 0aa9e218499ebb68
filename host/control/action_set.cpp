// Changing a living session: what the kernel, the policy and the agent each take or leave.
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "control/actions.hpp"
#include "control/errors.hpp"
#include "control/figures.hpp"
#include "session/resources_json.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
using base::Errc;
using base::fail;

namespace {

/// What was asked laid over what is in force.
policy::Resources overlay(policy::Resources old, const policy::Resources& wanted) {
  if (wanted.memory_max) old.memory_max = wanted.memory_max;
  if (wanted.memory_high) old.memory_high = wanted.memory_high;
  if (wanted.cpu_percent) old.cpu_percent = wanted.cpu_percent;
  if (wanted.pids_max) old.pids_max = wanted.pids_max;
  return old;
}

/// Collects what became of each part, for the answer.
struct Changes {
  json::array changed, unchanged;

  void done(std::string_view field) { changed.push_back(json::string(field)); }
  void left(std::string_view field, const base::Error& why) {
    json::object entry{{"field", field}};
    entry["code"] = base::name(why.code);
    entry["detail"] = why.detail;
    unchanged.push_back(std::move(entry));
  }
};

/// A living process cannot be moved between pipes and a terminal.
void judge_mode(Changes& changes, session::Mode wanted, session::Mode present) {
  if (wanted == present) return changes.done("mode");
  changes.left("mode", fail(Errc::unsupported, fmt::format("a session that runs '{}' stays so; start another one '{}'",
                                                           session::name(present), session::name(wanted))));
}

/// What the agent was asked is taken or left as a whole.
void judge_told(Changes& changes, const json::object& asked, const CommandResult& told) {
  for (const auto& member : asked) {
    if (told.state == store::Action::State::applied) {
      changes.done(member.key());
    } else {
      changes.left(member.key(), fail(errc_of(told.code), told.detail));
    }
  }
}

}  // namespace

base::Result<> Actions::set_limits(const std::shared_ptr<Live>& live, const policy::Resources& wanted,
                                   const policy::Policy& policy) {
  const session::Record& record = live->staged();
  auto permitted = policy::permit_launch(policy, {record.adapter, false, wanted});
  if (!permitted) return permitted.error();
  const cgroup::GroupPaths paths = group_paths_from_json(record.cgroup);
  if (paths.empty()) return fail(Errc::limit_unavailable, fmt::format("'{}' has no cgroup here", record.id.str()));
  if (auto set = ground_.machine->set_limits(paths, limits_of(wanted)); !set) return set;
  live->send(link::Limits{overlay(record.limits, wanted)});
  return {};
}

Task<Answer> Actions::set(store::Action action, ActionRequest request) {
  const auto at = ground_.lives.find(action.session);
  if (at == ground_.lives.end()) co_return fail(Errc::wrong_state, fmt::format("'{}' has ended", action.session.str()));
  const std::shared_ptr<Live> live = at->second;
  if (auto saved = co_await save(action); !saved) co_return saved.error();
  Changes changes;
  const std::string policy_name = request.policy.value_or(live->staged().policy);
  const policy::Policy* policy = ground_.find_policy(policy_name);
  session::Record wanted = live->staged();
  if (request.policy) {
    wanted.policy = policy_name;
    changes.done("policy");
  }
  if (request.mode) judge_mode(changes, *request.mode, wanted.mode);
  if (request.limits != policy::Resources{}) {
    auto set = policy == nullptr ? base::Result<>(fail(Errc::not_found, fmt::format("no policy '{}'", policy_name)))
                                 : set_limits(live, request.limits, *policy);
    if (set) {
      wanted.limits = overlay(wanted.limits, request.limits);
      changes.done("limits");
    } else {
      changes.left("limits", set.error());
    }
  }
  CommandResult result;
  result.state = store::Action::State::applied;
  if (!request.body.empty()) {
    link::Command command;
    command.action = action.id;
    command.type = "set";
    command.body = request.body;
    auto told = co_await ask(live, std::move(command));
    result.events = std::move(told.events);
    judge_told(changes, request.body, told);
  }
  if (changes.changed.empty() && !changes.unchanged.empty()) {
    const json::object& first = changes.unchanged.front().get_object();
    result.state = store::Action::State::rejected;
    result.code = std::string(first.at("code").get_string());
    result.detail = std::string(first.at("detail").get_string());
    co_return co_await finish(std::move(action), std::move(result));
  }
  const auto take = [policy = wanted.policy, limits = wanted.limits](session::Record& record) {
    record.policy = policy;
    record.limits = limits;
  };
  if (auto stored = co_await live->change(take); !stored) co_return stored.error();
  action.body["changed"] = std::move(changes.changed);
  action.body["unchanged"] = std::move(changes.unchanged);
  co_return co_await finish(std::move(action), std::move(result));
}

}  // namespace paddock::control
