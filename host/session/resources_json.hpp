// Limits and time-outs as JSON, the same form in the API, the store and on the link.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "policy/policy.hpp"

namespace paddock::session {

/// {memory_max_bytes, memory_high_bytes, memory_swap_bytes, cpu_percent, cpu_weight, pids_max,
/// io_weight}; absent limits are left out.
boost::json::object resources_to_json(const policy::Resources& resources);

/// Reads resources_to_json()'s form; unknown fields are ignored. Fails with `corrupt`.
base::Result<policy::Resources> resources_from_json(const boost::json::object& object);

/// {start_ms, stop_ms, idle_ms, total_ms}; absent ones are left out.
boost::json::object timeouts_to_json(const policy::Timeouts& timeouts);

/// Reads timeouts_to_json()'s form. Fails with `corrupt`.
base::Result<policy::Timeouts> timeouts_from_json(const boost::json::object& object);

}  // namespace paddock::session
