// The kernel gives the lock back when we die, however we die.
#include "main/daemon/lock_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/size.hpp"

namespace paddock::daemon {

base::Result<base::UniqueFd> take_lock(const std::filesystem::path& state_dir) {
  const std::filesystem::path file = state_dir / "lock";
  base::UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return base::fail_errno(fmt::format("cannot open '{}'", file.string()), errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return base::fail_errno(fmt::format("cannot lock '{}'", file.string()), errno);
    auto holder = base::read_file(file, base::ByteSize(64));
    std::string pid = holder ? *holder : std::string();
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    return base::fail(base::Errc::already_exists, fmt::format("already running as pid {} with the state folder '{}'",
                                                              pid.empty() ? "?" : pid, state_dir.string()));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock.get(), 0) != 0) return base::fail_errno(fmt::format("cannot empty '{}'", file.string()), errno);
  if (auto written = base::write_all(lock.get(), pid); !written) return written.error();
  return lock;
}

}  // namespace paddock::daemon
