// Flags over environment over file over defaults.
#include <cstdlib>

#include <fmt/format.h>

#include "config/host_config.hpp"

namespace paddock::config {
namespace {

namespace fs = std::filesystem;

/// The specification of the XDG folders: a relative path there is to be ignored.
std::optional<fs::path> absolute_folder(const Environment& environment, std::string_view name) {
  const auto text = environment(name);
  if (!text || !fs::path(*text).is_absolute()) return std::nullopt;
  return fs::path(*text);
}

std::optional<fs::path> xdg_folder(const Environment& environment, std::string_view name, std::string_view below_home) {
  if (auto folder = absolute_folder(environment, name)) return folder;
  if (auto home = absolute_folder(environment, "HOME")) return *home / below_home;
  return std::nullopt;
}

base::Error named(std::string_view variable, const base::Error& error) {
  return base::fail(base::Errc::invalid_request, fmt::format("{}: {}", variable, error.detail));
}

std::vector<fs::path> split_path(std::string_view text) {
  std::vector<fs::path> folders;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    if (colon != 0) folders.emplace_back(text.substr(0, colon));
    text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
  }
  return folders;
}

base::Result<> read_log(const Environment& environment, Layer& layer) {
  if (const auto text = environment("PADDOCK_LOG_LEVEL")) {
    const auto level = base::log::parse_level(*text);
    if (!level) return named("PADDOCK_LOG_LEVEL", level.error());
    layer.log_level = *level;
  }
  if (const auto text = environment("PADDOCK_LOG_FORMAT")) {
    if (*text != "text" && *text != "json") {
      return base::fail(base::Errc::invalid_request,
                        fmt::format("PADDOCK_LOG_FORMAT: '{}' is not text or json", *text));
    }
    layer.log_format = *text == "json" ? base::log::Format::json : base::log::Format::text;
  }
  return {};
}

template <class T>
void take(std::optional<T>& upper, const std::optional<T>& lower) {
  if (!upper) upper = lower;
}

fs::path absolute(const fs::path& path, const fs::path& working_dir) { return (working_dir / path).lexically_normal(); }

std::vector<fs::path> policy_places(const Layer& all, const Environment& environment, const fs::path& program_dir,
                                    const fs::path& working_dir) {
  if (all.policy_dir) return {absolute(*all.policy_dir, working_dir)};
  std::vector<fs::path> places{(program_dir / "../share/paddock/policies").lexically_normal()};
  if (auto own = xdg_folder(environment, "XDG_CONFIG_HOME", ".config")) places.push_back(*own / "paddock/policies");
  return places;
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours changes the environment.
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

fs::path default_config_file(const Environment& environment) {
  const auto folder = xdg_folder(environment, "XDG_CONFIG_HOME", ".config");
  return folder ? *folder / "paddock/paddock.yaml" : fs::path();
}

base::Result<Layer> environment_layer(const Environment& environment) {
  Layer layer;
  if (auto text = environment("PADDOCK_STATE_DIR")) layer.state_dir = std::move(*text);
  if (auto text = environment("PADDOCK_SOCKET")) layer.socket = std::move(*text);
  if (auto text = environment("PADDOCK_POLICY_DIR")) layer.policy_dir = std::move(*text);
  if (const auto text = environment("PADDOCK_ADAPTER_PATH")) layer.adapter_dirs = split_path(*text);
  if (const auto text = environment("PADDOCK_LISTEN")) {
    auto listen = parse_listen(*text);
    if (!listen) return named("PADDOCK_LISTEN", listen.error());
    layer.listen = std::move(*listen);
  }
  if (auto log = read_log(environment, layer); !log) return log.error();
  return layer;
}

Layer merge(const Layer& upper, const Layer& lower) {
  Layer all = upper;
  take(all.state_dir, lower.state_dir);
  take(all.socket, lower.socket);
  take(all.listen, lower.listen);
  take(all.log_level, lower.log_level);
  take(all.log_format, lower.log_format);
  take(all.adapter_dirs, lower.adapter_dirs);
  take(all.adapters_allow, lower.adapters_allow);
  take(all.adapters_required, lower.adapters_required);
  take(all.adapter_entries, lower.adapter_entries);
  take(all.policy_dir, lower.policy_dir);
  take(all.cgroup_base, lower.cgroup_base);
  take(all.metrics_max_sessions, lower.metrics_max_sessions);
  take(all.access_uids, lower.access_uids);
  return all;
}

std::string default_cgroup_base(const fs::path& state_dir) {
  std::uint32_t hash = 2'166'136'261U;  // FNV-1a: stable across builds, which std::hash is not
  for (const char c : state_dir.lexically_normal().string()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  }
  return fmt::format("paddock-{:08x}", hash);
}

fs::path default_socket(const Environment& environment, const fs::path& state_dir) {
  if (auto runtime = absolute_folder(environment, "XDG_RUNTIME_DIR")) return *runtime / "paddock/paddock.sock";
  return state_dir / "run/paddock.sock";
}

base::Result<HostConfig> decide(const Layer& flags, const Layer& environment_says, const Layer& file,
                                const Environment& environment, const fs::path& program_dir,
                                const fs::path& working_dir) {
  const Layer all = merge(merge(flags, environment_says), file);
  const auto state_home = xdg_folder(environment, "XDG_STATE_HOME", ".local/state");
  if (!all.state_dir && !state_home) {
    return base::fail(base::Errc::invalid_request,
                      "no state folder: neither HOME nor XDG_STATE_HOME is set; name one with --state-dir");
  }
  HostConfig config;
  config.state_dir = all.state_dir ? absolute(*all.state_dir, working_dir) : *state_home / "paddock";
  config.socket = all.socket ? absolute(*all.socket, working_dir) : default_socket(environment, config.state_dir);
  config.listen = all.listen;
  config.log_level = all.log_level.value_or(config.log_level);
  config.log_format = all.log_format.value_or(config.log_format);
  config.runner_program = program_dir / "paddock-runner";
  if (!all.adapter_dirs) config.adapter_dirs = {(program_dir / "../lib/paddock/adapters").lexically_normal()};
  for (const fs::path& dir : all.adapter_dirs.value_or(std::vector<fs::path>())) {
    config.adapter_dirs.push_back(absolute(dir, working_dir));
  }
  config.adapters_allow = all.adapters_allow.value_or(config.adapters_allow);
  config.adapters_required = all.adapters_required.value_or(config.adapters_required);
  config.adapter_entries = all.adapter_entries.value_or(config.adapter_entries);
  config.policy_places = policy_places(all, environment, program_dir, working_dir);
  config.cgroup_base = all.cgroup_base.value_or(default_cgroup_base(config.state_dir));
  config.metrics_max_sessions = all.metrics_max_sessions.value_or(config.metrics_max_sessions);
  config.access_uids = all.access_uids.value_or(config.access_uids);
  return config;
}

}  // namespace paddock::config
