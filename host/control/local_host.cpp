// Life of the host and the questions about itself.
#include "control/local_host.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "base/log.hpp"
#include "control/figures.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace log = base::log;

namespace {

constexpr std::string_view kApiVersion = "1";

json::object feature_json(const cgroup::Feature& feature) {
  json::object out{{"available", feature.available}};
  if (!feature.available) out["reason"] = feature.reason;
  return out;
}

json::object features_json(const cgroup::Features& features) {
  json::object out;
  out["groups"] = feature_json(features.groups);
  out["memory_max"] = feature_json(features.memory_max);
  out["memory_high"] = feature_json(features.memory_high);
  out["swap_max"] = feature_json(features.swap_max);
  out["cpu_percent"] = feature_json(features.cpu_percent);
  out["cpu_weight"] = feature_json(features.cpu_weight);
  out["pids_max"] = feature_json(features.pids_max);
  out["atomic_kill"] = feature_json(features.atomic_kill);
  out["freeze"] = feature_json(features.freeze);
  out["oom_group"] = feature_json(features.oom_group);
  return out;
}

}  // namespace

std::unique_ptr<Host> Host::make(asio::any_io_executor executor, Settings settings, store::Store& store,
                                 watch::Hub& hub, metrics::Registry& metrics) {
  auto machine = Machine::open(settings.runner_program, settings.cgroup_base);
  if (!machine) {
    log::error("groups cannot be used", {{"problem", machine.error().detail}});
    return nullptr;
  }
  return std::make_unique<LocalHost>(std::move(executor), std::move(settings), store, hub, metrics,
                                     std::move(*machine));
}

LocalHost::LocalHost(asio::any_io_executor executor, Settings settings, store::Store& store, watch::Hub& hub,
                     metrics::Registry& metrics, std::unique_ptr<Machine> machine)
    : ground_{std::move(executor), std::move(settings), store, hub, metrics, std::move(machine), {}, {}, false},
      ledger_(ground_),
      actions_(ground_, ledger_),
      reactions_(ground_, actions_),
      recovery_(ground_, ledger_, actions_, reactions_),
      adapters_(ground_),
      launches_(ground_, ledger_, adapters_, [this](const std::shared_ptr<Live>& live) { recovery_.lost(live); }),
      tokens_(ground_, ledger_) {
  ledger_.on_event([this](const event::Event& event) { reactions_.look(event); });
  metrics.set_session_source([this] { return samples(); });
}

asio::awaitable<void> LocalHost::look_for_adapters(std::shared_ptr<Signal> scanned) {
  co_await adapters_.scan();
  scanned->set({});
  co_await adapters_.probe();
}

Task<void> LocalHost::start() {
  set_ceiling();
  if (auto loaded = tokens_.load(); !loaded) co_return loaded.error();
  const auto scanned = std::make_shared<Signal>();
  spawn(ground_, look_for_adapters(scanned));
  auto recovered = co_await recovery_.start();
  co_await Signal::wait(scanned);
  co_return recovered;
}

asio::awaitable<void> LocalHost::stop() {
  ground_.stopping = true;
  const auto lives = ground_.lives;
  for (const auto& [id, live] : lives) {
    live->send(link::Bye{});
    live->leave();
    live->finish_commands();
  }
  co_await ledger_.settle();
  co_await recovery_.leave();
}

void LocalHost::go_dark() noexcept {
  ground_.stopping = true;
  for (const auto& [id, live] : ground_.lives) live->drop();
}

void LocalHost::set_ceiling() {
  const cgroup::Limits ceiling = limits_of(ground_.settings.policies.fleet.resources);
  if (ceiling == cgroup::Limits{}) return;
  if (auto set = ground_.machine->set_ceiling(ceiling); !set) {
    log::warn("the ceiling above all sessions is not in force", {{"problem", set.error().detail}});
  }
}

std::vector<Check> LocalHost::ready() const {
  std::vector<Check> checks;
  auto range = ground_.store.range();
  checks.push_back({"store", range.has_value(), range ? "open" : range.error().detail});
  checks.push_back({"recovery", recovery_.done(), recovery_.done() ? "done" : "sessions are being found again"});
  checks.push_back({"adapters", adapters_.scanned(),
                    adapters_.scanned() ? fmt::format("{} loaded", adapters_.catalogue().accepted().size())
                                        : "libraries are being looked into"});
  for (const std::string& id : ground_.settings.adapters_required) {
    const bool there = adapters_.catalogue().find(id) != nullptr;
    checks.push_back({"adapter " + id, there, there ? "loaded" : fmt::format("adapter '{}' is not loaded", id)});
  }
  if (ground_.stopping) checks.push_back({"host", false, "is stopping"});
  return checks;
}

json::object LocalHost::host() const {
  json::object out;
  out["version"] = ground_.settings.version;
  out["api_version"] = kApiVersion;
  out["stream_id"] = ground_.store.stream().str();
  out["started_at"] = base::format_time(started_at_);
  const cgroup::Features features = ground_.machine->features();
  if (!listen_.empty()) out["listen"] = listen_;
  out["cgroup"] = cgroup::name(features.layout);
  out["features"] = features_json(features);
  out["sessions"] = json::object{{"living", ground_.book.living()}, {"known", ground_.book.size()}};
  out["watchers"] = ground_.hub.watchers();
  out["cursor"] = cursor();
  return out;
}

std::string LocalHost::cursor() const { return watch::to_string(ground_.hub.head()); }

std::vector<json::object> LocalHost::adapters() const { return adapters_.catalogue().to_json(); }

base::Result<json::object> LocalHost::adapter(std::string_view id) const { return adapters_.catalogue().to_json(id); }

Task<std::vector<json::object>> LocalHost::probe_adapters() {
  co_await adapters_.probe();
  co_return adapters();
}

void LocalHost::replace_policies(policy::Set policies) {
  ground_.settings.policies = std::move(policies);
  reactions_.policies_changed();
  set_ceiling();
}

Task<json::object> LocalHost::create_token(std::string name, Role role) {
  return tokens_.create(std::move(name), role);
}
std::vector<json::object> LocalHost::tokens() const { return tokens_.list(); }
Task<void> LocalHost::revoke_token(std::string id) { return tokens_.revoke(std::move(id)); }
std::optional<Role> LocalHost::role_of(std::string_view bearer) const { return tokens_.role_of(bearer); }

std::vector<metrics::SessionSample> LocalHost::samples() const {
  std::vector<metrics::SessionSample> samples;
  for (const auto& [id, live] : ground_.lives) {
    const session::Record* record = ground_.book.get(id);
    if (record == nullptr || record->state == session::State::exited) continue;
    Gauge* gauge = live->gauge();
    samples.push_back(gauge == nullptr ? sample_of(*record, {}, {})
                                       : sample_of(*record, gauge->usage(), gauge->pressure()));
  }
  return samples;
}

}  // namespace paddock::control
