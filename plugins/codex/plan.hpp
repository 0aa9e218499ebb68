// How the app-server is started and stopped, and how its presence is probed.
#pragma once

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::codex {

namespace json = boost::json;

/// The plan of a launch. Throws Refusal for a mode or option that does not exist.
json::object plan_of(const sdk::Launch& launch);

/// What shows whether Codex is here and somebody is logged in.
json::object probe_plan();

/// What the findings of probe_plan() mean.
json::object probe_result(const json::object& findings);

}  // namespace paddock::codex
