// Scripted runners and groups that are only names.
#include "control/fake_machine.hpp"

#include <filesystem>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/serialize.hpp>

#include "base/time.hpp"
#include "link/socket.hpp"

namespace paddock::control::testing {
namespace asio = boost::asio;
namespace json = boost::json;
using base::Errc;
using base::fail;

void FakeRunner::serve(base::UniqueFd socket) {
  if (link_) link_->close();
  link_ = link::Connection::make(io_.get_executor(), std::move(socket));
  asio::co_spawn(io_, talk(shared_from_this(), link_), asio::detached);
  link::Ready ready;
  if (launch) {
    ready.session = launch->session;
    ready.runtime = launch->runtime;
  }
  ready.last_number = journal.size();
  send(ready);
}

asio::awaitable<void> FakeRunner::talk(std::shared_ptr<FakeRunner> self, std::shared_ptr<link::Connection> link) {
  for (;;) {
    auto message = co_await link->read();
    if (!message || self->link_ != link) co_return;
    auto known = link::to_runner(*message);
    if (known) self->take(std::move(*known));
  }
}

void FakeRunner::take(link::ToRunner message) {
  if (const auto* wish = std::get_if<link::Launch>(&message)) return take_launch(*wish);
  if (const auto* hello = std::get_if<link::Hello>(&message)) {
    hellos.push_back(hello->after);
    return send_again(hello->after + 1);
  }
  if (const auto* ack = std::get_if<link::Ack>(&message)) {
    acked = std::max(acked, ack->number);
    const bool over = !journal.empty() && journal.back().kind == event::Kind::state &&
                      journal.back().data.at("state") == "exited" && acked == journal.size();
    if (!over || closed) return;
    closed = true;
    send(link::Closed{});
    link_->close_after_sending();
    alive = false;
    return;
  }
  if (const auto* changed = std::get_if<link::Limits>(&message)) return limits.push_back(*changed);
  if (std::holds_alternative<link::Bye>(message)) said_bye = true;
  const auto* command = std::get_if<link::Command>(&message);
  if (command == nullptr) return;
  commands.push_back(*command);
  if (!on_command) {
    if (command->action) send(link::Result{*command->action, "applied", "", "", {}});
    return;
  }
  if (auto result = on_command(*command); result && command->action) {
    result->action = *command->action;
    send(*result);
  }
}

void FakeRunner::take_launch(const link::Launch& message) {
  launch = message.launch;
  switch (on_launch) {
    case OnLaunch::start:
    case OnLaunch::run_to_end:
      send(link::Started{4711});
      emit(event::Kind::state, json::object{{"state", "starting"}, {"version", ++version_}, {"pid", 4711}});
      if (on_launch == OnLaunch::run_to_end) exit("completed");
      return;
    case OnLaunch::refuse:
      alive = false;
      send(link::Refused{fail(Errc::agent_not_found, "'claude' is not on this machine")});
      return link_->close_after_sending();
    case OnLaunch::ignore: return;
    case OnLaunch::die: return die();
  }
}

void FakeRunner::send(const link::FromRunner& message) {
  if (!link_ || !link_->is_open()) return;
  auto frame = link::encode(message);
  if (frame) link_->send(std::move(*frame));
}

void FakeRunner::emit(event::Kind kind, json::object data, std::string ref, std::optional<base::ActionId> action) {
  event::Event event;
  event.number = journal.size() + 1;
  event.time = base::wall_now();
  event.session = launch->session;
  event.runtime = launch->runtime;
  event.kind = kind;
  event.source = {event::Channel::out, event.number * 10, event.number * 10 + 5};
  event.ref = std::move(ref);
  event.action = std::move(action);
  event.data = std::move(data);
  journal.push_back(event);
  send(link::Events{{event}});
}

void FakeRunner::state(std::string_view state, std::string_view blocked_on) {
  json::object data{{"state", state}, {"version", ++version_}};
  if (!blocked_on.empty()) data["blocked_on"] = blocked_on;
  emit(event::Kind::state, std::move(data));
}

void FakeRunner::exit(std::string_view reason, int code) {
  emit(event::Kind::outcome, json::object{{"result", "success"}, {"reason", reason}});
  json::object end{{"code", code}, {"reason", reason}, {"detail", ""}};
  emit(event::Kind::state, json::object{{"state", "exited"}, {"version", ++version_}, {"exit", std::move(end)}});
}

void FakeRunner::send_again(std::uint64_t number) {
  link::Events events;
  for (const event::Event& event : journal) {
    if (event.number >= number) events.items.push_back(event);
  }
  if (!events.items.empty()) send(events);
}

void FakeRunner::die() {
  alive = false;
  if (link_) link_->close();
}

void FakeRunner::hang_up() {
  if (link_) link_->close();
}

FakeRunner& World::runner_of(const std::string& session_id) {
  for (auto& [folder, runner] : runners) {
    if (folder.ends_with(session_id)) return *runner;
  }
  throw std::logic_error("there is no runner of " + session_id);
}

namespace {

class FakeGauge final : public Gauge {
  cgroup::Usage usage() override {
    cgroup::Usage usage;
    usage.memory = base::mib(12);
    usage.cpu_total = std::chrono::milliseconds(1500);
    usage.pids = 3;
    return usage;
  }
  cgroup::Pressures pressure() override { return {}; }
  std::vector<pid_t> processes() override { return {4711, 4712}; }
};

}  // namespace

base::Result<cgroup::GroupPaths> FakeMachine::create_group(const std::string& session, const cgroup::Limits& limits) {
  if (world_.fail_group) return fail(Errc::limit_unavailable, "'memory_max' cannot be enforced here");
  world_.groups[session] = limits;
  return find_group(session);
}

base::Result<> FakeMachine::set_limits(const cgroup::GroupPaths& paths, const cgroup::Limits& limits) {
  world_.groups[paths.session] = limits;
  return {};
}

base::Result<std::unique_ptr<Gauge>> FakeMachine::open_gauge(const cgroup::GroupPaths&) {
  return std::unique_ptr<Gauge>(std::make_unique<FakeGauge>());
}

base::Result<> FakeMachine::kill_group(const cgroup::GroupPaths& paths) {
  world_.killed.push_back(paths.session);
  return {};
}

asio::awaitable<base::Result<>> FakeMachine::clear_group(cgroup::GroupPaths paths) {
  world_.groups.erase(paths.session);
  co_return base::Result<>();
}

base::Result<> FakeMachine::remove_base() {
  if (!world_.groups.empty()) return fail(Errc::busy, "sessions are left");
  world_.has_base = false;
  return {};
}

std::vector<std::string> FakeMachine::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, limits] : world_.groups) names.push_back(name);
  return names;
}

cgroup::GroupPaths FakeMachine::find_group(const std::string& session) const {
  cgroup::GroupPaths paths;
  paths.session = session;
  paths.v2 = "/fake/" + session;
  return paths;
}

base::Result<StartedRunner> FakeMachine::start_runner(const std::filesystem::path& session_dir,
                                                      const std::filesystem::path&) {
  if (world_.fail_runner) return fail(Errc::start_failed, "'paddock-runner' cannot be started");
  auto ends = link::pair();
  auto runner = std::make_shared<FakeRunner>(world_.io, session_dir.string());
  runner->on_launch = world_.on_launch;
  world_.runners[session_dir.string()] = runner;
  runner->serve(std::move(ends->second));
  auto pidfd = link::pair();  // becomes readable when the other end is closed, as a pidfd at the end
  return StartedRunner{std::move(ends->first), std::move(pidfd->first)};
}

base::Result<base::UniqueFd> FakeMachine::connect_runner(const std::filesystem::path& session_dir) {
  const auto runner = world_.runners.find(session_dir.string());
  if (runner == world_.runners.end() || !runner->second->alive) return fail(Errc::unavailable, "nobody listens");
  auto ends = link::pair();
  runner->second->serve(std::move(ends->second));
  return std::move(ends->first);
}

asio::awaitable<ToolOutput> FakeMachine::run_tool(std::vector<std::string> arguments, std::chrono::milliseconds) {
  ToolOutput output;
  output.complete = true;
  if (arguments.at(0) == "--describe") output.out = world_.describes[arguments.at(1)];
  if (arguments.at(0) == "--probe") output.out = world_.probes[arguments.at(1)];
  if (arguments.at(0) != "--replay") co_return output;
  const auto runner = world_.runners.find(arguments.at(1));
  if (runner == world_.runners.end()) co_return output;
  for (const event::Event& event : runner->second->journal) {
    if (event.number <= std::stoull(arguments.at(3))) continue;
    output.out += json::serialize(event::to_json(event, "")) + "\n";
  }
  co_return output;
}

}  // namespace paddock::control::testing
