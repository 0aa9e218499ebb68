// Numbers without holes, and the end of a session nobody can ask any more.
#include "control/intake.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace paddock::control {
namespace json = boost::json;
using base::Errc;
using base::fail;

base::Result<std::vector<event::Event>> Intake::take(std::vector<event::Event> events, base::WallTime now) {
  std::uint64_t last = staged_.last_number;
  std::vector<event::Event> fresh;
  fresh.reserve(events.size());
  for (event::Event& event : events) {
    if (event.session != staged_.id || event.runtime != staged_.runtime) {
      return fail(Errc::corrupt, fmt::format("event {} of '{}' came on the link of '{}'", event.number,
                                             event.runtime.str(), staged_.id.str()));
    }
    if (event.number <= last) continue;
    if (event.number != last + 1) {
      return fail(Errc::corrupt,
                  fmt::format("event {} of '{}' came after event {}", event.number, staged_.id.str(), last));
    }
    last = event.number;
    event.observed_at = now;
    fresh.push_back(std::move(event));
  }
  for (const event::Event& event : fresh) session::apply(staged_, event);
  staged_.last_number = std::max(staged_.last_number, last);
  return fresh;
}

std::vector<event::Event> last_words(const session::Record& record, session::ExitReason reason,
                                     const std::string& detail, base::WallTime now) {
  if (record.state == session::State::exited) return {};
  event::Event outcome;
  outcome.number = record.last_number + 1;
  outcome.time = outcome.observed_at = now;
  outcome.session = record.id;
  outcome.runtime = record.runtime;
  outcome.kind = event::Kind::outcome;
  outcome.source.channel = event::Channel::host;
  outcome.data =
      json::object{{"result", "unknown"}, {"retryable", false}, {"reason", session::name(reason)}, {"text", detail}};
  event::Event state = outcome;
  state.number = outcome.number + 1;
  state.kind = event::Kind::state;
  json::object exit{{"reason", session::name(reason)}, {"detail", detail}};
  state.data = json::object{{"state", "exited"}, {"version", record.state_version + 1}, {"exit", std::move(exit)}};
  return {std::move(outcome), std::move(state)};
}

}  // namespace paddock::control
