// Starting sessions: every check first, then group, row, runner, agent; or nothing of it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "control/adapters.hpp"
#include "control/environment.hpp"
#include "control/ground.hpp"
#include "control/ledger.hpp"
#include "control/live.hpp"

namespace paddock::control {

/// What a checked request leads to, before anything was made.
struct LaunchDraft {
  session::Record record;
  session::Launch launch;
  cgroup::Limits limits;       ///< to be enforced
  bool makes_workdir = false;  ///< the folder of the session's own
};

/// What the checks need to know beside the request. Plain data.
struct LaunchContext {
  const adapter::Description* adapter = nullptr;
  const policy::Policy* policy = nullptr;
  cgroup::Features features;
  std::filesystem::path sessions_dir;
  Variables host_environment;
  Variables secrets;
  boost::json::object screen_rules;  ///< of the adapter, for an interactive session
};

/// Every decision of a start that needs no I/O but looking at the working directory. Fails with the
/// contract's codes; nothing was made then.
base::Result<LaunchDraft> draft_launch(const session::Request& request, const LaunchContext& context,
                                       base::WallTime now);

/// The request as one JSON value, for recognising the same request again.
boost::json::object canonical_request(const session::Request& request);

/// Use on the ground's strand.
class Launches {
 public:
  /// `lost` is given to each session that is started, see Live::attach().
  Launches(Ground& ground, Ledger& ledger, Adapters& adapters, std::function<void(std::shared_ptr<Live>)> lost)
      : ground_(ground), ledger_(ledger), adapters_(adapters), lost_(std::move(lost)) {}

  /// See Host::start_session().
  Task<Answer> start(session::Request request, std::string key);

 private:
  base::Result<LaunchDraft> draft(const session::Request& request) const;
  base::Result<> room_for(const session::Request& request) const;
  Task<Answer> start_new(session::Request request, std::string key, std::string hash);
  boost::asio::awaitable<base::Result<std::shared_ptr<Live>>> bring_up(LaunchDraft draft);
  boost::asio::awaitable<base::Result<>> run(std::shared_ptr<Live> live, LaunchDraft& draft);
  boost::asio::awaitable<void> undo(LaunchDraft draft, std::shared_ptr<Live> live);

  Ground& ground_;
  Ledger& ledger_;
  Adapters& adapters_;
  std::function<void(std::shared_ptr<Live>)> lost_;
  /// Sessions being started; shared with their coroutines.
  struct Starting {
    std::size_t count = 0;
    std::set<std::string, std::less<>> names;
    std::map<std::string, std::shared_ptr<Signal>> keys;  ///< of idempotency
  };
  class Reservation;
  std::shared_ptr<Starting> starting_ = std::make_shared<Starting>();
};

}  // namespace paddock::control
