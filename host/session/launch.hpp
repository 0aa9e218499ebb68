// The wish to start a session, checked, and what a runner needs to carry it out.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "session/record.hpp"

namespace paddock::session {

/// The body of POST /v1/sessions. Only `adapter` is required.
struct Request {
  std::string adapter;
  std::optional<std::string> prompt;
  Mode mode = Mode::headless;
  std::string name;     ///< empty: none
  std::string workdir;  ///< absolute; empty: the host's own choice
  std::string policy = "default";
  policy::Resources limits;  ///< limits{memory_max_bytes, memory_high_bytes, cpu_percent, pids_max}
  std::string model;
  std::string resume;  ///< the agent's own session id to go on with
  std::map<std::string, std::string> env;
  bool yolo = false;
  bool keep_open = false;  ///< default: true without a prompt, false with one
  std::vector<std::string> args;
  boost::json::object options;
  std::map<std::string, std::string> labels;
  std::optional<std::chrono::milliseconds> timeout;  ///< `timeout`: "10m"; tightens the policy's total
};

/// Reads and checks a request body. Fails with `invalid_request` and one FieldError for each wrong
/// place: unknown fields, wrong types, names and sizes out of their limits.
base::Result<Request> request_from_json(const boost::json::value& body);

/// Everything a runner needs; travels once, as the first message on the link. Carries secrets: never
/// logged, never stored.
struct Launch {
  base::SessionId session;
  base::RuntimeId runtime;
  std::string session_dir;  ///< absolute, 0700, exists
  std::string adapter_id, adapter_version, adapter_file, adapter_sha256;
  boost::json::object adapter_request;  ///< pdk_launch.request
  boost::json::object screen_rules;     ///< screen::to_json(); empty: none are known
  std::string workdir;
  std::vector<std::string> environment;        ///< complete, K=V, before the plan's changes
  std::map<std::string, std::string> secrets;  ///< for the plan's env.secret
  boost::json::object cgroup;                  ///< cgroup::GroupPaths as JSON; empty: none
  policy::Resources limits;                    ///< for messages ("limit 64 MiB")
  policy::Timeouts timeouts;
  bool keep_open = false;
};

boost::json::object to_json(const Launch& launch);
base::Result<Launch> launch_from_json(const boost::json::object& object);

}  // namespace paddock::session
