// Is the CLI here, which version, and is somebody logged in?
#pragma once

#include <boost/json.hpp>

namespace paddock::claude {

namespace json = boost::json;

/// What the host shall look at; see PDK_EXT_PROBE.
json::object probe_plan();

/// What the findings mean. Never throws for odd findings.
json::object probe_result(const json::object& findings);

}  // namespace paddock::claude
