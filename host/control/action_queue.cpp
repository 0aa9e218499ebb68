// Prompts that wait for idle, on disk and in order.
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "control/actions.hpp"
#include "control/errors.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace log = base::log;
using base::Errc;
using State = store::Action::State;

namespace {

link::Command prompt_of(const store::Action& action) {
  link::Command command;
  command.action = action.id;
  command.type = "prompt";
  command.body = action.body;
  return command;
}

/// Refusals that only say "not at this moment".
bool only_now(const CommandResult& result) {
  const auto code = errc_of(result.code);
  return code == Errc::busy || code == Errc::unavailable || code == Errc::timeout;
}

}  // namespace

Task<Answer> Actions::queue(store::Action action, bool interrupt) {
  SendQueue& waiting = queues_[action.session];
  action.state = State::queued;
  if (auto pushed = waiting.push(action, interrupt); !pushed) co_return pushed.error();
  if (auto saved = co_await save(action); !saved) {
    queues_[action.session].remove(action.id);
    co_return saved.error();
  }
  const auto live = ground_.lives.find(action.session);
  const session::Record* record = ground_.book.get(action.session);
  const bool works = record != nullptr && record->state != session::State::idle;
  if (interrupt && works && live != ground_.lives.end()) {
    link::Command command;
    command.type = "interrupt";
    live->second->send(command);
  }
  queues_[action.session].ready(action.id);
  look_at_queue(action.session);
  co_return Answer{to_json(action), false};
}

void Actions::look_at_queue(const base::SessionId& id) {
  const auto queue = queues_.find(id);
  if (queue == queues_.end()) return;
  const session::Record* record = ground_.book.get(id);
  if (record == nullptr || record->state == session::State::exited) return fail_queue(id);
  const auto live = ground_.lives.find(id);
  if (live == ground_.lives.end() || !live->second->connected()) return;
  if (auto action = queue->second.next(*record)) {
    spawn(ground_, deliver_queued(live->second, std::move(*action)));
  }
}

asio::awaitable<void> Actions::deliver_queued(std::shared_ptr<Live> live, store::Action action) {
  const session::Record* record = ground_.book.get(action.session);
  const std::uint64_t version = record == nullptr ? 0 : record->state_version;
  const base::SessionId session = action.session;
  auto result = co_await live->perform(prompt_of(action), base::mono_now() + answer_time);
  const bool again = result.state != State::applied && only_now(result) && !live->ended();
  if (const auto queue = queues_.find(session); queue != queues_.end()) {
    if (result.state == State::applied) {
      queue->second.delivered(version);
    } else {
      queue->second.refused(again, version);
    }
  }
  if (!again) {
    auto finished = co_await finish(std::move(action), std::move(result));
    if (!finished) {
      log::warn("a queued prompt was not taken", {{"session", session.str()}, {"problem", finished.error().detail}});
    }
  }
  look_at_queue(session);
}

void Actions::fail_queue(const base::SessionId& id) {
  const auto queue = queues_.find(id);
  store::Batch batch;
  for (store::Action& action : queue->second.drain()) {
    action.state = State::failed;
    action.code = base::name(Errc::wrong_state);
    action.detail = fmt::format("'{}' ended before it was idle", id.str());
    action.updated_at = base::wall_now();
    batch.actions.push_back(std::move(action));
  }
  queues_.erase(queue);
  if (!batch.actions.empty()) ledger_.commit(std::move(batch), nullptr);
}

asio::awaitable<void> Actions::restore() {
  auto open = ground_.store.open_actions();
  if (!open) {
    log::error("actions of an earlier life cannot be read; they are left as they are",
               {{"problem", open.error().detail}});
    co_return;
  }
  store::Batch batch;
  std::vector<base::SessionId> sessions;
  for (store::Action& action : *open) {
    if (action.state == State::queued) {
      sessions.push_back(action.session);
      SendQueue& waiting = queues_[action.session];
      const base::ActionId id = action.id;
      (void)waiting.push(std::move(action));  // they fitted before
      waiting.ready(id);
      continue;
    }
    action.state = State::failed;
    action.code = base::name(Errc::unavailable);
    action.detail = "the host was started anew before the answer came; the session's events tell whether it was taken";
    action.updated_at = base::wall_now();
    batch.actions.push_back(std::move(action));
  }
  if (!batch.actions.empty()) (void)co_await ledger_.save(std::move(batch));
  for (const base::SessionId& session : sessions) look_at_queue(session);
}

}  // namespace paddock::control
