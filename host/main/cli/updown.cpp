// up and down.
#include <filesystem>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/time.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/daemon.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct UpFlags {
  std::string config, state_dir, socket, listen, policy_dir;
  std::vector<std::string> adapter_dirs;
  std::string timeout = "30s";
};

void declare_up(CLI::App& command, UpFlags& flags) {
  command.add_option("--config", flags.config, "Configuration file");
  command.add_option("--state-dir", flags.state_dir, "Where the host keeps everything");
  command.add_option("--socket", flags.socket, "Path of its Unix socket");
  command.add_option("--listen", flags.listen, "ADDR:PORT to listen on as well");
  command.add_option("--adapter-dir", flags.adapter_dirs, "Folder with adapters (repeatable)")->allow_extra_args(false);
  command.add_option("--policy-dir", flags.policy_dir, "Folder with policies");
  command.add_option("--timeout", flags.timeout, "How long it may take to be ready")->capture_default_str();
}

struct DownFlags {
  std::string state_dir, timeout = "30s";
  bool force = false;
};

void declare_down(CLI::App& command, DownFlags& flags) {
  command.add_option("--state-dir", flags.state_dir, "State folder of the host to stop");
  command.add_option("--timeout", flags.timeout, "How long it may take")->capture_default_str();
  command.add_flag("--force", flags.force, "Also when it does not answer");
}

/// The settings as the daemon would read them with these flags.
Outcome<config::HostConfig> settings_of(const Context& context, const UpFlags& flags) {
  const config::Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "PADDOCK_CONFIG" && !flags.config.empty()) return flags.config;
    if (name == "PADDOCK_STATE_DIR" && !flags.state_dir.empty()) return flags.state_dir;
    if (name == "PADDOCK_SOCKET" && !flags.socket.empty()) return flags.socket;
    return context.environment()(name);
  };
  return local_settings(environment);
}

std::vector<std::string> daemon_argv(const UpFlags& flags) {
  std::vector<std::string> argv{(program_folder() / "paddockd").string()};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) argv.insert(argv.end(), {flag, value});
  };
  add("--config", flags.config);
  add("--state-dir", flags.state_dir);
  add("--socket", flags.socket);
  add("--listen", flags.listen);
  add("--policy-dir", flags.policy_dir);
  for (const std::string& dir : flags.adapter_dirs) add("--adapter-dir", dir);
  return argv;
}

Outcome<ExitCode> tell_up(const Context& context, const config::HostConfig& settings, pid_t pid, bool started) {
  const std::string socket = "unix:" + settings.socket.string();
  const std::string log = (settings.state_dir / "paddockd.log").string();
  if (context.json()) {
    context.print_json(
        {{"pid", pid}, {"host", socket}, {"state_dir", settings.state_dir.string()}, {"started", started}});
  } else {
    print(fmt::format("paddockd {} (pid {})\n  API    {}\n  state  {}\n  log    {}\n",
                      started ? "is ready" : "is already running", pid, socket, settings.state_dir.string(), log));
  }
  return ExitCode::done;
}

Outcome<std::chrono::milliseconds> patience_of(const std::string& text) {
  const auto patience = base::parse_duration(text);
  if (!patience) return failure(ExitCode::usage, "usage", patience.error().detail);
  return *patience;
}

Outcome<ExitCode> up(Context& context, const UpFlags& flags) {
  const auto patience = patience_of(flags.timeout);
  if (!patience) return patience.error();
  const auto settings = settings_of(context, flags);
  if (!settings) return settings.error();
  const auto holder = lock_holder(settings->state_dir);
  if (!holder) return holder.error();
  if (holder->pid > 0) return tell_up(context, *settings, holder->pid, false);
  if (auto made = base::make_private_folder(settings->state_dir); !made) return failure(made.error());
  const auto pid = start_in_background(daemon_argv(flags), settings->state_dir / "paddockd.log", *patience);
  if (!pid) return pid.error();
  return tell_up(context, *settings, *pid, true);
}

/// Somebody else's process may hold a file of that name: the one that holds the lock must also be the
/// one that answers as the host.
Outcome<void> check_answers(const config::HostConfig& settings, const LockHolder& holder) {
  const pid_t listener = listener_of(settings.socket);
  const Client client(Address{settings.socket, "", 0}, "");
  Request request;
  request.target = "/v1/host";
  request.patience = std::chrono::seconds(10);
  const auto answer = client.call_now(std::move(request));
  const bool is_host = answer && !text_at(as_object(*answer), "stream_id").empty();
  if (is_host && listener == holder.pid) return {};
  return failure(
      ExitCode::refused, "wrong_state",
      fmt::format("process {} holds '{}' but does not answer as the host at '{}'; --force stops it all the same",
                  holder.pid, (settings.state_dir / "lock").string(), settings.socket.string()));
}

Outcome<ExitCode> down(Context& context, const DownFlags& flags) {
  const auto patience = patience_of(flags.timeout);
  if (!patience) return patience.error();
  UpFlags same;
  same.state_dir = flags.state_dir;
  const auto settings = settings_of(context, same);
  if (!settings) return settings.error();
  const auto holder = lock_holder(settings->state_dir);
  if (!holder) return holder.error();
  const bool is_running = holder->pid > 0;
  if (is_running && !flags.force) {
    if (const auto checked = check_answers(*settings, *holder); !checked) return checked.error();
  }
  if (is_running) {
    if (const auto ended = end_politely(*holder, *patience); !ended) return ended.error();
  }
  if (context.json()) {
    context.print_json({{"stopped", is_running}, {"state_dir", settings->state_dir.string()}});
  } else {
    print(is_running ? fmt::format("paddockd (pid {}) has stopped; its sessions go on\n", holder->pid)
                     : "paddockd is not running\n");
  }
  return ExitCode::done;
}

}  // namespace

void add_daemon_commands(Commands& commands) {
  commands.add<UpFlags>(commands.app(), "up", "Start the host in the background", up, declare_up);
  commands.add<DownFlags>(commands.app(), "down", "Stop the host; its sessions go on", down, declare_down);
}

}  // namespace paddock::cli
