// Carrying out what people ask of sessions: on disk first, then to the runner, then the answer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "control/action_request.hpp"
#include "control/ground.hpp"
#include "control/ledger.hpp"
#include "control/live.hpp"
#include "control/one_shot.hpp"
#include "control/send_queue.hpp"

namespace paddock::control {

/// The action as the API shows it: {id, type, state, session, request_ref?, events[], ...}.
boost::json::object to_json(const store::Action& action);

/// Type and ref of the actions being carried out, and a signal for who waits.
using ActionsAtWork = std::map<std::pair<std::string, std::string>, std::shared_ptr<Signal>>;

/// Use on the ground's strand; outlives every coroutine it starts.
class Actions {
 public:
  Actions(Ground& ground, Ledger& ledger) : ground_(ground), ledger_(ledger) {}

  /// The whole use case of POST /v1/sessions/{id}/actions. A rejected or failed action is an error with the
  /// runner's code, on a replay too.
  Task<Answer> act(std::string key, boost::json::value body, std::string idempotency_key);

  base::Result<Page> list(const ListQuery& query) const;
  base::Result<boost::json::object> show(std::string_view id) const;

  /// After a start of the daemon: queued prompts wait again; what was accepted but never answered is failed.
  boost::asio::awaitable<void> restore();

  /// The session changed: delivers its next queued prompt when it is idle, or ends the queue with it.
  void look_at_queue(const base::SessionId& id);

  /// The runner may have gone away without an answer; `kill` then kills the group itself.
  static constexpr std::chrono::seconds answer_time{60};
  static constexpr std::chrono::seconds kill_time{3};

 private:
  struct Asked {
    ActionRequest request;
    std::string ref;
    std::string body_hash;
    base::SessionId session;
  };
  using Ended = base::Result<Answer>;

  base::Result<Asked> read(std::string_view key, const boost::json::value& body, std::string idempotency_key) const;
  Task<Answer> carry_out(Asked asked);
  Task<Answer> replay(const Asked& asked, store::Action earlier) const;
  base::Result<> permit(const Asked& asked) const;
  Task<Answer> queue(store::Action action, bool interrupt);
  Task<Answer> deliver(store::Action action, link::Command command);
  Task<Answer> set(store::Action action, ActionRequest request);
  base::Result<> set_limits(const std::shared_ptr<Live>& live, const policy::Resources& wanted,
                            const policy::Policy& policy);
  boost::asio::awaitable<CommandResult> ask(std::shared_ptr<Live> live, link::Command command);
  boost::asio::awaitable<void> deliver_queued(std::shared_ptr<Live> live, store::Action action);
  Task<Answer> finish(store::Action action, CommandResult result);
  boost::asio::awaitable<base::Result<>> save(store::Action action);
  void fail_queue(const base::SessionId& id);

  Ground& ground_;
  Ledger& ledger_;
  std::map<base::SessionId, SendQueue> queues_;
  /// Actions with a ref that are being carried out: a second one waits for the first.
  std::shared_ptr<ActionsAtWork> at_work_ = std::make_shared<ActionsAtWork>();
  /// Approvals whose answer is on its way: they are closed for others.
  std::map<std::pair<base::SessionId, std::string>, base::ActionId> answering_;
};

}  // namespace paddock::control
