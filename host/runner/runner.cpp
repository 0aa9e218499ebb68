// Inputs through journal and machine, effects into the world.
#include "runner/runner.hpp"

#include <csignal>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "link/socket.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
namespace json = boost::json;
namespace effect = session::effect;
namespace input = session::input;
namespace log = base::log;
using link::journal::Type;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

asio::steady_timer::time_point time_of(std::uint64_t mono_ns) {
  return asio::steady_timer::time_point(std::chrono::nanoseconds(mono_ns));
}

}  // namespace

Runner::Runner(Session session, base::UniqueFd first_link)
    : io_(1),
      session_(std::move(session)),
      machine_(session_.setup),
      acceptor_(io_),
      arrived_(io_.get_executor()),
      room_(io_.get_executor()),
      drained_(io_.get_executor()),
      agent_end_(io_),
      adapter_end_(io_),
      memory_(io_),
      children_(io_),
      tick_timer_(io_),
      drain_timer_(io_),
      orphan_timer_(io_),
      retry_timer_(io_),
      retry_accept_(io_) {
  session_.adapter->attach(io_.get_executor());
  link_ = link::Connection::make(io_.get_executor(), std::move(first_link));
}

Runner::~Runner() = default;

void Runner::run() {
  const int pid = session_.agent.pid;
  // Who hears that it started may be a later daemon's past in a moment, and that one must find us.
  auto listening = link::listen(session_.launch.session_dir);
  if (auto frame = link::encode(link::FromRunner(link::Started{pid}))) link_->send(std::move(*frame));
  ready(*link_);
  adopt(link_);
  if (listening) {
    acceptor_.assign(asio::local::stream_protocol(), listening->release());
    asio::co_spawn(io_, accept(), asio::detached);
  } else {
    log::warn("no later daemon can connect to this runner", {{"problem", listening.error().detail}});
  }
  take(input::Started{pid});
  start_agent_io();
  asio::co_spawn(io_, watch_adapter(), asio::detached);
  asio::co_spawn(io_, pump(), asio::detached);
  // What the launch needed is not needed any more; a small runner is the point of this program.
  session_.launch.adapter_request = {};
  session_.launch.environment = {};
  session_.launch.secrets = {};
  session_.launch.cgroup = {};
  session_.adapter->forget_description();
  io_.run();
  if (listening) link::retire(session_.launch.session_dir);
}

bool Runner::journal(Type type, event::Channel channel, const session::Stamp& stamp, std::string_view payload) {
  auto put = session_.journal.append(type, channel, stamp, payload);
  if (!put && !journal_full_) {
    log::error("the journal cannot be written, the agent's output waits", {{"problem", put.error().detail}});
  }
  journal_full_ = !put;
  return bool(put);
}

/// Journals an input and queues it for the machine; false when the journal did not take it.
bool Runner::take(session::Input input, std::string bytes) {
  const session::Stamp stamp = stamp_now();
  const Written record = to_record(input);
  const bool is_output = record.type == Type::output;
  if (!journal(record.type, record.channel, stamp, is_output ? std::string_view(bytes) : record.payload)) {
    // Without its place in the journal it would make events that no replay makes. Only the end goes
    // on nevertheless: a session that never ends would be worse.
    if (record.type != Type::exited) return false;
  }
  // Recorded; nobody reads it but, where there is one, the screen.
  if (is_output && machine_.raw() && machine_.terminal() == nullptr) return true;
  inbox_bytes_ += bytes.size();
  inbox_.push_back({stamp, std::move(input), std::move(bytes), session_.journal.size()});
  arrived_.notify();
  return true;
}

/// `call` is the first that has no answer: a replay must not ask it either.
void Runner::note_adapter_failure(const session::Stamp& stamp, std::uint64_t call, std::string_view code,
                                  std::string_view detail) {
  (void)journal(Type::adapter_failed, event::Channel::none, stamp, failure_payload(call, code, detail));
  log::warn("the adapter failed, the session goes on without it",
            {{"adapter", session_.launch.adapter_id}, {"code", std::string(code)}, {"problem", std::string(detail)}});
}

asio::awaitable<void> Runner::pump() {
  while (!machine_.finished()) {
    if (inbox_.empty()) {
      flush();
      co_await arrived_.wait();
      continue;
    }
    // A connected daemon that does not keep up holds everything back; nothing is dropped.
    while (connected() && outbox_.full()) {
      flush();
      co_await room_.wait();
    }
    Arrived arrived = std::move(inbox_.front());
    inbox_.pop_front();
    ++begun_;
    co_await process(arrived);
    done_ = begun_;
    done_at_ = arrived.journal_end;
    answer_looks();
    inbox_bytes_ -= arrived.bytes.size();
    room_.notify();
  }
  flush();
}

asio::awaitable<void> Runner::process(Arrived& arrived) {
  if (auto* output = std::get_if<input::Output>(&arrived.input)) output->bytes = arrived.bytes;
  if (std::holds_alternative<input::Tick>(arrived.input)) tick_queued_ = false;
  auto call = carry_out(machine_.step(arrived.stamp, arrived.input));
  while (call) {
    auto answer = co_await session_.adapter->call(*call);
    if (answer) {
      call = carry_out(machine_.reply(*answer));
      if (!machine_.raw()) continue;
      log::warn("the adapter says that it is broken", {{"adapter", session_.launch.adapter_id}});
      session_.adapter->kill();  // a replay hears the same from it, so the journal need not say it
    } else {
      const AdapterProcess::Failure& failure = answer.error();
      note_adapter_failure(stamp_now(), machine_.calls(), failure.code, failure.detail);
      call = carry_out(machine_.adapter_failed(failure.code, failure.detail));
    }
  }
  set_timer();
  if (input_) input_->want_taken(machine_.awaits_input_taken());
}

/// Does what is to be done, and returns the call to make, if any.
std::optional<session::AdapterCall> Runner::carry_out(session::Effects effects) {
  std::optional<session::AdapterCall> call;
  for (session::Effect& each : effects) {
    if (auto* emit = std::get_if<effect::Emit>(&each)) {
      outbox_.push(emit->event.number, json::serialize(event::to_json(emit->event, {})));
    } else if (auto* write = std::get_if<effect::WriteInput>(&each)) {
      if (input_) input_->write(std::move(write->bytes));
    } else if (std::holds_alternative<effect::CloseInput>(each)) {
      if (input_) input_->close();
    } else if (const auto* size = std::get_if<effect::Resize>(&each)) {
      resize_terminal(*size);
    } else if (const auto* signal = std::get_if<effect::Signal>(&each)) {
      (void)process::send_signal(session_.agent.pidfd.get(), signal->signo);  // gone is as good
    } else if (std::holds_alternative<effect::KillGroup>(each)) {
      if (auto killed = session_.group.kill(); !killed) {
        log::error("the agent's processes cannot be killed", {{"problem", killed.error().detail}});
      }
    } else if (auto* report = std::get_if<effect::Report>(&each)) {
      flush();  // the events it names come first
      auto frame = link::encode(
          link::FromRunner(link::Result{report->action, report->state, report->code, report->detail, report->numbers}));
      if (frame && connected()) link_->send(std::move(*frame));
    } else if (auto* wanted = std::get_if<effect::Call>(&each)) {
      call = std::move(wanted->call);
    } else if (std::holds_alternative<effect::Finished>(each)) {
      (void)journal(Type::closed, event::Channel::none, stamp_now(), {});
      finished_ = true;
    }
  }
  if (!connected()) outbox_.shed();
  if (outbox_.full()) flush();
  if (finished_) leave_when_done();
  return call;
}

void Runner::set_timer() {
  const auto at = machine_.wake_at_ns();
  if (tick_queued_ || at == tick_at_ns_) return;
  tick_at_ns_ = at;
  if (!at) {
    tick_timer_.cancel();
    return;
  }
  tick_timer_.expires_at(time_of(*at));
  tick_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    tick_at_ns_.reset();
    tick_queued_ = true;
    take(input::Tick{});
  });
}

/// An adapter process that dies while nothing is asked of it is known at once all the same.
asio::awaitable<void> Runner::watch_adapter() {
  adapter_end_.assign(::dup(session_.adapter->pidfd()));
  auto [ec] = co_await adapter_end_.async_wait(Stream::wait_read, kNoThrow);
  if (ec) co_return;
  session_.adapter->reap();
  reap_strays();
  if (machine_.waiting() || machine_.raw() || finished_) co_return;  // the call itself finds out
  if (!inbox_.empty()) co_return;                                    // so does the next call
  const session::Stamp stamp = stamp_now();
  note_adapter_failure(stamp, machine_.calls() + 1, "crash", "its process ended");
  inbox_.push_back({stamp, input::AdapterFailed{"crash", "its process ended"}, {}, session_.journal.size()});
  arrived_.notify();
}

}  // namespace paddock::runner
