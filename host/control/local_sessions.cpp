// Questions about sessions, and forgetting them.
#include <utility>

#include <fmt/format.h>

#include "control/figures.hpp"
#include "control/folders.hpp"
#include "control/local_host.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
using base::Errc;
using base::fail;

Task<Answer> LocalHost::start_session(session::Request request, std::string idempotency_key) {
  return launches_.start(std::move(request), std::move(idempotency_key));
}

base::Result<Page> LocalHost::sessions(const ListQuery& query) const {
  auto page = ground_.book.list(query);
  if (page) page->cursor = cursor();
  return page;
}

base::Result<session::Record> LocalHost::find(std::string_view key) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  return **found;
}

json::object LocalHost::shown(const session::Record& record) const {
  json::object out = session::to_json(record);
  const auto live = ground_.lives.find(record.id);
  if (live == ground_.lives.end() || live->second->gauge() == nullptr) return out;
  if (record.state == session::State::exited) return out;  // its final figures stand in the record
  Gauge& gauge = *live->second->gauge();
  json::object fresh = resources_json(gauge.usage(), gauge.pressure());
  json::value& resources = out["resources"];
  if (!resources.is_object()) resources.emplace_object();
  for (auto& member : fresh) resources.get_object()[member.key()] = std::move(member.value());
  return out;
}

base::Result<json::object> LocalHost::session(std::string_view key) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  return shown(**found);
}

Task<void> LocalHost::remove_session(std::string_view key) {
  auto found = ground_.book.find(key);
  return remove(found ? (*found)->id : base::SessionId(), found ? base::Result<>() : found.error());
}

Task<void> LocalHost::remove(base::SessionId id, base::Result<> found) {
  if (!found) co_return found.error();
  const session::Record* record = ground_.book.get(id);
  if (record == nullptr) co_return fail(Errc::not_found, fmt::format("there is no session '{}'", id.str()));
  if (record->state != session::State::exited) {
    co_return fail(Errc::wrong_state, fmt::format("'{}' is {}; stop it first, nothing was removed", id.str(),
                                                  session::name(record->state)));
  }
  if (const auto live = ground_.lives.find(id); live != ground_.lives.end()) {
    const auto held = live->second;  // its runner is still leaving
    held->drop();
    ground_.lives.erase(id);
    co_await Live::settle(held);
    (void)co_await ground_.machine->clear_group(group_paths_from_json(held->staged().cgroup));
  }
  store::Batch batch;
  batch.forget.push_back(id);
  if (auto saved = co_await ledger_.save(std::move(batch)); !saved) co_return saved.error();
  reactions_.forget(id);
  co_return remove_folder(ground_.settings.state_dir / "sessions", id.str());
}

base::Result<Page> LocalHost::events(std::string_view key, std::uint64_t after, std::size_t limit) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  store::EventFilter filter;
  filter.sessions = {(*found)->id};
  auto events = ground_.store.events(after, limit, filter);
  if (!events) return events.error();
  Page page;
  const std::string& stream = ground_.store.stream().str();
  for (const event::Event& event : *events) page.items.push_back(event::to_json(event, stream));
  if (events->size() == limit) page.next_page = std::to_string(events->back().seq);
  page.cursor = cursor();
  return page;
}

base::Result<json::object> LocalHost::explain(std::string_view key) const {
  auto found = ground_.book.find(key);
  if (!found) return found.error();
  const session::Record& record = **found;
  std::optional<Evidence::Kernel> kernel;
  if (const auto live = ground_.lives.find(record.id); live != ground_.lives.end()) {
    kernel.emplace();
    kernel->runner_connected = live->second->connected();
    if (Gauge* gauge = live->second->gauge()) {
      kernel->usage = gauge->usage();
      for (const pid_t pid : gauge->processes()) kernel->processes.push_back(pid);
    }
  }
  return reactions_.evidence_of(record.id).explain(record, kernel, base::wall_now());
}

Task<json::object> LocalHost::wait(std::string key, std::vector<session::State> states,
                                   std::optional<std::uint64_t> after_version, std::chrono::milliseconds timeout) {
  auto found = ground_.book.find(key);
  if (!found) co_return found.error();
  const auto deadline = base::mono_now() + timeout;
  auto reached = co_await ledger_.wait((*found)->id, std::move(states), after_version, deadline);
  if (!reached) co_return reached.error();
  co_return shown(*reached);
}

Task<Answer> LocalHost::act(std::string key, json::value body, std::string idempotency_key) {
  auto answer = co_await actions_.act(key, body, std::move(idempotency_key));
  if (answer && !answer->replayed) tell_terminal(answer->body, body);
  co_return answer;
}

base::Result<Page> LocalHost::actions(const ListQuery& query) const {
  auto page = actions_.list(query);
  if (page) page->cursor = cursor();
  return page;
}

base::Result<json::object> LocalHost::action(std::string_view id) const { return actions_.show(id); }

base::Result<Page> LocalHost::approvals(const ListQuery& query) const {
  auto page = ground_.book.approvals(query);
  if (page) page->cursor = cursor();
  return page;
}

}  // namespace paddock::control
