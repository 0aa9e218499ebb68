// Raw output, and waiting for more of it.
#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "control/journal_watch.hpp"
#include "control/local_host.hpp"

namespace paddock::control {
namespace asio = boost::asio;
using base::Errc;
using base::fail;

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
  JournalWatch watch(ground_.executor, ground_.folder_of(id) / "journal");
  for (;;) {
    auto part = output(id.str(), offset, limit);
    if (!part || !part->bytes.empty() || part->ended) co_return part;
    if (!watch.is_open()) co_return fail(Errc::unavailable, fmt::format("the journal of '{}' cannot be watched", key));
    auto exited = ledger_.wait(id, {session::State::exited}, std::nullopt, base::MonoTime::max());
    co_await (watch.wait() || std::move(exited));
    watch.drain();
  }
}

}  // namespace paddock::control
