// How the CLI is started and how it is asked to end.
#pragma once

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::claude {

namespace json = boost::json;

/// The plan for `launch`: one process on pipes that speaks JSON lines both ways. Throws Refusal.
json::object make_plan(const sdk::Launch& launch);

}  // namespace paddock::claude
