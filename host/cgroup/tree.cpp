// The groups of sessions: made through the cgroup library, verified and removed by ourselves.
#include "cgroup/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <set>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup/apply.hpp"
#include "cgroup/control_files.hpp"
#include "cgroup/knobs.hpp"
#include "cgroup/library.hpp"
#include "cgroup/tree_state.hpp"

namespace paddock::cgroup {

namespace {

using base::Errc;
using base::fail;
using base::fail_errno;
using base::Result;

/// Removes directories it was given unless told to keep them: what a failed create leaves behind.
class Made final {
 public:
  Made() = default;
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() {
    for (const std::string& directory : directories_) ::rmdir(directory.c_str());
  }
  void add(std::string directory) { directories_.push_back(std::move(directory)); }
  void keep() noexcept { directories_.clear(); }

 private:
  std::vector<std::string> directories_;
};

Result<> refuse_unenforceable(const Features& features, const Limits& limits) {
  if (auto fine = check(limits); !fine) return fine;
  const Screened screened = features.screen(limits);
  if (screened.dropped.empty()) return {};
  return fail(Errc::limit_unavailable, fmt::format("cannot enforce {}", fmt::join(screened.dropped, "; ")));
}

Result<> make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) == 0) return {};
  if (errno == EEXIST) return fail(Errc::already_exists, fmt::format("the group '{}' exists already", directory));
  return fail_errno(fmt::format("cannot make the group '{}'", directory), errno);
}

/// Makes one session's group in one hierarchy that has controllers, limited and verified.
Result<> make_limited(const Branch& branch, const std::string& directory, const std::vector<Setting>& all) {
  const std::string& first = branch.controllers.front();
  const auto firsts = of_controller(all, first);
  if (auto made = library::create(branch.hierarchy.relative(directory), first, firsts); !made) {
    // The directory is there when it was a value that was refused.
    return fail(exists(directory) ? Errc::limit_unavailable : Errc::io, made.error().detail);
  }
  // The library reports success where it did nothing, or did it in another mount than ours.
  if (!exists(directory)) return fail(Errc::io, fmt::format("the group '{}' was not created", directory));
  if (auto held = verify(directory, firsts); !held) return held;
  // It takes one directory a call; settings of controllers that share this one follow.
  std::vector<Setting> others;
  for (auto each = branch.controllers.begin() + 1; each != branch.controllers.end(); ++each) {
    const auto some = of_controller(all, *each);
    others.insert(others.end(), some.begin(), some.end());
  }
  return apply(branch.hierarchy, directory, others);
}

Result<> make_v2(const Branch& branch, const std::string& directory, const Limits& limits, bool oom_group) {
  if (branch.controllers.empty()) return make_directory(directory);  // the library would do nothing, with success
  if (auto done = make_limited(branch, directory, v2_settings(limits)); !done) return done;
  if (!oom_group) return {};
  const int error = write_text(directory + "/memory.oom.group", "1");
  return error == 0 ? Result<>() : fail_errno(fmt::format("cannot set '{}/memory.oom.group'", directory), error);
}

std::vector<std::string> directories_of(const GroupPaths& paths) {
  std::set<std::string> all;
  for (const auto& [controller, directory] : paths.v1) all.insert(directory);
  if (!paths.v2.empty()) all.insert(paths.v2);
  return {all.begin(), all.end()};
}

/// Stored paths come back from a database: only directories that can be a session's are touched.
bool is_ours(const std::string& directory, const std::string& base_name, const std::string& session) {
  return is_group_name(session) && directory.starts_with('/') && directory.find("/../") == std::string::npos &&
         directory.ends_with("/" + base_name + "/" + session);
}

Result<> check_paths(const GroupPaths& paths, const std::string& base_name) {
  for (const std::string& directory : directories_of(paths)) {
    if (is_ours(directory, base_name, paths.session)) continue;
    return fail(Errc::invalid_request,
                fmt::format("'{}' is no group of session '{}', left alone", directory, paths.session));
  }
  return {};
}

Result<> remove_directory(const std::string& directory) {
  // Kernels refuse an occupied group here, which is why this is not done by the library: it would
  // move the processes out and let them live.
  for (const std::string& group : groups_below(directory)) {
    if (::rmdir(group.c_str()) == 0 || errno == ENOENT) continue;
    if (errno == EBUSY) return fail(Errc::busy, fmt::format("a process lives in the group '{}', kept", group));
    return fail_errno(fmt::format("cannot remove the group '{}'", group), errno);
  }
  if (exists(directory)) return fail(Errc::busy, fmt::format("the group '{}' is still there", directory));
  return {};
}

}  // namespace

Tree::Tree(std::unique_ptr<TreeState> state) : state_(std::move(state)) {}
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(Tree&&) noexcept = default;
Tree::~Tree() = default;

Result<Tree> Tree::open(std::string base_name) {
  if (!is_group_name(base_name)) {
    return fail(Errc::invalid_request, fmt::format("'{}' cannot name a group: letters, digits, '_', '-'", base_name));
  }
  return Tree(survey(base_name, std::nullopt));
}

Result<Tree> Tree::open(std::string base_name, const std::string& parent) {
  if (!is_group_name(base_name)) {
    return fail(Errc::invalid_request, fmt::format("'{}' cannot name a group: letters, digits, '_', '-'", base_name));
  }
  if (!parent.starts_with('/') || parent.find("/..") != std::string::npos || parent.find('\n') != std::string::npos) {
    return fail(Errc::invalid_request, fmt::format("'{}' is no path of a group", parent));
  }
  return Tree(survey(base_name, parent));
}

const Features& Tree::features() const noexcept { return state_->features; }

Result<GroupPaths> Tree::create(const std::string& session, const Limits& limits) {
  if (!is_group_name(session)) {
    return fail(Errc::invalid_request, fmt::format("'{}' cannot name a group: letters, digits, '_', '-'", session));
  }
  if (auto fine = refuse_unenforceable(state_->features, limits); !fine) return fine.error();
  if (const GroupPaths there = find(session); !there.empty()) {
    return fail(Errc::already_exists, fmt::format("session '{}' has groups already", session));
  }
  Made made;
  GroupPaths paths;
  paths.session = session;
  const bool v1_limits = state_->features.layout != Layout::unified;
  const auto settings = v1_limits ? v1_settings(limits, {}) : std::vector<Setting>();
  for (const auto& [first, branch] : state_->v1) {
    const std::string directory = branch.base + "/" + session;
    made.add(directory);
    if (auto done = make_limited(branch, directory, settings); !done) return done.error();
    for (const std::string& controller : branch.controllers) paths.v1[controller] = directory;
  }
  if (state_->v2) {
    const std::string directory = state_->v2->base + "/" + session;
    made.add(directory);
    const bool oom_group = bool(state_->features.oom_group);
    if (auto done = make_v2(*state_->v2, directory, limits, oom_group); !done) return done.error();
    paths.v2 = directory;
    paths.v2_has_controllers = !state_->v2->controllers.empty();
  }
  made.keep();
  return paths;
}

Result<> Tree::set(const GroupPaths& paths, const Limits& limits) {
  if (auto fine = check_paths(paths, state_->base_name); !fine) return fine;
  if (auto fine = refuse_unenforceable(state_->features, limits); !fine) return fine;
  if (paths.v2_has_controllers && state_->v2) return apply(state_->v2->hierarchy, paths.v2, v2_settings(limits));
  const auto memory = paths.v1.find("memory");
  const auto settings = v1_settings(limits, memory == paths.v1.end() ? V1Memory() : memory_now(memory->second));
  for (const auto& [first, branch] : state_->v1) {
    for (const std::string& controller : branch.controllers) {
      const auto directory = paths.v1.find(controller);
      if (directory == paths.v1.end()) continue;
      const auto some = of_controller(settings, controller);
      if (auto done = apply(branch.hierarchy, directory->second, some); !done) return done;
    }
  }
  return {};
}

Result<> Tree::set_ceiling(const Limits& limits) {
  if (auto fine = refuse_unenforceable(state_->features, limits); !fine) return fine;
  if (state_->features.layout == Layout::unified) {
    return state_->v2 ? apply(state_->v2->hierarchy, state_->v2->base, v2_settings(limits)) : Result<>();
  }
  for (const auto& [first, branch] : state_->v1) {
    const V1Memory now = first == "memory" ? memory_now(branch.base) : V1Memory();
    const auto settings = v1_settings(limits, now);
    for (const std::string& controller : branch.controllers) {
      if (auto done = apply(branch.hierarchy, branch.base, of_controller(settings, controller)); !done) return done;
    }
  }
  return {};
}

Result<> Tree::remove(const GroupPaths& paths) {
  if (auto fine = check_paths(paths, state_->base_name); !fine) return fine;
  const auto directories = directories_of(paths);
  for (const std::string& directory : directories) {
    const auto alive = processes_below(directory);
    if (alive.empty()) continue;
    return fail(Errc::busy, fmt::format("{} processes live in '{}', for example '{}', nothing was removed",
                                        alive.size(), directory, alive.front()));
  }
  for (const std::string& directory : directories) {
    if (auto gone = remove_directory(directory); !gone) return gone;
  }
  return {};
}

std::vector<std::string> Tree::leftovers() const {
  std::set<std::string> names;
  const auto add = [&](const Branch& branch) {
    for (std::string& child : children_of(branch.base)) names.insert(std::move(child));
  };
  for (const auto& [first, branch] : state_->v1) add(branch);
  if (state_->v2) add(*state_->v2);
  return {names.begin(), names.end()};
}

GroupPaths Tree::find(const std::string& session) const {
  GroupPaths paths;
  paths.session = session;
  if (!is_group_name(session)) return paths;
  for (const auto& [first, branch] : state_->v1) {
    const std::string directory = branch.base + "/" + session;
    if (!exists(directory)) continue;
    for (const std::string& controller : branch.controllers) paths.v1[controller] = directory;
  }
  if (state_->v2 && exists(state_->v2->base + "/" + session)) {
    paths.v2 = state_->v2->base + "/" + session;
    paths.v2_has_controllers = !state_->v2->controllers.empty();
  }
  return paths;
}

Result<> Tree::remove_base() {
  if (const auto left = leftovers(); !left.empty()) {
    return fail(Errc::busy, fmt::format("the group '{}' still has '{}', kept", state_->base_name, left.front()));
  }
  const auto remove = [](const Branch& branch) -> Result<> {
    if (::rmdir(branch.base.c_str()) == 0 || errno == ENOENT) return {};
    return fail_errno(fmt::format("cannot remove the group '{}'", branch.base), errno);
  };
  for (const auto& [first, branch] : state_->v1) {
    if (auto gone = remove(branch); !gone) return gone;
  }
  return state_->v2 ? remove(*state_->v2) : Result<>();
}

}  // namespace paddock::cgroup
