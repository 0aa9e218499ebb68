// Running a host in a test, step by step.
#include "control/bench.hpp"

#include <fstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "adapter/manifest.hpp"
#include "base/log.hpp"

namespace paddock::control::testing {
namespace asio = boost::asio;
namespace json = boost::json;

std::string description(const std::string& id, const std::string& file) {
  adapter::Description description;
  description.file = file;
  description.id = description.name = id;
  description.version = "1.2.3";
  description.abi = "1.0";
  description.modes = json::array{json::object{{"mode", "headless"}, {"transport", "pipes"}, {"resume", true}}};
  description.options = json::parse(R"({"type": "object", "additionalProperties": false, "properties": {
    "effort": {"enum": ["low", "high"]}, "turns": {"type": "integer", "minimum": 1}}})")
                            .as_object();
  description.extensions = {"paddock.probe/1"};
  return json::serialize(adapter::to_json(description));
}

session::Request request(std::optional<std::string> prompt) {
  session::Request request;
  request.adapter = "agent";
  request.keep_open = !prompt.has_value();
  request.prompt = std::move(prompt);
  return request;
}

Bench::Bench() {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  const std::string file = (scratch / "adapters/agent.so").string();
  support::write_file(file, "not read by anybody here");
  world.describes[file] = description("agent", file);
  world.probes[file] = R"({"state": "healthy", "version": "2.0", "login": "yes", "detail": "fine"})";
  settings.state_dir = scratch / "state";
  settings.adapter_dirs = {scratch / "adapters"};
  settings.version = "0.1.0";
  const cgroup::Feature yes{true, ""};
  world.features.layout = cgroup::Layout::unified;
  world.features.groups = world.features.memory_max = world.features.cpu_percent = world.features.pids_max = yes;
  world.features.memory_high = {false, "the memory controller has no such limit"};
}

Bench::~Bench() {
  if (host) run(host->stop());
}

void Bench::boot() {
  metrics = std::make_unique<metrics::Registry>();
  hub = watch::Hub::make(io.get_executor(), store);
  host = std::make_unique<LocalHost>(io.get_executor(), settings, store, *hub, *metrics,
                                     std::make_unique<FakeMachine>(world));
  const auto started = run(host->start());
  ASSERT_TRUE(started) << started.error().detail;
  until([this] { return host->adapters().size() >= 1; });
}

void Bench::crash() {
  store.drop_held();
  for (const auto& [folder, runner] : world.runners) runner->forget_daemon();
  host->go_dark();
  past_.push_back({std::move(metrics), std::move(hub), std::move(host)});
}

void Bench::run(asio::awaitable<void> work) {
  bool done = false;
  asio::co_spawn(io, std::move(work), [&done](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
    done = true;
  });
  until([&done] { return done; });
}

void Bench::until(const std::function<bool()>& happened) {
  const auto deadline = base::mono_now() + patience;
  while (!happened()) {
    io.restart();
    io.run_one_until(deadline);
    if (base::mono_now() >= deadline) throw std::runtime_error("what the test waits for did not happen");
  }
}

void Bench::settle() {
  io.restart();
  while (io.poll() != 0) io.restart();
}

Answer Bench::start(session::Request request, std::string key) {
  auto answer = try_start(std::move(request), std::move(key));
  if (!answer) throw std::runtime_error(answer.error().detail);
  return std::move(*answer);
}

base::Result<Answer> Bench::try_start(session::Request request, std::string key) {
  return run(host->start_session(std::move(request), std::move(key)));
}

std::string Bench::idle_session(const std::string& name, const std::string& policy) {
  session::Request wish = request();
  wish.name = name;
  wish.policy = policy;
  const std::string id(start(std::move(wish)).body.at("id").get_string());
  world.runner_of(id).state("idle");
  until([&] { return record(id).state == session::State::idle; });
  return id;
}

base::Result<Answer> Bench::act(const std::string& key, json::object body, std::string idempotency_key) {
  return run(host->act(key, std::move(body), std::move(idempotency_key)));
}

session::Record Bench::record(const std::string& key) {
  auto record = host->find(key);
  if (!record) throw std::runtime_error(record.error().detail);
  return std::move(*record);
}

}  // namespace paddock::control::testing
