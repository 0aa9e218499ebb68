// The command line of paddockd.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/host_config.hpp"

namespace paddock::daemon {

/// What the command line says.
struct Flags {
  config::Layer layer;
  std::optional<std::filesystem::path> config_file;  ///< --config
  bool check_config = false;

  bool done = false;  ///< nothing is left to do but to print `text` and exit with `status`
  int status = 0;     ///< 0, or 2 for bad usage
  std::string text;
};

/// Reads the arguments without the program's name. `--help`, `--version` and bad usage are `done`.
Flags parse_flags(const std::vector<std::string>& arguments);

/// "0.1.0".
std::string version();

}  // namespace paddock::daemon
