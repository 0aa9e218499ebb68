// One link as both ends hold it: messages in by coroutine, frames out through a bounded queue.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "link/frame.hpp"

namespace paddock::link {

/// A connected link. Use from one strand (its executor's). Shared, because a write in the kernel's
/// hands keeps it alive.
///
/// The queue of frames to send has no end of its own: what fills it is bounded by the protocol
/// (unacked events, one result a command), and at max_queued bytes the link is closed as broken.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t max_queued = 32U << 20U;  ///< 8 of the largest frames

  /// `socket` is a connected, non-blocking stream socket.
  static std::shared_ptr<Connection> make(const boost::asio::any_io_executor& executor, base::UniqueFd socket);

  /// The next message. Fails with `lost` when the other end is gone or close() was called, `too_large`
  /// or `corrupt` when it does not keep to the protocol. One read at a time.
  boost::asio::awaitable<base::Result<boost::json::object>> read();

  /// Queues a frame; never waits. Ignored after the link was closed.
  void send(std::string frame);

  /// Bytes of frames that the kernel has not taken yet.
  std::size_t queued_bytes() const noexcept { return pending_.size() + writing_.size(); }

  /// Called each time the queue has become empty. Set before the first send().
  void on_drained(std::function<void()> drained) { drained_ = std::move(drained); }

  bool is_open() const noexcept { return !closed_; }

  /// Sends what is queued, then closes. Idempotent.
  void close_after_sending();

  /// Ends both directions at once; a waiting read() fails with `lost`. Idempotent.
  void close() noexcept;

 private:
  using Socket = boost::asio::local::stream_protocol::socket;

  explicit Connection(Socket socket);
  bool read_some();
  void write_pending();
  void written(const boost::system::error_code& ec);

  Socket socket_;
  FrameReader reader_;
  std::string pending_;  ///< frames not handed to the kernel
  std::string writing_;  ///< frames in one write
  std::function<void()> drained_;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace paddock::link
