// One action from its body to its answer.
#include "control/actions.hpp"

#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "base/log.hpp"
#include "control/digest.hpp"
#include "control/errors.hpp"
#include "control/figures.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
using base::Errc;
using base::fail;
using State = store::Action::State;

namespace {

store::Action make_action(const base::SessionId& session, const ActionRequest& request, std::string ref,
                          std::string body_hash) {
  store::Action action;
  action.id = base::ActionId::make();
  action.session = session;
  action.type = name(request.verb);
  action.request_ref = std::move(ref);
  action.body_hash = std::move(body_hash);
  action.created_at = action.updated_at = base::wall_now();
  if (request.verb == Verb::send) action.body = request.body;
  return action;
}

link::Command make_command(const store::Action& action, const ActionRequest& request) {
  link::Command command;
  command.action = action.id;
  command.type = command_type(request.verb);
  command.ref = request.ref;
  command.body = request.body;
  if (request.verb == Verb::stop) command.caused_by = "stopped";
  return command;
}

/// Puts something at work as long as it lives, and tells who waits. Holds the map: the coroutine it stands in
/// may be the last to go.
class AtWork {
 public:
  AtWork(std::shared_ptr<ActionsAtWork> map, std::pair<std::string, std::string> key)
      : map_(std::move(map)), key_(std::move(key)) {
    map_->emplace(key_, std::make_shared<Signal>());
  }
  ~AtWork() {
    const auto at = map_->find(key_);
    at->second->set({});
    map_->erase(at);
  }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;

 private:
  std::shared_ptr<ActionsAtWork> map_;
  std::pair<std::string, std::string> key_;
};

base::Result<Answer> answer_of(const store::Action& action, bool replayed) {
  if (action.state == State::rejected || action.state == State::failed) {
    return fail(errc_of(action.code), action.detail);
  }
  return Answer{to_json(action), replayed};
}

}  // namespace

json::object to_json(const store::Action& action) {
  json::object out{{"id", action.id.str()}, {"type", action.type}, {"state", store::name(action.state)}};
  out["session"] = action.session.str();
  if (!action.request_ref.empty()) out["request_ref"] = action.request_ref;
  if (!action.code.empty()) out["code"] = action.code;
  if (!action.detail.empty()) out["detail"] = action.detail;
  json::array& events = out["events"].emplace_array();
  for (const std::uint64_t seq : action.events) events.push_back(seq);
  for (const std::string_view key : {"changed", "unchanged"}) {
    if (const json::value* value = action.body.if_contains(key)) out[key] = *value;
  }
  out["created_at"] = base::format_time(action.created_at);
  out["updated_at"] = base::format_time(action.updated_at);
  return out;
}

base::Result<Actions::Asked> Actions::read(std::string_view key, const json::value& body,
                                           std::string idempotency_key) const {
  auto request = action_from_json(body);
  if (!request) return request.error();
  auto record = ground_.book.find(key);
  if (!record) return record.error();
  Asked asked;
  asked.session = (*record)->id;
  asked.ref = request->request_ref.empty() ? std::move(idempotency_key) : request->request_ref;
  asked.request = std::move(*request);
  json::object hashed = body.get_object();
  hashed.erase("request_ref");
  asked.body_hash = sha256_hex(asked.session.str() + canonical_json(hashed));
  return asked;
}

Task<Answer> Actions::act(std::string key, json::value body, std::string idempotency_key) {
  if (ground_.stopping) co_return fail(Errc::unavailable, "the host is stopping; nothing was done");
  auto asked = read(key, body, std::move(idempotency_key));
  if (!asked) co_return asked.error();
  if (asked->ref.empty()) co_return co_await carry_out(std::move(*asked));
  const std::pair<std::string, std::string> work(name(asked->request.verb), asked->ref);
  for (auto at = at_work_->find(work); at != at_work_->end(); at = at_work_->find(work)) {
    co_await Signal::wait(std::shared_ptr(at->second));
  }
  auto earlier = ground_.store.action_by_ref(work.first, work.second);
  if (!earlier) co_return earlier.error();
  if (*earlier) co_return co_await replay(*asked, std::move(**earlier));
  const AtWork at_work(at_work_, work);
  co_return co_await carry_out(std::move(*asked));
}

Task<Answer> Actions::replay(const Asked& asked, store::Action earlier) const {
  if (earlier.body_hash != asked.body_hash) {
    co_return fail(Errc::idempotency_mismatch,
                   fmt::format("'{}' was used for another '{}' before; nothing was done", asked.ref, earlier.type));
  }
  co_return answer_of(earlier, true);
}

base::Result<> Actions::permit(const Asked& asked) const {
  const session::Record* record = ground_.book.get(asked.session);
  if (record == nullptr) return fail(Errc::not_found, fmt::format("'{}' was removed", asked.session.str()));
  const auto live = ground_.lives.find(asked.session);
  const bool confirmed = live != ground_.lives.end() && live->second->connected();
  if (auto permitted = permit_action(asked.request, *record, base::wall_now(), confirmed); !permitted) return permitted;
  if (!asked.request.ref.empty() && answering_.contains({asked.session, asked.request.ref})) {
    return fail(Errc::approval_closed,
                fmt::format("'{}' is being answered already; nothing was done", asked.request.ref));
  }
  if (asked.request.policy && ground_.find_policy(*asked.request.policy) == nullptr) {
    return fail(Errc::not_found, fmt::format("there is no policy '{}'; nothing was done", *asked.request.policy));
  }
  return {};
}

Task<Answer> Actions::carry_out(Asked asked) {
  if (auto permitted = permit(asked); !permitted) co_return permitted.error();
  store::Action action = make_action(asked.session, asked.request, asked.ref, asked.body_hash);
  const ActionRequest& request = asked.request;
  if (request.verb == Verb::send && request.when != When::now) {
    co_return co_await queue(std::move(action), request.when == When::interrupt);
  }
  if (request.verb == Verb::set) co_return co_await set(std::move(action), request);
  link::Command command = make_command(action, request);
  if (request.ref.empty()) co_return co_await deliver(std::move(action), std::move(command));
  const auto place = answering_.emplace(std::pair(asked.session, request.ref), action.id).first;
  auto answer = co_await deliver(std::move(action), std::move(command));
  answering_.erase(place);
  co_return answer;
}

Task<Answer> Actions::deliver(store::Action action, link::Command command) {
  if (auto saved = co_await save(action); !saved) co_return saved.error();
  const auto live = ground_.lives.find(action.session);
  CommandResult result;
  if (live == ground_.lives.end()) {
    result.code = base::name(Errc::wrong_state);
    result.detail = fmt::format("'{}' has ended", action.session.str());
  } else {
    result = co_await ask(live->second, std::move(command));
  }
  co_return co_await finish(std::move(action), std::move(result));
}

asio::awaitable<CommandResult> Actions::ask(std::shared_ptr<Live> live, link::Command command) {
  const bool kills = command.type == "kill";
  const auto patience = kills ? std::chrono::seconds(kill_time) : std::chrono::seconds(answer_time);
  auto result = co_await live->perform(std::move(command), base::mono_now() + patience);
  if (!kills || result.state == State::applied || live->ended()) co_return result;
  // The runner does not answer: the kernel can do it without it.
  auto paths = group_paths_from_json(live->staged().cgroup);
  auto killed = ground_.machine->kill_group(paths);
  if (paths.empty() || !killed) co_return result;
  CommandResult applied;
  applied.state = State::applied;
  co_return applied;
}

Task<Answer> Actions::finish(store::Action action, CommandResult result) {
  action.state = result.state;
  action.code = std::move(result.code);
  action.detail = std::move(result.detail);
  action.events = std::move(result.events);
  action.updated_at = base::wall_now();
  if (auto saved = co_await save(action); !saved) co_return saved.error();
  co_return answer_of(action, false);
}

asio::awaitable<base::Result<>> Actions::save(store::Action action) {
  store::Batch batch;
  batch.actions.push_back(std::move(action));
  auto saved = co_await ledger_.save(std::move(batch));
  if (!saved) co_return saved.error();
  co_return base::Result<>();
}

base::Result<json::object> Actions::show(std::string_view id) const {
  auto parsed = base::ActionId::parse(id);
  if (!parsed) return fail(Errc::not_found, fmt::format("there is no action '{}'", id));
  auto found = ground_.store.action(*parsed);
  if (!found) return found.error();
  if (!*found) return fail(Errc::not_found, fmt::format("there is no action '{}'", id));
  return to_json(**found);
}

}  // namespace paddock::control
