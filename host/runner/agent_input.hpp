// What is on its way to the agent's standard input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/unique_fd.hpp"
#include "runner/condition.hpp"

namespace paddock::runner {

/// A queue of at most limits::input_queue_bytes in front of a pipe (or a terminal). One strand; run()
/// must have returned before it is destroyed.
class AgentInput final {
 public:
  enum class Kind { pipe, terminal };

  struct Told {
    /// The agent has read everything up to this count of bytes. Only told while it is wanted.
    std::function<void(std::uint64_t)> taken;
    /// Nothing can be written any more. Told once.
    std::function<void(std::string)> lost;
  };

  AgentInput(const boost::asio::any_io_executor& executor, base::UniqueFd fd, Kind kind, Told told);

  /// Queues bytes. When the queue would be too long the input is lost: an agent that never reads.
  void write(std::string bytes);
  /// Ends the input after what is queued and, while taken() is wanted, after it was taken.
  void close();
  /// Whether Told::taken is of use now.
  void want_taken(bool wanted);
  /// Ends run() at once.
  void stop();

  boost::asio::awaitable<void> run();

 private:
  void lose(std::string why);
  bool write_some();
  bool all_read();

  boost::asio::posix::stream_descriptor fd_;
  Kind kind_;
  Told told_;
  Condition changed_;
  std::string queue_;
  std::size_t used_ = 0;  ///< of queue_
  std::uint64_t written_ = 0;
  std::uint64_t told_total_ = 0;
  bool wanted_ = false;
  bool closing_ = false;
  bool stopped_ = false;
};

}  // namespace paddock::runner
