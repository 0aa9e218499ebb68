// How the host is set up: what flags, environment, file and defaults say, and which of them wins.
// Pure: the environment is an argument.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/log.hpp"

namespace paddock::config {

/// Where TCP listens.
struct ListenAddress {
  std::string address;  ///< numeric, without brackets
  std::uint16_t port = 0;

  /// True for 127.0.0.0/8 and ::1.
  bool is_loopback() const noexcept;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// Reads "127.0.0.1:8642", "[::1]:8642" or "localhost:8642" (127.0.0.1). Port 0 means "any free one".
/// Fails with `invalid_request`.
base::Result<ListenAddress> parse_listen(std::string_view text);

/// An adapter that the configuration makes: a library under a name of its own, with options that no session
/// can change.
struct AdapterEntry {
  std::string id;
  std::string library;  ///< id of an adapter that was found
  boost::json::object options;

  friend bool operator==(const AdapterEntry&, const AdapterEntry&) = default;
};

/// What one source says; absent means "not said here".
struct Layer {
  std::optional<std::filesystem::path> state_dir;
  std::optional<std::filesystem::path> socket;
  std::optional<ListenAddress> listen;
  std::optional<base::log::Level> log_level;
  std::optional<base::log::Format> log_format;
  std::optional<std::vector<std::filesystem::path>> adapter_dirs;
  std::optional<std::vector<std::string>> adapters_allow;
  std::optional<std::vector<std::string>> adapters_required;
  std::optional<std::vector<AdapterEntry>> adapter_entries;
  std::optional<std::filesystem::path> policy_dir;
  std::optional<std::string> cgroup_base;
  std::optional<std::uint32_t> metrics_max_sessions;
  std::optional<std::vector<uid_t>> access_uids;

  friend bool operator==(const Layer&, const Layer&) = default;
};

/// All of it, decided. Paths are absolute.
struct HostConfig {
  std::filesystem::path state_dir;
  std::filesystem::path socket;
  std::optional<ListenAddress> listen;  ///< absent: no TCP
  base::log::Level log_level = base::log::Level::info;
  base::log::Format log_format = base::log::Format::text;
  std::filesystem::path runner_program;              ///< beside the program itself
  std::vector<std::filesystem::path> adapter_dirs;   ///< searched in this order
  std::vector<std::string> adapters_allow;           ///< ids; empty: all that are found
  std::vector<std::string> adapters_required;        ///< ids
  std::vector<AdapterEntry> adapter_entries;         ///< in the order of the file
  std::vector<std::filesystem::path> policy_places;  ///< for load_policies()
  std::string cgroup_base;                           ///< group below which every session has its own
  std::uint32_t metrics_max_sessions = 500;          ///< per-session series at most; 0: none
  std::vector<uid_t> access_uids;                    ///< let in on the Unix socket beside the host's own user and root

  friend bool operator==(const HostConfig&, const HostConfig&) = default;
};

/// Looks a variable up. An empty one counts as not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// The environment of this process.
Environment process_environment();

/// `$XDG_CONFIG_HOME/paddock/paddock.yaml` or `~/.config/paddock/paddock.yaml`; empty when neither
/// variable is set. What `--config` or PADDOCK_CONFIG name must exist, this one need not.
std::filesystem::path default_config_file(const Environment& environment);

/// What the PADDOCK_* variables say: PADDOCK_STATE_DIR, PADDOCK_SOCKET, PADDOCK_LISTEN,
/// PADDOCK_ADAPTER_PATH (colon-separated), PADDOCK_POLICY_DIR, PADDOCK_LOG_LEVEL, PADDOCK_LOG_FORMAT.
/// Fails with `invalid_request` naming the variable.
base::Result<Layer> environment_layer(const Environment& environment);

/// `upper` where it says something, else `lower`.
Layer merge(const Layer& upper, const Layer& lower);

/// What is in force: flags over environment over file over defaults. `program_dir` is the absolute
/// folder of the running program: its runner, `../lib/paddock/adapters` and `../share/paddock/policies`
/// are found from there. Relative paths become absolute from `working_dir`. Fails with
/// `invalid_request` when no state folder can be named (no flag, no variable, no HOME).
base::Result<HostConfig> decide(const Layer& flags, const Layer& environment_says, const Layer& file,
                                const Environment& environment, const std::filesystem::path& program_dir,
                                const std::filesystem::path& working_dir);

/// The group of a host when nobody names one: "paddock-" and eight digits that follow from the state
/// folder, so that two hosts on one machine never take each other's groups for leftovers.
std::string default_cgroup_base(const std::filesystem::path& state_dir);

/// Where the socket is when nobody says: `$XDG_RUNTIME_DIR/paddock/paddock.sock`, and without a
/// runtime folder `<state_dir>/run/paddock.sock`. Its folder is to be made with mode 0700.
std::filesystem::path default_socket(const Environment& environment, const std::filesystem::path& state_dir);

}  // namespace paddock::config
