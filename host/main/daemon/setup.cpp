// Loading the setup; nothing is started here.
#include "main/daemon/setup.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "config/load.hpp"

namespace paddock::daemon {
namespace fs = std::filesystem;
namespace {

using base::Errc;
using base::fail;

fs::path program_folder() {
  std::error_code ec;
  const fs::path self = fs::read_symlink("/proc/self/exe", ec);
  return ec ? fs::current_path(ec) : self.parent_path();
}

struct Place {
  fs::path file;
  bool must_exist = false;
};

Place config_place(const Flags& flags, const config::Environment& environment) {
  if (flags.config_file) return {fs::absolute(*flags.config_file), true};
  if (auto named = environment("PADDOCK_CONFIG")) return {fs::absolute(*named), true};
  return {config::default_config_file(environment), false};
}

void add(std::vector<base::FieldError>& problems, const base::Error& error) {
  if (error.errors.empty()) problems.push_back({"", error.detail});
  problems.insert(problems.end(), error.errors.begin(), error.errors.end());
}

config::Layer file_layer(const Place& place, std::vector<base::FieldError>& problems) {
  std::error_code ec;
  if (place.file.empty() || (!place.must_exist && !fs::exists(place.file, ec))) return {};
  auto layer = config::load_host_file(place.file);
  if (layer) return std::move(*layer);
  add(problems, config::to_error(layer.error()));
  return {};
}

/// An installed program finds its runner and adapters a little elsewhere than one in a build tree.
void look_where_installed(config::HostConfig& config, const fs::path& folder) {
  std::error_code ec;
  const fs::path in_libexec = folder / "../libexec/paddock/paddock-runner";
  if (!fs::exists(config.runner_program, ec) && fs::exists(in_libexec, ec)) {
    config.runner_program = in_libexec.lexically_normal();
  }
  for (fs::path& dir : config.adapter_dirs) {
    const fs::path installed = (folder / ".." / PADDOCK_LIBDIR / "paddock/adapters").lexically_normal();
    const bool is_default = dir == (folder / "../lib/paddock/adapters").lexically_normal();
    if (is_default && !fs::exists(dir, ec) && fs::exists(installed, ec)) dir = installed;
  }
}

}  // namespace

base::Result<Setup> load_setup(const Flags& flags) {
  const auto environment = config::process_environment();
  std::vector<base::FieldError> problems;
  Setup setup;
  const Place place = config_place(flags, environment);
  setup.config_file = place.file;
  const config::Layer file = file_layer(place, problems);
  auto environment_says = config::environment_layer(environment);
  if (!environment_says) add(problems, environment_says.error());
  std::error_code ec;
  const fs::path folder = program_folder();
  auto decided = config::decide(flags.layer, environment_says ? *environment_says : config::Layer(), file, environment,
                                folder, fs::current_path(ec));
  if (!decided) {
    add(problems, decided.error());
  } else {
    setup.config = std::move(*decided);
    look_where_installed(setup.config, folder);
    auto policies = config::load_policies(setup.config.policy_places);
    if (policies) {
      setup.policies = std::move(*policies);
    } else {
      add(problems, config::to_error(policies.error()));
    }
    if (setup.config.listen && !setup.config.listen->is_loopback()) {
      problems.push_back({"", fmt::format("'{}' is not a loopback address: without TLS this host does not listen there",
                                          setup.config.listen->address)});
    }
  }
  if (problems.empty()) return setup;
  base::Error error = fail(Errc::bad_config, problems.front().detail);
  error.errors = std::move(problems);
  return error;
}

std::string every_problem(const base::Error& error) {
  if (error.errors.empty()) return error.detail + "\n";
  std::string text;
  for (const base::FieldError& each : error.errors) {
    text +=
        each.pointer.empty() ? fmt::format("{}\n", each.detail) : fmt::format("{}: {}\n", each.pointer, each.detail);
  }
  return text;
}

}  // namespace paddock::daemon
