// How an agent that speaks the protocol is started and stopped, and how its presence is probed.
#pragma once

#include <initializer_list>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::acp {

namespace json = boost::json;

/// The plan for a command line: closing its input is the polite way to end an agent, then SIGTERM. Throws
/// Refusal for a mode that does not exist.
json::object plan_of(const sdk::Launch& launch, json::array argv, json::object env = {});

/// The plan of an agent that answers one prompt for each process: signals end it.
json::object print_plan_of(const sdk::Launch& launch, json::array argv, json::object env = {});

/// True when the option `protocol` asks for one prompt in one process. Throws Refusal for a protocol that does not
/// exist.
bool is_print(const sdk::Launch& launch);

/// The value of the option `key`, which must be one of `known`; the first of them when it is absent. Throws
/// Refusal for any other.
std::string_view choice_of(const sdk::Launch& launch, std::string_view key,
                           std::initializer_list<std::string_view> known);

/// Adds `flag` and `value` unless the value is empty.
void add_flag(json::array& argv, std::string_view flag, std::string_view value);

/// Adds the session's own arguments.
void add_arguments(json::array& argv, const sdk::Launch& launch);

/// What a probe of one program found: {state, version?, login, detail}. `version` is the answer to its
/// first command, `keys` whether one of its environment variables or `files` is there.
json::object probe_verdict(const json::object& findings, std::string_view program);

}  // namespace paddock::acp
