// Events in, acknowledgements out. Nothing here waits for a person or for the agent.
#include "control/live.hpp"

#include <iterator>
#include <utility>
#include <variant>

#include "base/limits.hpp"
#include "base/log.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace limits = base::limits;
namespace log = base::log;
using base::Errc;
using base::fail;

Live::Live(Ground& ground, Ledger& ledger, session::Record record)
    : ground_(ground),
      ledger_(ledger),
      id_(record.id),
      intake_(std::move(record)),
      stored_number_(intake_.staged().last_number),
      started_(std::make_shared<OneShot<base::Result<>>>()),
      ready_(std::make_shared<OneShot<std::optional<link::Ready>>>()),
      ended_(intake_.staged().state == session::State::exited) {}

void Live::attach(base::UniqueFd socket, std::function<void(std::shared_ptr<Live>)> lost) {
  if (link_) link_->close();
  lost_ = std::move(lost);
  if (out_of_step_) rewind();
  out_of_step_ = false;
  stored_number_ = intake_.staged().last_number;
  ready_ = std::make_shared<OneShot<std::optional<link::Ready>>>();
  link_ = link::Connection::make(ground_.executor, std::move(socket));
  spawn(ground_, read(shared_from_this(), link_));
}

void Live::rewind() {
  const session::Record* record = ground_.book.get(id_);
  if (record != nullptr) intake_.rewind(*record);
}

void Live::drop() {
  end_looks();
  if (link_) link_->close();
  link_.reset();
  if (out_of_step_) rewind();
  out_of_step_ = false;
}

void Live::leave() noexcept {
  end_looks();
  if (link_) link_->close_after_sending();
  link_.reset();
}

void Live::send(const link::ToRunner& message) {
  if (!link_) return;
  auto frame = link::encode(message);
  if (frame) return link_->send(std::move(*frame));
  log::warn("a message is too large for the link; it was not sent",
            {{"session", id_.str()}, {"problem", frame.error().detail}});
}

asio::awaitable<void> Live::read(std::shared_ptr<Live> self, std::shared_ptr<link::Connection> link) {
  while (self->link_ == link) {
    auto message = co_await link->read();
    if (self->link_ != link) co_return;  // replaced or dropped meanwhile
    if (!message) break;
    auto known = link::from_runner(*message);
    if (known) {
      self->handle(std::move(*known));
    } else if (known.error().code != Errc::unsupported) {
      self->out_of_step(known.error());
    }
    co_await less_in_flight(self, limits::unacked_events);
  }
  if (self->link_ != link) co_return;
  link->close();
  self->end_looks();
  self->started_->set(fail(Errc::start_failed, "its runner ended before it answered"));
  const bool never_ready = self->ready_->set(std::nullopt);
  if (!never_ready && self->lost_) self->lost_(self);
}

void Live::handle(link::FromRunner message) {
  if (auto* events = std::get_if<link::Events>(&message)) return take_events(std::move(events->items));
  if (const auto* result = std::get_if<link::Result>(&message)) return take_result(*result);
  if (auto* screen = std::get_if<link::Screen>(&message)) return take_screen(std::move(*screen));
  if (auto* ready = std::get_if<link::Ready>(&message)) {
    ready_->set(std::move(*ready));
  } else if (std::holds_alternative<link::Started>(message)) {
    started_->set(base::Result<>());
    ready_->set(link::Ready());  // a runner that starts an agent is there
  } else if (auto* refused = std::get_if<link::Refused>(&message)) {
    started_->set(std::move(refused->error));
  } else if (std::holds_alternative<link::Closed>(message)) {
    closed_ = true;
  }
}

void Live::take_events(std::vector<event::Event> events) {
  if (out_of_step_) return;
  auto fresh = intake_.take(std::move(events), base::wall_now());
  if (!fresh) return out_of_step(fresh.error());
  const std::uint64_t last = intake_.staged().last_number;
  if (fresh->empty()) {
    if (in_flight_ == 0) send(link::Ack{last});
    return;
  }
  in_flight_ += fresh->size();
  waiting_.insert(waiting_.end(), std::make_move_iterator(fresh->begin()), std::make_move_iterator(fresh->end()));
  if (!committing_) commit_waiting();
}

void Live::commit_waiting() {
  store::Batch batch;
  batch.events = std::exchange(waiting_, {});
  batch.sessions.push_back(intake_.staged());
  const std::uint64_t last = intake_.staged().last_number;
  const std::size_t count = batch.events.size();
  committing_ = true;
  auto done = [self = shared_from_this(), last, count](const base::Result<Ledger::Stored>& stored) {
    self->on_stored(last, stored, count);
  };
  ledger_.commit(std::move(batch), std::move(done));
}

void Live::on_stored(std::uint64_t last, const base::Result<Ledger::Stored>& stored, std::size_t count) {
  committing_ = false;
  in_flight_ -= count;
  if (!stored) {
    out_of_step(stored.error());
  } else {
    note_stored(last, *stored);
    if (!waiting_.empty()) commit_waiting();
  }
  if (room_) room_->set({});
}

void Live::note_stored(std::uint64_t last, const Ledger::Stored& stored) {
  stored_number_ = last;
  for (const event::Event& event : stored) {
    if (!event.action) continue;
    const auto pending = pending_.find(*event.action);
    if (pending != pending_.end()) pending->second.events.push_back(event.seq);
  }
  send(link::Ack{last});
  const session::Record* record = ground_.book.get(id_);
  if (record != nullptr && record->state == session::State::exited) ended_ = true;
  resolve();
}

void Live::out_of_step(const base::Error& error) {
  if (out_of_step_) return;
  out_of_step_ = true;
  log::warn("events of a session could not be stored; asking its runner for them again",
            {{"session", id_.str()}, {"problem", error.detail}});
  in_flight_ -= waiting_.size();
  waiting_.clear();
  if (link_) link_->close();
}

asio::awaitable<base::Result<>> Live::change(std::function<void(session::Record&)> change) {
  const auto self = shared_from_this();
  co_await not_committing(self);
  change(intake_.staged());
  store::Batch batch;
  batch.sessions.push_back(intake_.staged());
  committing_ = true;  // events that come meanwhile wait: the record must not run ahead of them
  auto stored = co_await ledger_.save(std::move(batch));
  committing_ = false;
  if (!waiting_.empty()) commit_waiting();
  if (room_) room_->set({});
  if (!stored) co_return stored.error();
  co_return base::Result<>();
}

asio::awaitable<void> Live::not_committing(std::shared_ptr<Live> self) {
  while (self->committing_ || self->in_flight_ != 0) {
    if (!self->room_ || self->room_->peek()) self->room_ = std::make_shared<Signal>();
    co_await Signal::wait(self->room_);
  }
}

asio::awaitable<base::Result<>> Live::take_over(std::vector<event::Event> events) {
  const auto self = shared_from_this();
  co_await not_committing(self);
  auto fresh = intake_.take(std::move(events), base::wall_now());
  if (!fresh) co_return fresh.error();
  if (fresh->empty()) co_return base::Result<>();
  const std::uint64_t last = intake_.staged().last_number;
  store::Batch batch;
  batch.events = std::move(*fresh);
  batch.sessions.push_back(intake_.staged());
  auto stored = co_await ledger_.save(std::move(batch));
  if (!stored) {
    rewind();
    co_return stored.error();
  }
  stored_number_ = last;
  ended_ = intake_.staged().state == session::State::exited;
  co_return base::Result<>();
}

asio::awaitable<void> Live::less_in_flight(std::shared_ptr<Live> self, std::size_t count) {
  while (self->in_flight_ >= count) {
    if (!self->room_ || self->room_->peek()) self->room_ = std::make_shared<Signal>();
    co_await Signal::wait(self->room_);
  }
}

asio::awaitable<void> Live::settle(std::shared_ptr<Live> self) { return less_in_flight(std::move(self), 1); }

}  // namespace paddock::control
