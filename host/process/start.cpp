// The parent's half of starting a program: checks the Spec, prepares everything the child needs, and
// tells in words what went wrong.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/child.hpp"
#include "process/process.hpp"
#include "process/terminal.hpp"

namespace paddock::process {

namespace {

using base::Errc;
using base::fail;
using base::fail_errno;
using base::Result;
using base::UniqueFd;

// The child's calls need a few hundred bytes.
constexpr std::size_t kChildStack = 16384;

/// All signals of the calling thread, the C library's own ones too, blocked while this lives: a handler
/// run by the child would run on our memory.
class BlockedSignals final {
 public:
  BlockedSignals() noexcept {
    const std::uint64_t all = ~std::uint64_t(0);
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, sizeof all);
  }
  ~BlockedSignals() { ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, sizeof before_); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  std::uint64_t before_ = 0;
};

/// The child's ends of its standard descriptors; closed here once it runs.
struct ChildEnds {
  std::array<UniqueFd, 3> fds;
  int at(std::size_t i) const { return fds[i] ? fds[i].get() : fds[0].get(); }
};

Errc exhausted_or(int error, Errc otherwise) {
  const bool exhausted = error == EMFILE || error == ENFILE || error == EAGAIN || error == ENOMEM || error == ENOSPC;
  return exhausted ? Errc::too_many : otherwise;
}

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Result<> check(const Spec& spec) {
  const auto bad = [&](std::string_view what) {
    return fail(Errc::invalid_request, fmt::format("'{}' cannot be started: {}", spec.program, what));
  };
  if (!spec.program.starts_with('/')) return bad("its path is not absolute");
  if (spec.argv.empty()) return bad("it has no argument 0");
  if (!spec.workdir.empty() && !spec.workdir.starts_with('/')) return bad("the working directory is not absolute");
  if (has_nul(spec.program) || has_nul(spec.workdir)) return bad("a path contains a zero byte");
  if (std::any_of(spec.argv.begin(), spec.argv.end(), has_nul)) return bad("an argument contains a zero byte");
  for (const std::string& entry : spec.environment) {
    const auto equals = entry.find('=');
    if (equals == 0 || equals == std::string::npos || has_nul(entry)) return bad("an environment entry is not 'K=V'");
  }
  if (spec.transport == Transport::pty && (spec.rows == 0 || spec.cols == 0)) return bad("its terminal has no size");
  return {};
}

std::vector<char*> c_array(const std::vector<std::string>& texts) {
  std::vector<char*> array;
  array.reserve(texts.size() + 1);
  for (const std::string& text : texts) array.push_back(const_cast<char*>(text.c_str()));
  array.push_back(nullptr);
  return array;
}

/// The child puts its ends at 0 to 2, so none may be there already (we may have been started without
/// standard descriptors).
Result<UniqueFd> above_stdio(UniqueFd fd) {
  if (fd.get() > 2) return fd;
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!moved) return fail_errno("cannot duplicate a descriptor", errno);
  return moved;
}

Result<> make_pipe(UniqueFd& ours, UniqueFd& childs, int childs_index) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("cannot make a pipe", errno);
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  auto childs_end = above_stdio(std::move(childs_index == 0 ? reader : writer));
  if (!childs_end) return childs_end.error();
  childs = std::move(*childs_end);
  ours = std::move(childs_index == 0 ? writer : reader);
  // Our end only: the child's end is another open file and stays blocking, as programs expect.
  if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return fail_errno("cannot set up a pipe", errno);
  return {};
}

Result<ChildEnds> connect(const Spec& spec, Child& child) {
  ChildEnds ends;
  if (spec.transport == Transport::pty) {
    auto terminal = open_terminal(spec.rows, spec.cols);
    if (!terminal) return terminal.error();
    auto slave = above_stdio(std::move(terminal->slave));
    if (!slave) return slave.error();
    ends.fds[0] = std::move(*slave);
    child.pty = std::move(terminal->master);
    return ends;
  }
  if (spec.transport == Transport::given) {
    for (std::size_t i = 0; i < 3; ++i) {
      ends.fds[i].reset(::fcntl(spec.stdio[i], F_DUPFD_CLOEXEC, 3));
      if (!ends.fds[i]) return fail_errno("cannot duplicate a descriptor", errno);
    }
    return ends;
  }
  UniqueFd* const ours[] = {&child.in, &child.out, &child.err};
  for (int i = 0; i < 3; ++i) {
    if (auto made = make_pipe(*ours[i], ends.fds[std::size_t(i)], i); !made) return made.error();
  }
  return ends;
}

base::Error exec_failure(const Spec& spec, int error) {
  const std::string& program = spec.program;
  const auto start_failed = [&](std::string_view why) {
    return fail(Errc::start_failed, fmt::format("'{}' cannot be started: {}", program, why));
  };
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      if (::access(program.c_str(), F_OK) == 0) return start_failed("the interpreter it names does not exist");
      return fail(Errc::agent_not_found, fmt::format("'{}' does not exist, nothing was started", program));
    case EACCES: return start_failed("it, or the interpreter it names, may not be executed by this user");
    case ENOEXEC: return start_failed("it is neither a program for this machine nor a script with a '#!' line");
    case E2BIG:
      return fail(Errc::too_large,
                  fmt::format("'{}' cannot be started: arguments and environment are too long", program));
    default: break;
  }
  return fail(exhausted_or(error, Errc::start_failed),
              fail_errno(fmt::format("'{}' cannot be started", program), error).detail);
}

base::Error child_failure(const Spec& spec, Stage stage, int error) {
  const auto say = [&](Errc code, std::string_view what) {
    return fail(code, base::fail_errno(fmt::format("'{}' cannot be started: {}", spec.program, what), error).detail);
  };
  switch (stage) {
    case Stage::cgroup: return say(Errc::limit_unavailable, "it cannot join its cgroup");
    case Stage::oom_score:
      return say(Errc::start_failed, fmt::format("its oom_score_adj cannot be '{}'", spec.oom_score_adj.value_or(0)));
    case Stage::session: return say(Errc::start_failed, "it gets no session of its own");
    case Stage::descriptors: return say(Errc::start_failed, "its descriptors cannot be set up");
    case Stage::terminal: return say(Errc::start_failed, "the terminal cannot become its own");
    case Stage::workdir:
      return say(Errc::start_failed, fmt::format("its working directory '{}' cannot be entered", spec.workdir));
    case Stage::exec:
    case Stage::none: break;
  }
  return exec_failure(spec, error);
}

/// The kernel's ways of not knowing, or not allowing, birth in a group (as opposed to being full).
bool refuses_birth(long negative_errno) {
  switch (-negative_errno) {
    case ENOSYS:  // no clone3: an old kernel or a seccomp filter
    case EINVAL:
    case E2BIG:  // clone3 without the cgroup field (before 5.7)
    case EPERM:
    case EACCES:
    case EBUSY:
    case EOPNOTSUPP: return true;
    default: return false;
  }
}

/// Runs the plan, born in the v2 group where possible, else joining it like the v1 groups.
Result<Cloned> run(const Spec& spec, ChildPlan& plan) {
  alignas(16) std::array<std::byte, kChildStack> stack;
  std::vector<int> joined = spec.cgroup_procs_fds;
  plan.cgroup_procs = joined.data();
  plan.cgroup_count = joined.size();
  const bool birth = spec.cgroup_dir_fd >= 0 && can_be_born_in_cgroup();
  if (birth) {
    const BlockedSignals blocked;
    const Cloned cloned = clone_child(plan, stack, spec.cgroup_dir_fd);
    if (!refuses_birth(cloned.pid)) return cloned;
  }
  UniqueFd procs;
  if (spec.cgroup_dir_fd >= 0) {
    procs.reset(::openat(spec.cgroup_dir_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!procs) return child_failure(spec, Stage::cgroup, errno);
    joined.push_back(procs.get());
    plan.cgroup_procs = joined.data();
    plan.cgroup_count = joined.size();
  }
  const BlockedSignals blocked;
  return clone_child(plan, stack, -1);
}

/// Takes the end of a child that never became a program, so that nothing is left to reap.
void bury(int pidfd) {
  siginfo_t info = {};
  while (::waitid(P_PIDFD, id_t(pidfd), &info, WEXITED) != 0 && errno == EINTR) {
  }
}

}  // namespace

Result<Child> start(const Spec& spec) {
  if (auto fine = check(spec); !fine) return fine.error();
  Child child;
  auto ends = connect(spec, child);
  if (!ends) {
    return fail(Errc::too_many, fmt::format("'{}' cannot be started: {}", spec.program, ends.error().detail));
  }
  const std::vector<char*> argv = c_array(spec.argv);
  const std::vector<char*> environment = c_array(spec.environment);
  const std::string oom_score = spec.oom_score_adj ? std::to_string(*spec.oom_score_adj) : std::string();

  ChildPlan plan;
  plan.program = spec.program.c_str();
  plan.argv = argv.data();
  plan.environment = environment.data();
  plan.workdir = spec.workdir.empty() ? nullptr : spec.workdir.c_str();
  for (std::size_t i = 0; i < 3; ++i) plan.stdio[i] = ends->at(i);
  plan.controlling_terminal = spec.transport == Transport::pty;
  plan.oom_score = oom_score.empty() ? nullptr : oom_score.c_str();
  plan.oom_score_length = oom_score.size();

  const auto cloned = run(spec, plan);
  if (!cloned) return cloned.error();
  if (cloned->pid < 0) {
    const int error = int(-cloned->pid);
    return fail(exhausted_or(error, Errc::start_failed),
                fail_errno(fmt::format("'{}' cannot be started: no new process", spec.program), error).detail);
  }
  child.pid = pid_t(cloned->pid);
  child.pidfd.reset(cloned->pidfd);
  if (plan.failed_stage != Stage::none) {
    bury(child.pidfd.get());
    return child_failure(spec, plan.failed_stage, plan.failed_errno);
  }
  const auto started = start_time_of(child.pid);
  child.start_time = started ? *started : 0;
  return child;
}

}  // namespace paddock::process
