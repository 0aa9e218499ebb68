// The host as a daemon: reads its configuration, takes the lock of its state folder, runs.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "main/daemon/daemon.hpp"
#include "main/daemon/flags.hpp"
#include "main/daemon/setup.hpp"

namespace {

namespace daemon = paddock::daemon;
namespace log = paddock::base::log;

int run(const std::vector<std::string>& arguments) {
  auto flags = daemon::parse_flags(arguments);
  if (flags.done) {
    std::fputs(flags.text.c_str(), flags.status == 0 ? stdout : stderr);
    return flags.status;
  }
  auto setup = daemon::load_setup(flags);
  if (!setup) {
    std::fputs(daemon::every_problem(setup.error()).c_str(), stderr);
    return 1;
  }
  if (flags.check_config) {
    std::puts("the configuration is valid");
    return 0;
  }
  log::configure(setup->config.log_level, setup->config.log_format);
  auto ended = daemon::run(flags, std::move(*setup));
  if (ended) return 0;
  log::error("paddockd does not run", {{"problem", ended.error().detail}});
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  return run(std::vector<std::string>(argv + 1, argv + argc));
} catch (const std::exception& problem) {
  log::error("paddockd failed", {{"problem", problem.what()}});
  return 1;
}
