// inotify for one file.
#include "control/journal_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/unique_fd.hpp"

namespace paddock::control {
namespace asio = boost::asio;

JournalWatch::JournalWatch(const asio::any_io_executor& executor, const std::filesystem::path& journal)
    : notices_(executor) {
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd || ::inotify_add_watch(fd.get(), journal.c_str(), IN_MODIFY | IN_DELETE_SELF) < 0) return;
  notices_.assign(fd.release());
}

asio::awaitable<void> JournalWatch::wait() {
  co_await notices_.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
}

void JournalWatch::drain() {
  char notices[4096];
  while (::read(notices_.native_handle(), notices, sizeof notices) > 0) {
  }
}

}  // namespace paddock::control
