// The contract's words for modes, states and reasons.
#include <algorithm>
#include <array>

#include "session/record.hpp"

namespace paddock::session {
namespace {

constexpr std::array<std::string_view, 3> kModes{"headless", "interactive", "observed"};
constexpr std::array<std::string_view, 6> kStates{"starting", "idle", "working", "blocked", "unknown", "exited"};
constexpr std::array<std::string_view, 5> kBlockedOn{"none", "approval", "question", "login", "limit"};
constexpr std::array<std::string_view, 5> kSources{"protocol", "hook", "screen", "process", "timeout"};
constexpr std::array<std::string_view, 13> kReasons{
    "completed",     "agent_error", "auth_required", "rate_limited", "interrupted", "stopped",     "killed",
    "out_of_memory", "timeout",     "budget",        "crashed",      "lost",        "start_failed"};
static_assert(kModes.size() == std::size_t(Mode::observed) + 1);
static_assert(kStates.size() == std::size_t(State::exited) + 1);
static_assert(kBlockedOn.size() == std::size_t(BlockedOn::limit) + 1);
static_assert(kSources.size() == std::size_t(StateSource::timeout) + 1);
static_assert(kReasons.size() == std::size_t(ExitReason::start_failed) + 1);

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

}  // namespace

std::string_view name(Mode mode) noexcept { return kModes.at(std::size_t(mode)); }
std::string_view name(State state) noexcept { return kStates.at(std::size_t(state)); }
std::string_view name(BlockedOn on) noexcept { return kBlockedOn.at(std::size_t(on)); }
std::string_view name(StateSource source) noexcept { return kSources.at(std::size_t(source)); }
std::string_view name(ExitReason reason) noexcept { return kReasons.at(std::size_t(reason)); }

std::optional<Mode> mode_of(std::string_view text) noexcept { return find_name<Mode>(kModes, text); }
std::optional<State> state_of(std::string_view text) noexcept { return find_name<State>(kStates, text); }
std::optional<BlockedOn> blocked_on_of(std::string_view text) noexcept {
  return find_name<BlockedOn>(kBlockedOn, text);
}
std::optional<StateSource> state_source_of(std::string_view text) noexcept {
  return find_name<StateSource>(kSources, text);
}
std::optional<ExitReason> exit_reason_of(std::string_view text) noexcept {
  return find_name<ExitReason>(kReasons, text);
}

}  // namespace paddock::session
