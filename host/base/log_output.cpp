// Asking before writing: standard error may be shared with other programs, so it cannot be made
// non-blocking; but what poll() calls writable takes one line without waiting.
#include "base/log_output.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace paddock::base::log {

bool LogOutput::write_now(std::string_view line) const noexcept {
  pollfd ready{fd_, POLLOUT, 0};
  if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
  while (!line.empty()) {
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    line.remove_prefix(std::size_t(written));
  }
  return true;
}

void LogOutput::put(std::string_view line, const LostLine& lost_line) {
  const std::lock_guard lock(mutex_);
  if (lost_ > 0) {
    if (!write_now(lost_line(lost_))) {
      ++lost_;
      return;
    }
    lost_ = 0;
  }
  if (!write_now(line)) ++lost_;
}

}  // namespace paddock::base::log
