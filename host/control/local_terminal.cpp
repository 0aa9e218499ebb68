// Looking at the terminal of an interactive session.
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "control/attachment.hpp"
#include "control/local_host.hpp"
#include "session/fields.hpp"

namespace paddock::control {
namespace json = boost::json;
using base::Errc;
using base::fail;

namespace {

constexpr std::chrono::seconds kLookTime{10};

}  // namespace

/// The living session of that key, when it has a terminal.
base::Result<std::shared_ptr<Live>> LocalHost::on_terminal(std::string_view key) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  const session::Record& record = **found;
  if (record.mode == session::Mode::headless) {
    return fail(Errc::unsupported,
                fmt::format("'{}' is headless, it has no terminal; see its output", record.id.str()));
  }
  const auto live = ground_.lives.find(record.id);
  if (live != ground_.lives.end() && record.state != session::State::exited) return live->second;
  return fail(Errc::wrong_state, fmt::format("'{}' has ended, its terminal is gone; see its output", record.id.str()));
}

Task<json::object> LocalHost::screen(std::string key, std::size_t scrollback) {
  auto live = on_terminal(key);
  if (!live) co_return live.error();
  const link::Look wanted{0, scrollback, false, false};
  auto seen = co_await (*live)->look(wanted, base::mono_now() + kLookTime);
  if (!seen) co_return fail(Errc::unavailable, fmt::format("the runner of '{}' does not answer", key));
  if (seen->screen.empty()) co_return fail(Errc::unsupported, fmt::format("'{}' has no terminal", key));
  co_return std::move(seen->screen);
}

boost::asio::awaitable<json::object> LocalHost::explain_screen(std::string key) {
  auto live = on_terminal(key);
  if (!live) co_return json::object();
  const link::Look wanted{0, 0, false, true};
  auto seen = co_await (*live)->look(wanted, base::mono_now() + kLookTime);
  if (!seen) co_return json::object();
  co_return std::move(seen->rules);
}

/// Who is at a terminal learns that somebody else has resized it.
void LocalHost::tell_terminal(const json::object& action, const json::value& asked) {
  if (session::text_or_empty(action, "type") != "resize") return;
  const auto session = base::SessionId::parse(session::text_or_empty(action, "session"));
  const auto room = session ? rooms_.find(*session) : rooms_.end();
  if (room == rooms_.end()) return;
  const auto side = [&](std::string_view key) {
    return std::uint16_t(session::number_in(asked.get_object(), key).value_or(0));
  };
  room->second->resized(nullptr, side("rows"), side("cols"));
}

Task<std::unique_ptr<Attachment>> LocalHost::attach(std::string key, AttachWish wish) {
  auto live = on_terminal(key);
  if (!live) co_return live.error();
  const link::Look wanted{0, 0, true, false};
  auto seen = co_await (*live)->look(wanted, base::mono_now() + kLookTime);
  if (!seen) co_return fail(Errc::unavailable, fmt::format("the runner of '{}' does not answer", key));
  if (seen->screen.empty()) co_return fail(Errc::unsupported, fmt::format("'{}' has no terminal", key));
  std::erase_if(rooms_, [](const auto& room) { return room.second->empty(); });
  std::shared_ptr<TerminalRoom>& room = rooms_[(*live)->id()];
  if (!room) room = std::make_shared<TerminalRoom>();
  if (room->size() >= base::limits::terminal_observers) {
    co_return fail(Errc::too_many,
                   fmt::format("'{}' has {} observers already, the most there may be", key, room->size()));
  }
  auto attachment = std::make_unique<LocalAttachment>(ground_, ledger_, *live, room, std::move(*seen), wish);
  if (!attachment->is_open())
    co_return fail(Errc::unavailable, fmt::format("the journal of '{}' cannot be watched", key));
  co_return std::unique_ptr<Attachment>(std::move(attachment));
}

}  // namespace paddock::control
