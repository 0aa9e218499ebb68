// Tells when a configuration file or a policy folder has changed.
#pragma once

#include <filesystem>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace paddock::daemon {

/// Watches places with inotify: a file through its folder (editors replace files), a folder itself.
class FileWatch {
 public:
  explicit FileWatch(const boost::asio::any_io_executor& executor);

  /// Watches exactly these from now on; what is not there is left out. Without inotify nothing is watched:
  /// SIGHUP still reloads.
  void watch(const std::vector<std::filesystem::path>& places);

  /// Returns after a change, once no further one came for a moment (an editor's save is many small changes).
  /// False when nothing can be watched any more.
  boost::asio::awaitable<bool> changed();

  void stop() noexcept;

 private:
  boost::asio::posix::stream_descriptor notices_;
  std::vector<int> watched_;
};

}  // namespace paddock::daemon
