// Questions a session's runner answers at once: has it started, is it ready, what is on the screen.
#include <utility>

#include "control/live.hpp"

namespace paddock::control {
namespace asio = boost::asio;
using base::Errc;
using base::fail;

asio::awaitable<base::Result<>> Live::started(base::MonoTime deadline) {
  const auto self = shared_from_this();
  auto answer = co_await OneShot<base::Result<>>::wait(started_, deadline);
  if (!answer) co_return fail(Errc::start_failed, "its runner did not answer in time");
  co_return std::move(*answer);
}

asio::awaitable<std::optional<link::Ready>> Live::ready(base::MonoTime deadline) {
  const auto self = shared_from_this();
  auto said = co_await OneShot<std::optional<link::Ready>>::wait(ready_, deadline);
  if (!said || !connected()) co_return std::nullopt;
  co_return *said;
}

asio::awaitable<std::optional<link::Screen>> Live::look(link::Look look, base::MonoTime deadline) {
  const auto self = shared_from_this();
  if (!connected()) co_return std::nullopt;
  look.look = ++last_look_;
  const auto looked = std::make_shared<Looked>();
  looks_.emplace(look.look, looked);
  send(look);
  auto seen = co_await Looked::wait(looked, deadline);
  self->looks_.erase(look.look);
  if (!seen) co_return std::nullopt;
  co_return std::move(*seen);
}

void Live::take_screen(link::Screen screen) {
  const auto at = looks_.find(screen.look);
  if (at != looks_.end()) at->second->set(std::move(screen));
}

void Live::end_looks() {
  for (auto& [number, looked] : std::exchange(looks_, {})) looked->set(std::nullopt);
}

}  // namespace paddock::control
