// The runner's side of the link: one daemon at a time, any number after each other.
#include <utility>

#include <fcntl.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/value_from.hpp>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "link/socket.hpp"
#include "runner/event_replay.hpp"
#include "runner/runner.hpp"
#include "session/resources_json.hpp"
#include "session/terminal.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
namespace json = boost::json;
namespace input = session::input;
namespace limits = base::limits;
namespace log = base::log;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kFrameBytes = 256U << 10U;  // of events in one message; a larger event goes alone

}  // namespace

void Runner::ready(link::Connection& connection) {
  link::Ready ready;
  ready.session = session_.launch.session;
  ready.runtime = session_.launch.runtime;
  ready.runner_pid = ::getpid();
  ready.runner_start_time = process::start_time_of(::getpid()).has_value() ? *process::start_time_of(::getpid()) : 0;
  if (!exit_) ready.agent_pid = session_.agent.pid;
  ready.last_number = machine_.last_number();
  if (auto frame = link::encode(link::FromRunner(ready))) connection.send(std::move(*frame));
}

/// Makes `connection` the one that gets events.
void Runner::adopt(std::shared_ptr<link::Connection> connection) {
  if (link_ && link_ != connection) link_->close();
  link_ = std::move(connection);
  orphan_timer_.cancel();
  link_->on_drained([this] { drained_.notify(); });
  asio::co_spawn(io_, listen_to(link_), asio::detached);
}

asio::awaitable<void> Runner::accept() {
  for (;;) {
    auto [ec, socket] = co_await acceptor_.async_accept(kNoThrow);
    if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (ec) {
      retry_accept_.expires_after(std::chrono::seconds(1));  // out of descriptors: others end, too
      (void)co_await retry_accept_.async_wait(kNoThrow);
      continue;
    }
    base::UniqueFd fd(socket.release());
    if (auto allowed = link::check_peer(fd.get()); !allowed) {
      log::warn("a stranger at the link was sent away", {{"problem", allowed.error().detail}});
      continue;
    }
    asio::co_spawn(io_, greet(link::Connection::make(io_.get_executor(), std::move(fd))), asio::detached);
  }
}

/// Waits for a new daemon's hello; only then does it replace the one before.
asio::awaitable<void> Runner::greet(std::shared_ptr<link::Connection> connection) {
  auto message = co_await connection->read();
  if (!message) co_return;
  auto known = link::to_runner(*message);
  const auto* hello = known ? std::get_if<link::Hello>(&*known) : nullptr;
  if (hello == nullptr || hello->session != session_.launch.session) {
    log::warn("a connection to the link did not say hello to this session");
    connection->close();
    co_return;
  }
  ready(*connection);
  catching_up_ = true;
  outbox_.ack(hello->after);
  sent_ = hello->after;
  adopt(connection);
  room_.notify();
  co_await catch_up(connection, hello->after);
  if (link_ != connection) co_return;
  catching_up_ = false;
  flush();
  leave_when_done();
}

/// Sends what the outbox does not hold any more, made again from the journal by a child of ours.
asio::awaitable<void> Runner::catch_up(std::shared_ptr<link::Connection> connection, std::uint64_t after) {
  const std::uint64_t until = outbox_.first() - 1;
  if (after >= until) co_return;
  EventReplay replay(io_.get_executor());
  auto started = replay.start(session_.launch.session_dir, after, until);
  if (started) replay_pid_ = *started;
  while (started && connection->is_open()) {
    auto frame = co_await replay.next(kFrameBytes);
    if (frame.last == 0) break;
    connection->send(std::move(frame.text));
    sent_ = frame.last;
    // The next piece waits until the daemon has taken this one.
    while (connection->is_open() && connection->queued_bytes() > 0) co_await drained_.wait();
  }
  co_await replay.finish();
  replay_pid_ = -1;
  reap_strays();
  if (sent_ >= until || !connection->is_open()) co_return;
  log::error("events cannot be made again from the journal", {{"session", session_.launch.session.str()}});
  connection->close();
}

asio::awaitable<void> Runner::listen_to(std::shared_ptr<link::Connection> connection) {
  for (;;) {
    auto message = co_await connection->read();
    if (link_ != connection) co_return;
    if (!message) break;
    auto known = link::to_runner(*message);
    if (known) {
      handle(*known);
    } else if (known.error().code != base::Errc::unsupported) {
      log::warn("a message from the daemon cannot be read", {{"problem", known.error().detail}});
    }
  }
  connection->close();
  drained_.notify();
  room_.notify();  // nobody is waited for now
  leave_when_done();
}

void Runner::handle(const link::ToRunner& message) {
  if (const auto* ack = std::get_if<link::Ack>(&message)) {
    outbox_.ack(ack->number);
    room_.notify();
    leave_when_done();
    // With the first events all that starting needed is over; a small runner is the point of this program.
    if (!std::exchange(lean_, true)) base::give_back_memory();
  } else if (const auto* wanted = std::get_if<link::Command>(&message)) {
    command(*wanted);
  } else if (const auto* wanted_look = std::get_if<link::Look>(&message)) {
    // What was read before is on the screen first.
    looks_.emplace_back(begun_ + inbox_.size(), *wanted_look);
    answer_looks();
  } else if (const auto* changed = std::get_if<link::Limits>(&message)) {
    (void)take(input::Fact{"limits", session::resources_to_json(changed->resources)});
  } else if (std::holds_alternative<link::Bye>(message)) {
    link_->close();
  }
}

void Runner::command(const link::Command& command) {
  // Killing waits for nobody: not for a slow adapter, not for output that is still to be read.
  if (command.type == "kill" && !exit_) (void)session_.group.kill();
  const bool taken =
      !finished_ && take(input::Command{command.action, command.type, command.ref, command.body, command.caused_by});
  if (taken || !command.action) return;
  const link::Result result{*command.action,
                            "rejected",
                            std::string(base::name(base::Errc::wrong_state)),
                            finished_ ? "the agent has ended" : "the journal cannot be written",
                            {}};
  if (auto frame = link::encode(link::FromRunner(result))) link_->send(std::move(*frame));
}

void Runner::answer_looks() {
  for (; !looks_.empty() && looks_.front().first <= done_; looks_.pop_front()) show(looks_.front().second);
}

/// What is on the screen now.
void Runner::show(const link::Look& look) {
  link::Screen seen;
  seen.look = look.look;
  if (const session::Terminal* terminal = machine_.terminal()) {
    const screen::Screen& screen = terminal->screen();
    seen.screen = screen::to_json(screen.picture());
    if (look.scrollback > 0) seen.screen["scrollback"] = json::value_from(screen.scrollback(look.scrollback));
    if (look.paint) seen.paint = screen.paint();
    if (look.explain && terminal->rules()) seen.rules = screen::explanation(*terminal->rules(), screen.picture());
    seen.offset = done_at_;
  }
  auto frame = link::encode(link::FromRunner(seen));
  if (!frame) {  // a huge screen in a thousand colours: its text is better than nothing
    seen.paint.clear();
    frame = link::encode(link::FromRunner(seen));
  }
  if (frame && connected()) link_->send(std::move(*frame));
}

/// Sends every event that was made and not sent yet.
void Runner::flush() {
  if (!connected() || catching_up_) return;
  while (sent_ < outbox_.last()) {
    sent_ = std::max(sent_, outbox_.first() - 1);
    const auto texts = outbox_.after(sent_, kFrameBytes);
    if (texts.empty()) return;
    auto frame = link::encode_events(texts);
    sent_ += texts.size();
    if (frame) link_->send(std::move(*frame));
  }
}

/// After the last event: says goodbye when it was acknowledged, else waits for whoever can do that.
void Runner::leave_when_done() {
  if (!finished_ || leaving_) return;
  if (outbox_.acked() < machine_.last_number()) {
    if (connected()) return;
    orphan_timer_.expires_after(limits::runner_orphaned);
    orphan_timer_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) io_.stop();
    });
    return;
  }
  leaving_ = true;
  asio::co_spawn(io_, leave(), asio::detached);
}

asio::awaitable<void> Runner::leave() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  if (auto frame = link::encode(link::FromRunner(link::Closed{})); frame && connected()) {
    link_->send(std::move(*frame));
    while (connected() && link_->queued_bytes() > 0) co_await drained_.wait();
    link_->close();
  }
  io_.stop();
}

}  // namespace paddock::runner
