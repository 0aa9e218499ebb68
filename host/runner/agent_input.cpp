// Writing to an agent that reads when it likes.
#include "runner/agent_input.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kKeepCapacity = 64U << 10U;

}  // namespace

AgentInput::AgentInput(const asio::any_io_executor& executor, base::UniqueFd fd, Kind kind, Told told)
    : fd_(executor, fd.release()), kind_(kind), told_(std::move(told)), changed_(executor) {
  fd_.non_blocking(true);
}

void AgentInput::write(std::string bytes) {
  if (closing_ || stopped_ || bytes.empty()) return;
  if (queue_.size() - used_ + bytes.size() > base::limits::input_queue_bytes) {
    return lose("the agent does not read its input and too much waits for it");
  }
  queue_ += bytes;
  changed_.notify();
}

void AgentInput::close() {
  closing_ = true;
  changed_.notify();
}

void AgentInput::want_taken(bool wanted) {
  if (wanted_ == wanted) return;
  wanted_ = wanted;
  changed_.notify();
  // A wait for the last bytes to be read has lost its purpose.
  if (!wanted && fd_.is_open()) fd_.cancel();
}

void AgentInput::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  fd_.close(ignored);
  changed_.notify();
}

void AgentInput::lose(std::string why) {
  if (stopped_) return;
  stop();
  told_.lost(std::move(why));
}

bool AgentInput::all_read() {
  int unread = 0;
  return kind_ == Kind::terminal || ::ioctl(fd_.native_handle(), FIONREAD, &unread) != 0 || unread == 0;
}

/// True when it must be waited until the descriptor is writable.
bool AgentInput::write_some() {
  const ssize_t put = ::write(fd_.native_handle(), queue_.data() + used_, queue_.size() - used_);
  if (put < 0 && errno == EAGAIN) return true;
  if (put < 0 && errno == EINTR) return false;
  if (put < 0) {
    lose(errno == EPIPE ? "the agent has closed its input"
                        : fmt::format("the agent's input cannot be written: {}", ::strerrordesc_np(errno)));
    return false;
  }
  used_ += std::size_t(put);
  written_ += std::uint64_t(put);
  if (used_ < queue_.size()) return false;
  queue_.clear();
  used_ = 0;
  if (queue_.capacity() > kKeepCapacity) queue_.shrink_to_fit();
  return false;
}

asio::awaitable<void> AgentInput::run() {
  while (!stopped_) {
    const bool writing = used_ < queue_.size();
    const bool watching = !writing && wanted_ && told_total_ < written_;
    if (!writing && !watching) {
      if (closing_) break;
      co_await changed_.wait();
      continue;
    }
    if (writing && !write_some()) continue;
    if (stopped_) break;
    (void)co_await fd_.async_wait(stream_descriptor::wait_write, kNoThrow);
    if (stopped_ || !watching || !all_read()) continue;
    told_total_ = written_;
    told_.taken(written_);
  }
  boost::system::error_code ignored;
  fd_.close(ignored);
}

}  // namespace paddock::runner
