// Finding programs, and what a process does to itself.
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using base::Errc;
using base::fail;
using base::Result;

enum class Found { nothing, not_executable, program };

Found look_at(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return Found::nothing;
  if (!S_ISREG(info.st_mode)) return Found::not_executable;
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? Found::program : Found::not_executable;
}

Result<std::string> take_path(std::string_view name) {
  std::error_code ec;
  const std::string path = std::filesystem::absolute(name, ec).string();
  if (ec) return fail(Errc::agent_not_found, fmt::format("'{}' cannot be made an absolute path", name));
  switch (look_at(path)) {
    case Found::program: return path;
    case Found::not_executable:
      return fail(Errc::agent_not_found, fmt::format("'{}' is there but is not an executable file", path));
    case Found::nothing: break;
  }
  return fail(Errc::agent_not_found, fmt::format("'{}' does not exist", path));
}

}  // namespace

Result<std::string> resolve_program(std::string_view name, std::string_view path) {
  if (name.empty() || name.find('\0') != std::string_view::npos) {
    return fail(Errc::agent_not_found, "a program needs a name");
  }
  if (name.find('/') != std::string_view::npos) return take_path(name);
  std::string unusable;
  for (std::string_view rest = path; !rest.empty();) {
    const auto colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    // A relative folder would make the answer depend on who asks from where.
    if (!folder.starts_with('/')) continue;
    std::string candidate = fmt::format("{}/{}", folder, name);
    const Found found = look_at(candidate);
    if (found == Found::program) return candidate;
    if (found == Found::not_executable && unusable.empty()) unusable = std::move(candidate);
  }
  if (!unusable.empty()) {
    return fail(Errc::agent_not_found, fmt::format("'{}' is there but is not an executable file", unusable));
  }
  return fail(Errc::agent_not_found, fmt::format("'{}' is in no folder of the search path '{}'", name, path));
}

Result<> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) return {};
  return base::fail_errno("cannot adopt orphaned descendants", errno);
}

Result<> set_oom_score_adj(int value) {
  const base::UniqueFd fd(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (!fd) return base::fail_errno("cannot open '/proc/self/oom_score_adj'", errno);
  auto written = base::write_all(fd.get(), std::to_string(value));
  if (written) return {};
  return base::fail(Errc::io,
                    fmt::format("cannot set the own oom_score_adj to '{}': {}", value, written.error().detail));
}

}  // namespace paddock::process
