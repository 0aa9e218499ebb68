// Commands on their way to a runner and what became of them: a result waits for the events it caused.
#include <utility>

#include <fmt/format.h>

#include "control/live.hpp"

namespace paddock::control {
namespace asio = boost::asio;
using base::Errc;

namespace {

CommandResult result_of(const link::Result& message) {
  CommandResult result;
  if (message.state == "applied") result.state = store::Action::State::applied;
  if (message.state == "rejected") result.state = store::Action::State::rejected;
  if (result.state == store::Action::State::applied) return result;
  result.code = message.code.empty() ? base::name(Errc::internal) : message.code;
  result.detail = message.detail;
  return result;
}

bool ends_session(std::string_view type) { return type == "stop" || type == "kill" || type == "finish"; }

}  // namespace

void Live::take_result(const link::Result& message) {
  const auto pending = pending_.find(message.action);
  if (pending == pending_.end()) return;
  pending->second.result = result_of(message);
  pending->second.needs_number = intake_.staged().last_number;
  resolve();
}

void Live::resolve() {
  for (auto at = pending_.begin(); at != pending_.end();) {
    Pending& pending = at->second;
    if (!pending.result || pending.needs_number > stored_number_) {
      ++at;
      continue;
    }
    pending.result->events = std::move(pending.events);
    pending.done->set(std::move(*pending.result));
    at = pending_.erase(at);
  }
}

void Live::finish_commands() {
  for (auto& [id, pending] : pending_) {
    CommandResult result;
    result.events = std::move(pending.events);
    if (ended_ && ends_session(pending.type)) {
      result.state = store::Action::State::applied;
    } else if (ended_) {
      result.code = base::name(Errc::wrong_state);
      result.detail = fmt::format("'{}' ended before it took the '{}'", id_.str(), pending.type);
    } else {
      result.code = base::name(Errc::unavailable);
      result.detail =
          fmt::format("the runner of '{}' went away; whether the '{}' was taken is not known", id_.str(), pending.type);
    }
    pending.done->set(std::move(result));
  }
  pending_.clear();
}

asio::awaitable<CommandResult> Live::perform(link::Command command, base::MonoTime deadline) {
  const base::ActionId action = command.action.value_or(base::ActionId());
  auto done = std::make_shared<OneShot<CommandResult>>();
  Pending pending;
  pending.type = command.type;
  pending.done = done;
  pending_.emplace(action, std::move(pending));
  send(command);
  const auto self = shared_from_this();
  if (!connected()) finish_commands();
  auto result = co_await OneShot<CommandResult>::wait(done, deadline);
  if (result) co_return std::move(*result);
  self->pending_.erase(action);
  CommandResult late;
  late.code = base::name(Errc::timeout);
  late.detail = fmt::format("the runner of '{}' did not answer the '{}' in time", self->id_.str(), command.type);
  co_return late;
}

}  // namespace paddock::control
