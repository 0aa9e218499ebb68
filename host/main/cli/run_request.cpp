// Flags to a request body.
#include "main/cli/run_request.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "base/size.hpp"
#include "config/units.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

Failure wrong(std::string_view flag, std::string_view detail) {
  return failure(ExitCode::usage, "usage", fmt::format("{}: {}", flag, detail));
}

void put(json::object& body, std::string_view key, const std::string& value) {
  if (!value.empty()) body[key] = value;
}

Outcome<json::object> limits_of(const RunFlags& flags) {
  json::object limits;
  if (!flags.memory.empty()) {
    const auto size = base::parse_size(flags.memory);
    if (!size) return wrong("--memory", size.error().detail);
    limits["memory_max_bytes"] = size->bytes();
  }
  if (!flags.cpu.empty()) {
    const auto cpu = config::parse_cpu(flags.cpu);
    if (!cpu) return wrong("--cpu", cpu.error().detail);
    limits["cpu_percent"] = *cpu;
  }
  if (!flags.pids.empty()) {
    const auto pids = config::parse_count(flags.pids);
    if (!pids) return wrong("--pids", pids.error().detail);
    limits["pids_max"] = *pids;
  }
  return limits;
}

Outcome<json::object> environment_of(const RunFlags& flags, const config::Environment& environment) {
  json::object out;
  for (const std::string& entry : flags.env) {
    const std::size_t equals = entry.find('=');
    if (equals == 0) return wrong("--env", fmt::format("'{}' has no name", entry));
    if (equals != std::string::npos) {
      out[entry.substr(0, equals)] = entry.substr(equals + 1);
    } else if (const auto value = environment(entry)) {
      out[entry] = *value;
    } else {
      return wrong("--env", fmt::format("'{}' is not set here; write {}=VALUE", entry, entry));
    }
  }
  return out;
}

Outcome<json::object> labels_of(const RunFlags& flags) {
  json::object out;
  for (const std::string& entry : flags.labels) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) return wrong("--label", fmt::format("'{}' is not K=V", entry));
    out[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return out;
}

std::string workdir_of(const RunFlags& flags, const std::string& working_dir) {
  if (!flags.repo.empty()) return {};
  if (flags.dir.empty()) return working_dir;
  return (std::filesystem::path(working_dir) / flags.dir).lexically_normal().string();
}

}  // namespace

Outcome<json::object> run_request(const RunFlags& flags, const config::Environment& environment,
                                  const std::string& working_dir) {
  const auto limits = limits_of(flags);
  if (!limits) return limits.error();
  const auto variables = environment_of(flags, environment);
  if (!variables) return variables.error();
  const auto labels = labels_of(flags);
  if (!labels) return labels.error();
  json::object body;
  body["adapter"] = flags.adapter;
  if (flags.has_prompt) body["prompt"] = flags.prompt;
  put(body, "name", flags.name);
  put(body, "mode", flags.mode);
  put(body, "workdir", workdir_of(flags, working_dir));
  put(body, "repo", flags.repo);
  put(body, "worktree", flags.worktree);
  put(body, "policy", flags.policy);
  put(body, "model", flags.model);
  put(body, "resume", flags.resume);
  put(body, "timeout", flags.timeout);
  if (!limits->empty()) body["limits"] = *limits;
  if (!variables->empty()) body["env"] = *variables;
  if (!labels->empty()) body["labels"] = *labels;
  if (flags.yolo) body["yolo"] = true;
  if (flags.keep_open) body["keep_open"] = true;
  if (!flags.args.empty()) {
    json::array& args = body["args"].emplace_array();
    for (const std::string& argument : flags.args) args.push_back(json::string(argument));
  }
  return body;
}

}  // namespace paddock::cli
