// What every use case stands on: the strand, the settings, and the parts of the host that are shared.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "control/book.hpp"
#include "control/host.hpp"
#include "control/machine.hpp"
#include "control/one_shot.hpp"

namespace paddock::control {

class Live;

/// Shared by all parts of one host; everything in it is used on `executor` only. Outlives all of them.
struct Ground {
  boost::asio::any_io_executor executor;
  Settings settings;
  store::Store& store;
  watch::Hub& hub;
  metrics::Registry& metrics;
  std::unique_ptr<Machine> machine;
  Book book;
  /// Sessions that have (or wait for) a runner.
  std::map<base::SessionId, std::shared_ptr<Live>> lives;
  bool stopping = false;

  /// `<state_dir>/sessions/<id>`.
  std::filesystem::path folder_of(const base::SessionId& id) const {
    return settings.state_dir / "sessions" / id.str();
  }
  /// The policy of that name; an empty one for "default" when there is no such file.
  const policy::Policy* find_policy(std::string_view name) const;
};

/// Runs a coroutine on the strand until it ends by itself; an exception that escapes it is logged.
void spawn(Ground& ground, boost::asio::awaitable<void> work);

}  // namespace paddock::control
