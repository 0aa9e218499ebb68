// Kernel figures in the forms others want: JSON for the API, samples for metrics, limits for the kernel.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "cgroup/group.hpp"
#include "cgroup/limits.hpp"
#include "metrics/registry.hpp"
#include "policy/policy.hpp"
#include "session/record.hpp"

namespace paddock::control {

/// What the contract calls `resources`: {memory_bytes, memory_peak_bytes, cpu_seconds, pids, oom_kills, pressure};
/// absent rather than guessed.
boost::json::object resources_json(const cgroup::Usage& usage, const cgroup::Pressures& pressure);

/// The part of a policy's resources that groups enforce.
cgroup::Limits limits_of(const policy::Resources& resources);

/// What metrics show of one living session.
metrics::SessionSample sample_of(const session::Record& record, const cgroup::Usage& usage,
                                 const cgroup::Pressures& pressure);

/// {session, v1{controller: directory}, v2, v2_has_controllers}; empty for empty paths.
boost::json::object to_json(const cgroup::GroupPaths& paths);
/// Reads to_json()'s form; what is missing or of another type stays empty.
cgroup::GroupPaths group_paths_from_json(const boost::json::object& object);

}  // namespace paddock::control
