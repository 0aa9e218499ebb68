// Opening a tree: base groups, and an honest list of what this machine can do.
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup/control_files.hpp"
#include "cgroup/library.hpp"
#include "cgroup/tree_state.hpp"

namespace paddock::cgroup {

namespace {

constexpr std::array kControllers = {"memory", "cpu", "pids"};
constexpr const char* kHostSuffix = ".host";  // no session or base name has a dot

Feature yes() { return {true, {}}; }
Feature no(std::string reason) { return {false, std::move(reason)}; }

std::string text_of(int error) { return std::generic_category().message(error); }

/// Makes the base group; an empty answer is success, else a reason.
std::string make_base(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) == 0) return {};
  const int error = errno;
  if (error != EEXIST) return fmt::format("'{}' cannot be made: {}", directory, text_of(error));
  if (::access(directory.c_str(), W_OK) != 0)
    return fmt::format("'{}' is not ours to write: {}", directory, text_of(errno));
  return {};
}

/// A machine's answers while it is being asked.
struct Survey {
  TreeState& state;
  std::map<std::string, std::string> why_not;  ///< controller to reason

  void take_v1(const Surroundings& around, const std::string& controller);
  void take_v2(const Hierarchy& hierarchy);
  std::string reason(const std::string& controller) const;
  void judge();
};

void Survey::take_v1(const Surroundings& around, const std::string& controller) {
  const auto found = around.v1.find(controller);
  if (found == around.v1.end()) return;
  const Hierarchy& hierarchy = found->second;
  for (auto& [first, branch] : state.v1) {
    if (branch.hierarchy.mount.point != hierarchy.mount.point) continue;
    branch.controllers.push_back(controller);  // mounted together, as in "cpu,cpuacct"
    return;
  }
  const std::string base = hierarchy.own + "/" + state.base_name;
  if (auto reason = make_base(base); !reason.empty()) {
    why_not[controller] = std::move(reason);
    return;
  }
  state.v1.emplace(controller, Branch{hierarchy, base, {controller}});
}

/// Lets children of `group` have `controller`; an empty answer is success, else a reason.
std::string switch_on(const std::string& group, const std::string& controller) {
  const int error = write_text(group + "/cgroup.subtree_control", "+" + controller);
  if (error == 0) return {};
  if (error == EBUSY) {
    return fmt::format(
        "'{}' has other processes in it, so its children cannot be limited: give the daemon a group of its own", group);
  }
  if (error == ENOENT) return fmt::format("'{}' is not handed down to '{}'", controller, group);
  return fmt::format("'{}' cannot be switched on in '{}': {}", controller, group, text_of(error));
}

/// v2 allows no processes beside limited children: the daemon moves into a leaf of its own. The
/// root of all is exempt.
void move_aside(const std::string& parent, const std::string& leaf) {
  const auto own = look_around().v2;
  if (!exists(parent + "/cgroup.type") || !own || own->own != parent) return;
  if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST) return;
  // A failure shows when the controllers are switched on, with its reason.
  (void)write_text(leaf + "/cgroup.procs", "0");
}

void Survey::take_v2(const Hierarchy& hierarchy) {
  std::string parent = hierarchy.own;
  const bool aside = parent.ends_with(kHostSuffix);  // moved there by an earlier open(), or started by who was
  if (aside) parent.resize(parent.rfind('/'));
  const std::string base = parent + "/" + state.base_name;
  if (auto reason = make_base(base); !reason.empty()) {
    for (const char* controller : kControllers) why_not.emplace(controller, reason);
    why_not[""] = std::move(reason);
    return;
  }
  Branch branch{hierarchy, base, {}};
  if (state.features.layout == Layout::unified) {
    if (!aside) move_aside(parent, base + kHostSuffix);
    for (const char* controller : kControllers) {
      std::string reason = switch_on(parent, controller);
      if (reason.empty()) reason = switch_on(base, controller);
      if (reason.empty()) branch.controllers.emplace_back(controller);
      why_not[controller] = std::move(reason);
    }
  }
  state.v2 = std::move(branch);
}

std::string Survey::reason(const std::string& controller) const {
  const auto found = why_not.find(controller);
  if (found != why_not.end() && !found->second.empty()) return found->second;
  if (state.features.layout == Layout::none) return "no cgroup file system is mounted here";
  return fmt::format("no '{}' controller is to be seen here", controller);
}

/// A limit is there when its file is.
void Survey::judge() {
  Features& features = state.features;
  const bool v2 = features.layout == Layout::unified;
  const auto file = [&](const std::string& controller, const char* v1_file, const char* v2_file) -> Feature {
    const char* wanted = v2 ? v2_file : v1_file;
    std::string directory;
    if (v2 && state.v2) directory = state.v2->base;
    for (const auto& [first, branch] : state.v1) {
      const auto& all = branch.controllers;
      if (!v2 && std::find(all.begin(), all.end(), controller) != all.end()) directory = branch.base;
    }
    const bool controlled = v2 && state.v2 ? std::find(state.v2->controllers.begin(), state.v2->controllers.end(),
                                                       controller) != state.v2->controllers.end()
                                           : !directory.empty();
    if (!controlled) return no(reason(controller));
    if (wanted == nullptr) return no(fmt::format("the v1 '{}' controller has no such limit", controller));
    if (!exists(directory + "/" + wanted)) return no(fmt::format("this kernel has no '{}'", wanted));
    return yes();
  };
  features.memory_max = file("memory", "memory.limit_in_bytes", "memory.max");
  features.memory_high = file("memory", nullptr, "memory.high");
  features.swap_max = file("memory", "memory.memsw.limit_in_bytes", "memory.swap.max");
  features.cpu_percent = file("cpu", "cpu.cfs_quota_us", "cpu.max");
  features.cpu_weight = file("cpu", "cpu.shares", "cpu.weight");
  features.pids_max = file("pids", "pids.max", "pids.max");
  features.oom_group = file("memory", nullptr, "memory.oom.group");

  features.groups = state.v2 || !state.v1.empty() ? yes() : no(reason(v2 ? "" : "memory"));
  const std::string tree = state.v2 ? state.v2->base : std::string();
  const std::string no_tree =
      tree.empty() ? "no cgroup v2 tree can be used here" : "this kernel's v2 tree is too old for it";
  features.atomic_kill = exists(tree + "/cgroup.kill") ? yes() : no(no_tree);
  features.notify = exists(tree + "/cgroup.events") ? yes() : no(no_tree);
  const bool v1_freezer = state.v1.contains("freezer");
  features.freeze = v1_freezer || exists(tree + "/cgroup.freeze") ? yes() : no(no_tree);
}

}  // namespace

bool is_group_name(std::string_view name) noexcept {
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fine);
}

std::unique_ptr<TreeState> survey(const std::string& base_name, const std::optional<std::string>& parent) {
  auto state = std::make_unique<TreeState>();
  state->base_name = base_name;
  const Surroundings around = look_around(parent);
  state->features.layout = around.layout;
  Survey survey{*state, {}};
  const auto library_ready = library::initialise();
  if (!library_ready && around.layout != Layout::none) {
    for (const char* controller : kControllers) survey.why_not[controller] = library_ready.error().detail;
  } else if (around.layout != Layout::unified) {
    for (const char* controller : kControllers) survey.take_v1(around, controller);
    survey.take_v1(around, "cpuacct");
    // Where v2 can freeze, the v1 freezer stays out of it: a frozen v1 group cannot be killed.
    if (around.layout == Layout::legacy) survey.take_v1(around, "freezer");
  }
  if (around.v2) survey.take_v2(*around.v2);
  survey.judge();
  return state;
}

}  // namespace paddock::cgroup
