// Waiting until a journal has grown.
#pragma once

#include <filesystem>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace paddock::control {

/// The kernel's notices about one journal. One strand.
class JournalWatch final {
 public:
  /// Not open when the kernel has no watch left or there is no journal.
  JournalWatch(const boost::asio::any_io_executor& executor, const std::filesystem::path& journal);

  bool is_open() const noexcept { return notices_.is_open(); }
  /// Returns when something was written since drain(), or when cancelled.
  boost::asio::awaitable<void> wait();
  void drain();

 private:
  boost::asio::posix::stream_descriptor notices_;
};

}  // namespace paddock::control
