// Claude Code on a terminal: what it is started with, how it is ended, and what its end means. What its screens mean
// stands in screens.yaml.
#pragma once

#include <boost/json.hpp>

#include "paddock/launch.hpp"
#include "paddock/session.hpp"

namespace paddock::claude {

namespace json = boost::json;

/// The plan for an interactive launch. Throws Refusal.
json::object make_terminal_plan(const sdk::Launch& launch);

/// The person at the terminal and the host do the talking; this only carries the few things that are keys.
class TerminalSession final {
 public:
  sdk::Status command(const sdk::Command& command, sdk::Sink& sink);
  void exited(const sdk::Exit& exit, sdk::Sink& sink) const;

 private:
  bool finishing_ = false;
};

}  // namespace paddock::claude
