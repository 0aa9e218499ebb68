// Wiring: who is made from what, and in which order it all ends.
#include "main/daemon/daemon.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/server.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "control/host.hpp"
#include "main/daemon/file_watch.hpp"
#include "main/daemon/lock_file.hpp"
#include "main/daemon/systemd.hpp"
#include "metrics/registry.hpp"
#include "store/store.hpp"
#include "watch/hub.hpp"

namespace paddock::daemon {
namespace asio = boost::asio;
namespace log = base::log;
using base::Errc;
using base::fail;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// 1,000 sessions hold about 12 descriptors each.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // the soft limit stays then
}

control::Settings settings_of(const Setup& setup) {
  control::Settings settings;
  settings.state_dir = setup.config.state_dir;
  settings.runner_program = setup.config.runner_program;
  settings.adapter_dirs = setup.config.adapter_dirs;
  settings.adapters_allow = setup.config.adapters_allow;
  settings.adapters_required = setup.config.adapters_required;
  settings.adapter_entries = setup.config.adapter_entries;
  settings.cgroup_base = setup.config.cgroup_base;
  settings.policies = setup.policies;
  settings.version = version();
  return settings;
}

metrics::Settings metrics_settings(const Setup& setup) {
  metrics::Settings settings;
  settings.version = version();
  settings.max_sessions = setup.config.metrics_max_sessions;
  return settings;
}

/// Everything that runs, in the order it was made; it ends in the other direction.
class Daemon {
 public:
  Daemon(const Flags& flags, Setup setup) : flags_(flags), setup_(std::move(setup)), watch_(io_.get_executor()) {}

  base::Result<> open();
  base::Result<> serve();
  base::Result<> run();

 private:
  asio::awaitable<void> start();
  asio::awaitable<void> obey_signals();
  asio::awaitable<void> follow_files();
  asio::awaitable<void> stop();
  void reload(std::string_view why);
  void watch_files();
  void tell_ready();

  Flags flags_;
  Setup setup_;
  asio::io_context io_{1};
  asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
  FileWatch watch_;
  base::UniqueFd lock_;
  std::unique_ptr<metrics::Registry> metrics_;  // outlives the store, whose thread tells it of its writes
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<watch::Hub> hub_;
  std::unique_ptr<control::Host> host_;
  std::unique_ptr<api::Server> server_;
  base::Result<> outcome_;
};

base::Result<> Daemon::open() {
  if (auto made = base::make_private_folder(setup_.config.state_dir); !made) return made;
  auto lock = take_lock(setup_.config.state_dir);
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  if (auto made = base::make_private_folder(setup_.config.state_dir / "sessions"); !made) return made;
  metrics_ = std::make_unique<metrics::Registry>(metrics_settings(setup_));
  metrics_->config_reloaded(true);  // what a daemon starts with was read and is right
  const auto on_write = [this](std::string_view op, double seconds) { metrics_->store_write(op, seconds); };
  auto store = store::Store::open(setup_.config.state_dir / "paddock.db", {on_write});
  if (!store) return store.error();
  store_ = std::move(*store);
  hub_ = watch::Hub::make(io_.get_executor(), *store_);
  metrics_->set_host_source([this] { return metrics::HostSample{store_->size_bytes(), hub_->max_lag()}; });
  host_ = control::Host::make(io_.get_executor(), settings_of(setup_), *store_, *hub_, *metrics_);
  if (!host_)
    return fail(Errc::bad_config, fmt::format("the cgroup base '{}' cannot be used", setup_.config.cgroup_base));
  return {};
}

base::Result<> Daemon::serve() {
  server_ = std::make_unique<api::Server>(io_.get_executor(), api::Server::Options{setup_.config.access_uids}, *host_,
                                          *hub_, *metrics_);
  auto inherited = inherited_socket();
  if (!inherited) return inherited.error();
  auto listening = *inherited ? server_->adopt(std::move(*inherited)) : server_->listen_unix(setup_.config.socket);
  if (!listening || !setup_.config.listen) return listening;
  const config::ListenAddress& tcp = *setup_.config.listen;
  const bool v6 = tcp.address.find(':') != std::string::npos;
  listening = server_->listen_tcp(fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), tcp.address, tcp.port));
  if (listening) host_->listens_on(server_->tcp_address());
  return listening;
}

base::Result<> Daemon::run() {
  const auto end_all = [this](const std::exception_ptr& failure) {
    if (!failure) return;
    outcome_ = fail(Errc::internal, "a part of the daemon failed");
    io_.stop();
  };
  asio::co_spawn(io_, start(), end_all);
  asio::co_spawn(io_, obey_signals(), end_all);
  asio::co_spawn(io_, follow_files(), end_all);
  io_.run();
  store_->close();
  return outcome_;
}

asio::awaitable<void> Daemon::start() {
  auto started = co_await host_->start();
  if (!started) {
    outcome_ = started.error();
    io_.stop();
    co_return;
  }
  tell_ready();
}

void Daemon::tell_ready() {
  const std::string tcp = server_->tcp_address();
  log::info("paddockd is ready", {{"version", version()},
                                  {"pid", std::to_string(::getpid())},
                                  {"socket", setup_.config.socket.string()},
                                  {"tcp", tcp.empty() ? "off" : tcp},
                                  {"state_dir", setup_.config.state_dir.string()}});
  notify("READY=1");
}

asio::awaitable<void> Daemon::obey_signals() {
  for (;;) {
    auto [ec, signal] = co_await signals_.async_wait(kNoThrow);
    if (ec) co_return;
    if (signal != SIGHUP) break;
    reload("SIGHUP");
  }
  co_await stop();
}

asio::awaitable<void> Daemon::stop() {
  log::info("paddockd is stopping; agents go on under their runners");
  notify("STOPPING=1");
  server_->stop();
  watch_.stop();
  co_await host_->stop();
  hub_->stop();
  io_.stop();
}

void Daemon::watch_files() {
  std::vector<std::filesystem::path> places = setup_.config.policy_places;
  if (!setup_.config_file.empty()) places.push_back(setup_.config_file);
  watch_.watch(places);
}

asio::awaitable<void> Daemon::follow_files() {
  watch_files();
  for (;;) {
    // Not `while (co_await ...)`: g++ 12.2 then overwrites `this` in the coroutine's frame.
    const bool changed = co_await watch_.changed();
    if (!changed) co_return;
    reload("a file changed");
  }
}

void Daemon::reload(std::string_view why) {
  auto fresh = load_setup(flags_);
  metrics_->config_reloaded(fresh.has_value());
  if (!fresh) {
    for (const base::FieldError& each : fresh.error().errors) {
      log::error("the configuration is wrong; the old one stays in force",
                 {{"place", each.pointer}, {"problem", each.detail}});
    }
    return;
  }
  const bool same_policies = fresh->policies == setup_.policies;
  config::HostConfig changeable = fresh->config;
  changeable.log_level = setup_.config.log_level;
  changeable.log_format = setup_.config.log_format;
  if (changeable != setup_.config) {
    log::warn("changes of the configuration beyond log and policies take effect at the next start");
  }
  if (same_policies && fresh->config == setup_.config) return;
  log::configure(fresh->config.log_level, fresh->config.log_format);
  if (!same_policies) host_->replace_policies(fresh->policies);
  log::info("configuration reloaded",
            {{"because", std::string(why)}, {"policies", std::to_string(fresh->policies.policies.size())}});
  setup_.policies = std::move(fresh->policies);
  setup_.config.log_level = fresh->config.log_level;
  setup_.config.log_format = fresh->config.log_format;
}

}  // namespace

base::Result<> run(const Flags& flags, Setup setup) {
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  Daemon daemon(flags, std::move(setup));
  if (auto opened = daemon.open(); !opened) return opened;
  if (auto serving = daemon.serve(); !serving) return serving;
  return daemon.run();
}

}  // namespace paddock::daemon
