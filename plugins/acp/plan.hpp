// How an agent that speaks the protocol is started and stopped, and how its presence is probed.
#pragma once

#include <initializer_list>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::acp {

namespace json = boost::json;

/// The plan for a command line: closing its input is the polite way to end an agent, then SIGTERM. The
/// session's own arguments come last. Throws Refusal for a mode that does not exist.
json::object plan_of(const sdk::Launch& launch, json::array argv, json::object env = {});

/// What a probe of one program found: {state, version?, login, detail}. `version` is the answer to its
/// first command, `keys` whether one of its environment variables or `files` is there.
json::object probe_verdict(const json::object& findings, std::string_view program);

}  // namespace paddock::acp
