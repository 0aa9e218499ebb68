// Raw output, and waiting for more of it.
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "control/local_host.hpp"

namespace paddock::control {
namespace asio = boost::asio;
using base::Errc;
using base::fail;

namespace {

/// Watches a journal for new bytes. Not open when the kernel has no watch left or there is no journal.
asio::posix::stream_descriptor watch_journal(const asio::any_io_executor& executor, const std::filesystem::path& file) {
  asio::posix::stream_descriptor watch(executor);
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd || ::inotify_add_watch(fd.get(), file.c_str(), IN_MODIFY | IN_DELETE_SELF) < 0) return watch;
  watch.assign(fd.release());
  return watch;
}

asio::awaitable<void> wait_readable(asio::posix::stream_descriptor& watch) {
  co_await watch.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
}

void drain(asio::posix::stream_descriptor& watch) {
  char notices[4096];
  while (::read(watch.native_handle(), notices, sizeof notices) > 0) {
  }
}

}  // namespace

base::Result<Host::Output> LocalHost::output(std::string_view key, std::uint64_t offset, std::size_t limit) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  const session::Record& record = **found;
  // Asked before reading: what ends while we read is told by the next call.
  const bool ended = record.state == session::State::exited;
  auto bytes = output_.read(ground_.folder_of(record.id) / "journal", offset, limit);
  if (!bytes) return bytes.error();
  Output output;
  output.ended = ended && bytes->empty();
  output.bytes = std::move(*bytes);
  output.next_offset = offset + output.bytes.size();
  return output;
}

Task<Host::Output> LocalHost::next_output(std::string key, std::uint64_t offset, std::size_t limit) {
  using namespace asio::experimental::awaitable_operators;
  auto found = find(key);
  if (!found) co_return found.error();
  const base::SessionId id = found->id;
  auto watch = watch_journal(ground_.executor, ground_.folder_of(id) / "journal");
  for (;;) {
    auto part = output(id.str(), offset, limit);
    if (!part || !part->bytes.empty() || part->ended) co_return part;
    if (!watch.is_open()) co_return fail(Errc::unavailable, fmt::format("the journal of '{}' cannot be watched", key));
    auto exited = ledger_.wait(id, {session::State::exited}, std::nullopt, base::MonoTime::max());
    co_await (wait_readable(watch) || std::move(exited));
    drain(watch);
  }
}

}  // namespace paddock::control
