// Screen first, then the journal's bytes.
#include "control/attachment.hpp"

#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/limits.hpp"
#include "session/fields.hpp"
#include "session/terminal.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace limits = base::limits;
using link::journal::Type;

namespace {

constexpr std::chrono::seconds kLookTime{10};

std::uint16_t side_of(const json::object& screen, std::string_view key) {
  return std::uint16_t(session::number_in(screen, key).value_or(0));
}

}  // namespace

LocalAttachment::LocalAttachment(Ground& ground, Ledger& ledger, std::shared_ptr<Live> live,
                                 std::shared_ptr<TerminalRoom> room, link::Screen seen, AttachWish wish)
    : ground_(ground),
      ledger_(ledger),
      live_(std::move(live)),
      room_(std::move(room)),
      journal_(ground.folder_of(live_->id()) / "journal"),
      watch_(ground.executor, journal_) {
  begin_at(std::move(seen));
  guest_.may_write = wish.write || wish.take;
  room_->enter(guest_, wish.take);
  guest_.notes.clear();  // whether it writes is told with the greeting
  guest_.wake = [this] { woken_->set({}); };
}

LocalAttachment::~LocalAttachment() { room_->leave(guest_); }

void LocalAttachment::begin_at(link::Screen seen) {
  rows_ = side_of(seen.screen, "rows");
  cols_ = side_of(seen.screen, "cols");
  paint_ = std::move(seen.paint);
  auto reader = link::journal::Reader::open(journal_, seen.offset);
  if (reader) reader_.emplace(std::move(*reader));
}

bool LocalAttachment::has_ended() const {
  const session::Record* record = ground_.book.get(live_->id());
  return left_ || !reader_ || record == nullptr || record->state == session::State::exited;
}

/// What the terminal was sent since the last time, a little more than limits::terminal_behind at most.
std::string LocalAttachment::read() {
  std::string bytes;
  while (reader_ && bytes.size() < limits::terminal_behind) {
    const auto record = reader_->next();
    if (!record) break;
    if (record->type == Type::output && record->channel == event::Channel::pty) bytes.append(record->payload);
  }
  return bytes;
}

/// Leaves out what this one is late with.
asio::awaitable<void> LocalAttachment::repaint(Shown& shown) {
  auto seen = co_await live_->look(link::Look{0, 0, true, false}, base::mono_now() + kLookTime);
  if (!seen || seen->screen.empty()) co_return;  // the agent has just ended: its last words are as good
  begin_at(std::move(*seen));
  shown.notes.push_back({{"type", "sync"}, {"rows", rows_}, {"cols", cols_}});
  shown.bytes = std::exchange(paint_, {});
}

asio::awaitable<void> LocalAttachment::wait() {
  using namespace asio::experimental::awaitable_operators;
  auto exited = ledger_.wait(live_->id(), {session::State::exited}, std::nullopt, base::MonoTime::max());
  co_await (watch_.wait() || std::move(exited) || Signal::wait(woken_));
  watch_.drain();
  if (woken_->peek()) woken_ = std::make_shared<Signal>();
}

Task<Attachment::Shown> LocalAttachment::next() {
  for (;;) {
    Shown shown;
    // Asked before reading: what ends while we read is told by the next call.
    const bool ended = has_ended();
    shown.notes = std::exchange(guest_.notes, {});
    shown.bytes = std::exchange(paint_, {});
    if (shown.bytes.empty()) shown.bytes = read();
    if (shown.bytes.size() >= limits::terminal_behind && !ended) co_await repaint(shown);
    shown.ended = left_ || (ended && shown.bytes.empty());
    if (std::exchange(asked_, false) || shown.ended || !shown.bytes.empty() || !shown.notes.empty()) co_return shown;
    co_await wait();
  }
}

void LocalAttachment::send(std::string type, json::object body) {
  link::Command command;
  command.type = std::move(type);
  command.body = std::move(body);
  live_->send(command);
}

bool LocalAttachment::type(std::string bytes) {
  if (!is_writer() || bytes.size() > limits::terminal_input) return false;
  if (!bytes.empty()) send("input", {{"hex", session::hex_of(bytes)}});
  return true;
}

bool LocalAttachment::resize(std::uint64_t rows, std::uint64_t cols) {
  const bool possible = rows >= 1 && cols >= 1 && rows <= limits::terminal_cells && cols <= limits::terminal_cells;
  if (!is_writer() || !possible) return false;
  rows_ = std::uint16_t(rows);
  cols_ = std::uint16_t(cols);
  send("resize", {{"rows", rows}, {"cols", cols}});
  room_->resized(&guest_, rows_, cols_);
  return true;
}

bool LocalAttachment::take() {
  room_->take(guest_);
  return is_writer();
}

void LocalAttachment::wake() {
  asked_ = true;
  woken_->set({});
}

void LocalAttachment::leave() {
  left_ = true;
  woken_->set({});
}

}  // namespace paddock::control
