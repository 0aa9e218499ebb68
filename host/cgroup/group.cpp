// Opening, killing, freezing and watching a session's groups.
#include "cgroup/group.hpp"

#include <algorithm>
#include <cerrno>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup/control_files.hpp"
#include "cgroup/sweep.hpp"

namespace paddock::cgroup {

namespace {

using base::Errc;
using base::fail;
using base::fail_errno;
using base::Result;
using base::UniqueFd;

Result<UniqueFd> open_directory(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ENOENT) return fail(Errc::not_found, fmt::format("the group '{}' is gone", path));
  return fail_errno(fmt::format("cannot open the group '{}'", path), errno);
}

/// A descriptor that is readable when the kernel announces a change of the open cgroup file `fd`. The
/// kernel announces as "priority" data, which not every event loop can wait for; epoll makes it input.
/// (inotify would do too, but a user has only 128 of those.)
Result<UniqueFd> watch(int fd) {
  UniqueFd poller(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event wanted = {};
  wanted.events = EPOLLPRI;
  if (!poller || ::epoll_ctl(poller.get(), EPOLL_CTL_ADD, fd, &wanted) != 0) {
    return fail_errno("cannot watch a group", errno);
  }
  return poller;
}

bool gone(int error) { return error == ENODEV || error == ENOENT; }

}  // namespace

Result<Group> Group::open(const GroupPaths& paths) {
  Group group;
  group.paths_ = paths;
  if (!paths.v2.empty()) {
    auto opened = open_directory(paths.v2);
    if (!opened) return opened.error();
    group.v2_ = std::move(*opened);
  }
  std::map<std::string, std::string> seen;  // directory to the controller that holds it
  for (const auto& [controller, path] : paths.v1) {
    if (!seen.emplace(path, controller).second) continue;
    auto opened = open_directory(path);
    if (!opened) return opened.error();
    V1 held{path, std::move(*opened), {}};
    held.procs.reset(::openat(held.dir.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!held.procs) return fail_errno(fmt::format("cannot open '{}/cgroup.procs'", path), errno);
    group.v1_.emplace(controller, std::move(held));
  }
  return group;
}

std::vector<int> Group::procs_fds() const {
  std::vector<int> fds;
  for (const auto& [controller, held] : v1_) fds.push_back(held.procs.get());
  return fds;
}

void Group::set_leader(pid_t leader, std::uint64_t start_time, std::vector<pid_t> spare) {
  leader_ = {leader, start_time, std::move(spare)};
}

int Group::directory(const std::string& controller) const {
  if (controller.empty()) return v2_.get();
  const auto path = paths_.v1.find(controller);
  if (path == paths_.v1.end()) return -1;
  for (const auto& [first, held] : v1_) {
    if (held.path == path->second) return held.dir.get();
  }
  return -1;
}

std::vector<std::string> Group::directories() const {
  std::vector<std::string> all;
  for (const auto& [controller, held] : v1_) all.push_back(held.path);
  if (!paths_.v2.empty()) all.push_back(paths_.v2);
  return all;
}

int Group::file(const std::string& controller, const char* name) {
  auto [held, fresh] = files_.try_emplace(controller + "/" + name);
  // Also remembers that a file is not there: kernels do not grow files at run time.
  if (fresh) {
    if (const int dir = directory(controller); dir >= 0) {
      held->second.reset(::openat(dir, name, O_RDONLY | O_CLOEXEC));
    }
  }
  return held->second.get();
}

std::optional<std::string> Group::read(const std::string& controller, const char* name) {
  const int fd = file(controller, name);
  return fd < 0 ? std::nullopt : read_again(fd);
}

Result<> Group::write(const std::string& controller, const char* name, std::string_view text) const {
  const int dir = directory(controller);
  const UniqueFd fd(dir < 0 ? -1 : ::openat(dir, name, O_WRONLY | O_CLOEXEC));
  if (!fd) return fail(Errc::unsupported, fmt::format("session '{}' has no '{}'", paths_.session, name));
  if (::write(fd.get(), text.data(), text.size()) >= 0) return {};
  return fail_errno(fmt::format("cannot write '{}' to '{}' of session '{}'", text, name, paths_.session), errno);
}

std::vector<pid_t> Group::family() const {
  return family_of(all_processes(), Kin{leader_.pid, leader_.start_time, ::getpid(), leader_.spare});
}

Result<> Group::sweep_groups() {
  const auto list = [this] {
    std::set<pid_t> all;
    for (const std::string& directory : directories()) {
      for (const pid_t pid : processes_below(directory)) all.insert(pid);
    }
    return std::vector<pid_t>(all.begin(), all.end());
  };
  return sweep(list);
}

Result<> Group::kill() {
  if (paths_.empty()) {
    if (leader_.pid <= 0)
      return fail(Errc::unsupported, "nothing is known of the session's processes, none was killed");
    return sweep([this] { return family(); });
  }
  // A frozen v1 process takes no signal, not even this one.
  if (directory("freezer") >= 0) (void)write("freezer", "freezer.state", "THAWED");
  if (v2_) {
    const UniqueFd fd(::openat(v2_.get(), "cgroup.kill", O_WRONLY | O_CLOEXEC));
    if (fd && ::write(fd.get(), "1", 1) < 0 && !gone(errno)) {
      return fail_errno(fmt::format("cannot kill the group '{}'", paths_.v2), errno);
    }
  }
  // Also after cgroup.kill: a privileged process may have left the v2 tree but not the v1 groups.
  return sweep_groups();
}

Result<std::vector<pid_t>> Group::processes() {
  if (paths_.empty()) {
    return leader_.pid > 0 ? family() : std::vector<pid_t>();
  }
  std::set<pid_t> all;
  for (const std::string& directory : directories()) {
    for (const pid_t pid : processes_below(directory)) all.insert(pid);
  }
  return std::vector<pid_t>(all.begin(), all.end());
}

Result<bool> Group::populated() {
  if (const auto text = read("", "cgroup.events")) {
    const auto events = parse_flat(*text);
    const auto found = events.find("populated");
    if (found != events.end() && found->second != 0) return true;
  }
  // Without v2, and for strays that left it.
  auto all = processes();
  if (!all) return all.error();
  return !all->empty();
}

Result<int> Group::wait_fd() {
  if (wait_) return wait_.get();
  const int events = file("", "cgroup.events");
  if (events < 0) return -1;
  auto watched = watch(events);
  if (!watched) return watched.error();
  wait_ = std::move(*watched);
  // A file never read counts as changed.
  (void)read_again(events);
  return wait_.get();
}

Result<std::vector<UniqueFd>> Group::ends() {
  const auto before = processes();
  if (!before) return before.error();
  std::vector<UniqueFd> ends;
  for (const pid_t pid : *before) {
    UniqueFd end(int(::syscall(SYS_pidfd_open, pid, 0)));
    if (end) ends.push_back(std::move(end));
  }
  return ends;
}

Result<int> Group::oom_fd() {
  if (oom_) return oom_.get();
  if (paths_.v2_has_controllers) {
    const int events = file("", "memory.events");
    if (events < 0) return -1;
    auto watched = watch(events);
    if (!watched) return watched.error();
    oom_ = std::move(*watched);
    (void)read_again(events);
    return oom_.get();
  }
  const int control = file("memory", "memory.oom_control");
  if (control < 0) return -1;
  UniqueFd notice(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!notice) return fail_errno("cannot make an event descriptor", errno);
  auto registered = write("memory", "cgroup.event_control", fmt::format("{} {}", notice.get(), control));
  if (!registered) return registered.error();
  oom_ = std::move(notice);
  return oom_.get();
}

Result<> Group::freeze() {
  if (directory("freezer") >= 0) return write("freezer", "freezer.state", "FROZEN");
  return write("", "cgroup.freeze", "1");
}

Result<> Group::thaw() {
  if (directory("freezer") >= 0) return write("freezer", "freezer.state", "THAWED");
  return write("", "cgroup.freeze", "0");
}

Result<bool> Group::frozen() {
  if (const auto state = read("freezer", "freezer.state")) return state->starts_with("FROZEN");
  const auto text = read("", "cgroup.events");
  if (!text) return fail(Errc::unsupported, fmt::format("session '{}' has no freezer", paths_.session));
  const auto events = parse_flat(*text);
  const auto found = events.find("frozen");
  return found != events.end() && found->second != 0;
}

}  // namespace paddock::cgroup
