// Flags by CLI11, values by the configuration's own readers.
#include "main/daemon/flags.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace paddock::daemon {
namespace fs = std::filesystem;
namespace {

/// As CLI11 hands them over, before they are checked.
struct Texts {
  std::string config, state_dir, socket, listen, policy_dir, log_level, log_format;
  std::vector<std::string> adapter_dirs;
};

void declare(CLI::App& app, Texts& texts, Flags& flags) {
  app.set_version_flag("--version", "paddockd " + version());
  app.add_option("--config", texts.config, "configuration file (PADDOCK_CONFIG)");
  app.add_option("--state-dir", texts.state_dir, "folder of everything that is kept (PADDOCK_STATE_DIR)");
  app.add_option("--socket", texts.socket, "Unix socket of the API (PADDOCK_SOCKET)");
  app.add_option("--listen", texts.listen, "ADDR:PORT for TCP, loopback only; off by default (PADDOCK_LISTEN)");
  app.add_option("--adapter-dir", texts.adapter_dirs, "folder of adapters, repeatable (PADDOCK_ADAPTER_PATH)");
  app.add_option("--policy-dir", texts.policy_dir, "folder of policies (PADDOCK_POLICY_DIR)");
  app.add_option("--log-level", texts.log_level, "trace, debug, info, warn or error");
  app.add_option("--log-format", texts.log_format, "text or json");
  app.add_flag("--check-config", flags.check_config, "check configuration and policies, print every problem, exit");
}

base::Result<> read_log(const Texts& texts, config::Layer& layer) {
  if (!texts.log_level.empty()) {
    auto level = base::log::parse_level(texts.log_level);
    if (!level) return level.error();
    layer.log_level = *level;
  }
  if (texts.log_format.empty()) return {};
  if (texts.log_format != "text" && texts.log_format != "json") {
    return base::fail(base::Errc::invalid_request, fmt::format("'{}' is not text or json", texts.log_format));
  }
  layer.log_format = texts.log_format == "json" ? base::log::Format::json : base::log::Format::text;
  return {};
}

base::Result<> read(const Texts& texts, Flags& flags) {
  config::Layer& layer = flags.layer;
  if (!texts.config.empty()) flags.config_file = texts.config;
  if (!texts.state_dir.empty()) layer.state_dir = texts.state_dir;
  if (!texts.socket.empty()) layer.socket = texts.socket;
  if (!texts.policy_dir.empty()) layer.policy_dir = texts.policy_dir;
  if (!texts.adapter_dirs.empty()) {
    layer.adapter_dirs.emplace(texts.adapter_dirs.begin(), texts.adapter_dirs.end());
  }
  if (!texts.listen.empty()) {
    auto listen = config::parse_listen(texts.listen);
    if (!listen) return listen.error();
    layer.listen = *listen;
  }
  return read_log(texts, layer);
}

void end(Flags& flags, int status, std::string text) {
  flags.done = true;
  flags.status = status;
  flags.text = std::move(text);
}

}  // namespace

std::string version() { return PADDOCK_VERSION; }

Flags parse_flags(const std::vector<std::string>& arguments) {
  Flags flags;
  Texts texts;
  CLI::App app("Paddock's host: runs coding agents as sessions behind one API", "paddockd");
  declare(app, texts, flags);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // what CLI11 wants
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    end(flags, 0, app.help());
    return flags;
  } catch (const CLI::CallForVersion& asked) {
    end(flags, 0, std::string(asked.what()) + "\n");
    return flags;
  } catch (const CLI::ParseError& problem) {
    end(flags, 2, fmt::format("paddockd: {}\nTry 'paddockd --help'.\n", problem.what()));
    return flags;
  }
  if (auto done = read(texts, flags); !done) end(flags, 2, fmt::format("paddockd: {}\n", done.error().detail));
  return flags;
}

}  // namespace paddock::daemon
