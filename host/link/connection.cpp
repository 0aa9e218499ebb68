// Reading and writing frames on a socket.
#include "link/connection.hpp"

#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace paddock::link {
namespace asio = boost::asio;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 16U << 10U;
constexpr std::size_t kKeepCapacity = 64U << 10U;

base::Error lost() { return base::fail(base::Errc::lost, "the other end of the link is gone"); }

}  // namespace

std::shared_ptr<Connection> Connection::make(const asio::any_io_executor& executor, base::UniqueFd socket) {
  Socket wrapped(executor);
  boost::system::error_code ec;
  wrapped.assign(asio::local::stream_protocol(), socket.get(), ec);
  if (!ec) (void)socket.release();
  if (!ec) wrapped.non_blocking(true, ec);
  return std::shared_ptr<Connection>(new Connection(std::move(wrapped)));
}

Connection::Connection(Socket socket) : socket_(std::move(socket)), closed_(!socket_.is_open()) {}

asio::awaitable<base::Result<boost::json::object>> Connection::read() {
  const auto self = shared_from_this();
  for (;;) {
    auto message = reader_.next();
    if (!message) co_return message.error();
    if (*message) co_return std::move(**message);
    if (closed_) co_return lost();
    // Waiting first keeps the chunk out of the coroutine's frame: an idle link costs no buffer.
    auto [ec] = co_await socket_.async_wait(Socket::wait_read, kNoThrow);
    if (ec || closed_ || !read_some()) co_return lost();
  }
}

bool Connection::read_some() {
  std::array<char, kReadBytes> chunk;
  boost::system::error_code ec;
  const std::size_t got = socket_.read_some(asio::buffer(chunk), ec);
  if (ec == asio::error::would_block || ec == asio::error::interrupted) return true;
  if (ec || got == 0) return false;
  reader_.feed({chunk.data(), got});
  return true;
}

void Connection::send(std::string frame) {
  if (closed_ || closing_) return;
  if (queued_bytes() + frame.size() > max_queued) return close();
  if (pending_.empty()) {
    pending_ = std::move(frame);
  } else {
    pending_ += frame;
  }
  if (writing_.empty()) write_pending();
}

void Connection::write_pending() {
  writing_.swap(pending_);
  pending_.clear();
  if (pending_.capacity() > kKeepCapacity) pending_.shrink_to_fit();
  asio::async_write(
      socket_, asio::buffer(writing_),
      [self = shared_from_this()](const boost::system::error_code& ec, std::size_t) { self->written(ec); });
}

void Connection::written(const boost::system::error_code& ec) {
  writing_.clear();
  if (writing_.capacity() > kKeepCapacity) writing_.shrink_to_fit();
  if (ec) return close();
  if (!pending_.empty()) return write_pending();
  if (closing_) return close();
  if (drained_) drained_();
}

void Connection::close_after_sending() {
  closing_ = true;
  if (writing_.empty()) close();
}

void Connection::close() noexcept {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
  pending_.clear();
}

}  // namespace paddock::link
