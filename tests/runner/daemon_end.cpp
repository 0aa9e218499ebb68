// Playing the daemon against a real runner.
#include "daemon_end.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include "link/socket.hpp"
#include "session/fields.hpp"
#include "support/program.hpp"

namespace paddock::runner {
namespace json = boost::json;

namespace {

void wait_for(int fd, short what) {
  pollfd ready{fd, what, 0};
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience).count();
  if (::poll(&ready, 1, int(millis)) <= 0) throw std::runtime_error("nothing happened on the link");
}

}  // namespace

void DaemonEnd::send(const link::ToRunner& message) {
  const std::string frame = *link::encode(message);
  std::string_view rest = frame;
  while (!rest.empty()) {
    const ssize_t put = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EAGAIN) wait_for(socket_.get(), POLLOUT);
    if (put < 0 && errno != EAGAIN) return;  // the runner has left; the test sees that when it reads
    if (put > 0) rest.remove_prefix(std::size_t(put));
  }
}

bool DaemonEnd::fill() {
  std::array<char, 65536> chunk;
  for (;;) {
    wait_for(socket_.get(), POLLIN);
    const ssize_t got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return false;
    reader_.feed({chunk.data(), std::size_t(got)});
    return true;
  }
}

link::FromRunner DaemonEnd::read() {
  for (;;) {
    auto message = reader_.next();
    if (!message) throw std::runtime_error(message.error().detail);
    if (*message) {
      auto known = link::from_runner(**message);
      if (!known) throw std::runtime_error(known.error().detail);
      keep(*known);
      return std::move(*known);
    }
    if (!fill()) throw std::runtime_error("the runner closed the link");
  }
}

void DaemonEnd::keep(const link::FromRunner& message) {
  if (const auto* events = std::get_if<link::Events>(&message)) {
    events_.insert(events_.end(), events->items.begin(), events->items.end());
  }
  if (const auto* result = std::get_if<link::Result>(&message)) results_.push_back(*result);
  if (const auto* ready = std::get_if<link::Ready>(&message)) last_number_ = ready->last_number;
}

link::FromRunner DaemonEnd::next() {
  for (;;) {
    auto message = read();
    if (!std::holds_alternative<link::Events>(message)) return message;
  }
}

void DaemonEnd::gather(const std::function<bool(const std::vector<event::Event>&)>& enough) {
  while (!enough(events_)) (void)read();
}

void DaemonEnd::ack() {
  if (!events_.empty()) send(link::Ack{events_.back().number});
}

void DaemonEnd::gather_all() {
  while (!has_state(events_, "exited")) {
    const std::size_t before = events_.size();
    (void)read();
    if (events_.size() - before > 0) ack();
  }
}

bool DaemonEnd::wait_for_end() {
  bool closed = false;
  try {
    for (;;) closed = std::holds_alternative<link::Closed>(next()) || closed;
  } catch (const std::runtime_error&) {
    return closed;
  }
}

std::optional<link::Result> DaemonEnd::result_of(const base::ActionId& action) const {
  for (const link::Result& result : results_) {
    if (result.action == action) return result;
  }
  return std::nullopt;
}

link::Result DaemonEnd::ask(link::Command command) {
  command.action = base::ActionId::make();
  const base::ActionId action = *command.action;
  send(std::move(command));
  while (!result_of(action)) {
    (void)read();
    ack();
  }
  return *result_of(action);
}

RunnerRig::RunnerRig() { std::filesystem::create_directory(session_dir()); }

RunnerRig::~RunnerRig() {
  if (runner_ <= 0) return;
  if (answer_ && std::holds_alternative<link::Started>(*answer_)) (void)::kill(-agent_pid(), SIGKILL);
  (void)::kill(runner_, SIGKILL);
  (void)::waitpid(runner_, nullptr, 0);
}

session::Launch RunnerRig::launch(std::vector<std::string> script) const {
  session::Launch launch;
  launch.session = id_;
  launch.runtime = base::RuntimeId::make();
  launch.session_dir = session_dir();
  launch.adapter_id = "exec";
  launch.adapter_version = "0.1.0";
  launch.adapter_file = PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so";
  launch.workdir = folder_.path();
  launch.environment = support::clean_environment(folder_.path());
  launch.keep_open = true;
  json::array args{PADDOCK_BUILD_DIR "/tests/scripted_agent"};
  for (const std::string& word : script) args.emplace_back(word);
  launch.adapter_request = {{"mode", "headless"},        {"session", id_.str()},    {"session_dir", launch.session_dir},
                            {"workdir", launch.workdir}, {"args", std::move(args)}, {"keep_open", true}};
  return launch;
}

DaemonEnd& RunnerRig::start(session::Launch launch, std::string adapter) {
  if (adapter.empty()) adapter = launch.adapter_file;
  auto ends = link::pair();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends->second.get(), 0);
  const std::string log = session_dir() / "runner.log";
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  std::string program = PADDOCK_BUILD_DIR "/bin/paddock-runner";
  std::string folder = session_dir();
  std::array<char*, 4> argv{program.data(), folder.data(), adapter.data(), nullptr};
  if (::posix_spawn(&runner_, program.c_str(), &actions, nullptr, argv.data(), environ) != 0) {
    throw std::runtime_error("the runner does not start");
  }
  posix_spawn_file_actions_destroy(&actions);
  ends->second.reset();
  first_ = std::make_unique<DaemonEnd>(std::move(ends->first));
  first_->send(link::Launch{std::move(launch)});
  do {
    answer_ = first_->next();
  } while (std::holds_alternative<link::Ready>(*answer_));
  return *first_;
}

std::unique_ptr<DaemonEnd> RunnerRig::reconnect(std::uint64_t after) {
  auto socket = link::connect(session_dir());
  if (!socket) throw std::runtime_error(socket.error().detail);
  auto end = std::make_unique<DaemonEnd>(std::move(*socket));
  end->send(link::Hello{link::version, id_, after});
  const auto ready = end->next();
  if (!std::holds_alternative<link::Ready>(ready)) throw std::runtime_error("the runner is not ready");
  return end;
}

int RunnerRig::agent_pid() const { return std::get<link::Started>(*answer_).pid; }

pid_t RunnerRig::adapter_pid() const {
  const std::string task = "/proc/" + std::to_string(runner_) + "/task/" + std::to_string(runner_) + "/children";
  std::ifstream children(task);
  for (pid_t pid = 0; children >> pid;) {
    std::string name;
    std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> name;
    if (name == "paddock-adapter") return pid;
  }
  return -1;
}

void RunnerRig::wait_for_record(const std::function<bool(const link::journal::Record&)>& is_it) const {
  const std::filesystem::path journal = session_dir() / "journal";
  const base::UniqueFd changes(::inotify_init1(IN_CLOEXEC));
  if (::inotify_add_watch(changes.get(), journal.c_str(), IN_MODIFY) < 0) throw std::runtime_error("no journal");
  auto reader = link::journal::Reader::open(journal);
  for (;;) {
    while (const auto record = reader->next()) {
      if (is_it(*record)) return;
    }
    wait_for(changes.get(), POLLIN);
    std::array<char, 4096> told;
    (void)!::read(changes.get(), told.data(), told.size());
  }
}

int RunnerRig::wait_for_runner() {
  int status = 0;
  if (::waitpid(runner_, &status, 0) != runner_) return -1;
  runner_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> RunnerRig::replay(std::uint64_t after) const {
  const auto done = support::Program::run(
      {PADDOCK_BUILD_DIR "/bin/paddock-runner", "--replay", session_dir(), "--after", std::to_string(after)},
      support::clean_environment(folder_.path()));
  std::vector<std::string> lines;
  std::size_t at = 0;
  for (std::size_t end = done.out.find('\n'); end != std::string::npos; end = done.out.find('\n', at)) {
    lines.push_back(done.out.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

const json::object& last_data(const DaemonEnd& end, event::Kind kind) {
  static const json::object kNone;
  for (auto at = end.events().rbegin(); at != end.events().rend(); ++at) {
    if (at->kind == kind) return at->data;
  }
  ADD_FAILURE() << "no event of the kind " << event::name(kind);
  return kNone;
}

std::vector<std::string> messages(const DaemonEnd& end) {
  std::vector<std::string> out;
  for (const event::Event& event : end.events()) {
    if (event.kind == event::Kind::message) out.emplace_back(session::text_or_empty(event.data, "text"));
  }
  return out;
}

bool told_adapter_failed(const std::vector<event::Event>& events) {
  for (const event::Event& event : events) {
    if (event.kind == event::Kind::error && session::text_or_empty(event.data, "code") == "adapter_failed") return true;
  }
  return false;
}

std::vector<std::string> as_lines(const std::vector<event::Event>& events) {
  std::vector<std::string> out;
  for (const event::Event& event : events) out.push_back(json::serialize(event::to_json(event, {})));
  return out;
}

bool without_holes(const std::vector<event::Event>& events, std::uint64_t first) {
  for (const event::Event& event : events) {
    if (event.number != first++) return false;
  }
  return true;
}

std::size_t messages_in(const std::vector<event::Event>& events) {
  return std::size_t(std::ranges::count(events, event::Kind::message, &event::Event::kind));
}

bool has_state(const std::vector<event::Event>& events, std::string_view state) {
  for (auto at = events.rbegin(); at != events.rend(); ++at) {
    if (at->kind == event::Kind::state && session::text_or_empty(at->data, "state") == state) return true;
  }
  return false;
}

}  // namespace paddock::runner
