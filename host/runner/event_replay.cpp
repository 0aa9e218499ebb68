// Reading a replay's lines.
#include "runner/event_replay.hpp"

#include <array>
#include <csignal>

#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/memory.hpp"
#include "link/message.hpp"

namespace paddock::runner {
namespace asio = boost::asio;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

}  // namespace

EventReplay::EventReplay(const asio::any_io_executor& executor) : out_(executor), end_(executor) {}

base::Result<pid_t> EventReplay::start(const std::filesystem::path& session_dir, std::uint64_t after,
                                       std::uint64_t until) {
  process::Spec spec;
  std::error_code ec;
  spec.program = std::filesystem::read_symlink("/proc/self/exe", ec).string();
  // The name has " (deleted)" at its end when a new version was installed over it; the link still works.
  if (ec || !std::filesystem::exists(spec.program, ec)) spec.program = "/proc/self/exe";
  spec.argv = {spec.program,          "--replay", session_dir.string(), "--after",
               std::to_string(after), "--until",  std::to_string(until)};
  spec.workdir = "/";
  auto child = process::start(spec);
  if (!child) return child.error();
  last_ = after;
  out_.assign(child->out.release());
  end_.assign(::dup(child->pidfd.get()));
  pidfd_ = std::move(child->pidfd);
  return child->pid;
}

asio::awaitable<EventReplay::Piece> EventReplay::next(std::size_t bytes) {
  bool ended = false;
  while (kept_.size() < bytes && !ended) {
    auto [ec] = co_await out_.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
    auto& chunk = base::read_buffer();
    const std::size_t got = ec ? 0 : out_.read_some(asio::buffer(chunk), ec);
    if (ec == asio::error::would_block) continue;
    ended = ec || got == 0;
    kept_.append(chunk.data(), got);
  }
  Piece piece;
  std::vector<std::string_view> lines;
  std::size_t used = 0;
  while (used < bytes) {
    const std::size_t end = kept_.find('\n', used);
    if (end == std::string::npos) break;
    lines.emplace_back(std::string_view(kept_).substr(used, end - used));
    used = end + 1;
  }
  if (lines.empty()) co_return piece;
  auto frame = link::encode_events(lines);
  if (!frame) co_return piece;
  piece.text = std::move(*frame);
  last_ += lines.size();
  piece.last = last_;
  kept_.erase(0, used);
  co_return piece;
}

asio::awaitable<void> EventReplay::finish() {
  if (!pidfd_) co_return;
  boost::system::error_code ignored;
  out_.close(ignored);
  (void)process::send_signal(pidfd_.get(), SIGKILL);  // when it has ended that is as good
  (void)co_await end_.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
  (void)process::reap(pidfd_.get());
}

}  // namespace paddock::runner
