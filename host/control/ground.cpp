// Finding policies and starting coroutines.
#include "control/ground.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>

#include "base/log.hpp"

namespace paddock::control {
namespace log = base::log;

const policy::Policy* Ground::find_policy(std::string_view name) const {
  static const policy::Policy kBuiltIn;
  const auto at = settings.policies.policies.find(name);
  if (at != settings.policies.policies.end()) return &at->second;
  return name == kBuiltIn.name ? &kBuiltIn : nullptr;
}

void spawn(Ground& ground, boost::asio::awaitable<void> work) {
  const auto report = [](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& problem) {
      log::error("a task of the host failed; the host goes on without it", {{"problem", problem.what()}});
    }
  };
  boost::asio::co_spawn(ground.executor, std::move(work), report);
}

}  // namespace paddock::control
