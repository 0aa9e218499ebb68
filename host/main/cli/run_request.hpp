// The flags of `paddock run`, and the request they make. Pure.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "config/host_config.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

struct RunFlags {
  std::string adapter, prompt;
  bool has_prompt = false;
  std::string name, mode, dir, repo, worktree, policy, memory, cpu, pids, model, resume, timeout;
  std::vector<std::string> env, labels;  ///< K=V; an `env` without '=' is taken from the environment
  bool yolo = false, keep_open = false, detach = false;
  std::vector<std::string> args;  ///< what stood after "--"
};

/// The body of POST /v1/sessions. `working_dir` is where a local session works when --dir is not
/// given; empty: the host decides. Fails with `usage` for a value that can be seen to be wrong here.
Outcome<boost::json::object> run_request(const RunFlags& flags, const config::Environment& environment,
                                         const std::string& working_dir);

}  // namespace paddock::cli
