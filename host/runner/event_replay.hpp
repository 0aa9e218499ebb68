// A child that makes old events again, for a daemon that was away too long.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/error.hpp"
#include "process/process.hpp"

namespace paddock::runner {

/// Runs this program with `--replay` and turns its lines into messages. Not in the runner itself: the
/// machine there is busy with the present, and what replaying needs in memory is gone afterwards.
class EventReplay final {
 public:
  explicit EventReplay(const boost::asio::any_io_executor& executor);

  /// Starts it for the events above `after` up to `until`; the child's pid.
  base::Result<pid_t> start(const std::filesystem::path& session_dir, std::uint64_t after, std::uint64_t until);

  struct Piece {
    std::string text;        ///< frame of an `events` message
    std::uint64_t last = 0;  ///< number of its last event; 0: there are no more
  };
  /// The next events, about `bytes` of them.
  boost::asio::awaitable<Piece> next(std::size_t bytes);

  /// Ends and reaps the child.
  boost::asio::awaitable<void> finish();

 private:
  boost::asio::posix::stream_descriptor out_, end_;
  base::UniqueFd pidfd_;
  std::string kept_;
  std::uint64_t last_ = 0;
};

}  // namespace paddock::runner
