// inotify as a coroutine.
#include "main/daemon/file_watch.hpp"

#include <chrono>

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace paddock::daemon {
namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
constexpr std::chrono::milliseconds kQuiet{50};

void drain(asio::posix::stream_descriptor& notices) {
  char buffer[8192];
  while (::read(notices.native_handle(), buffer, sizeof buffer) > 0) {
  }
}

}  // namespace

FileWatch::FileWatch(const asio::any_io_executor& executor) : notices_(executor) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd >= 0) notices_.assign(fd);
}

void FileWatch::watch(const std::vector<fs::path>& places) {
  if (!notices_.is_open()) return;
  for (const int old : watched_) ::inotify_rm_watch(notices_.native_handle(), old);
  watched_.clear();
  for (const fs::path& place : places) {
    std::error_code ec;
    const fs::path folder = fs::is_directory(place, ec) ? place : place.parent_path();
    if (folder.empty()) continue;
    const int added = ::inotify_add_watch(notices_.native_handle(), folder.c_str(), kChanges);
    if (added >= 0) watched_.push_back(added);
  }
  drain(notices_);
}

asio::awaitable<bool> FileWatch::changed() {
  if (!notices_.is_open()) co_return false;
  auto [ec] = co_await notices_.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
  if (ec) co_return false;
  asio::steady_timer quiet(notices_.get_executor(), kQuiet);
  co_await quiet.async_wait(kNoThrow);
  drain(notices_);
  co_return notices_.is_open();
}

void FileWatch::stop() noexcept {
  boost::system::error_code ignored;
  notices_.close(ignored);
}

}  // namespace paddock::daemon
