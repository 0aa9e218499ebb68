// The adapter's own settings: their JSON Schema, and how they become arguments of the CLI.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::claude {

namespace json = boost::json;

/// True for a permission mode that the CLI knows. It does not check the word itself.
bool is_permission_mode(std::string_view word) noexcept;

/// Appends the arguments that `launch.options()` asks for. Throws Refusal for an option that is unknown,
/// of the wrong type, or that would let the agent act without asking although the launch is not yolo.
void append_options(const sdk::Launch& launch, json::array& argv);

/// Adds the variables that options ask for to `set`. The options were checked by append_options().
void add_option_environment(const json::object& options, json::object& set);

/// Throws Refusal when the session's own arguments would break the protocol or grant what the launch
/// does not.
void check_arguments(const sdk::Launch& launch);

/// Throws Refusal when `value` would be read as an option of the CLI.
void check_word(std::string_view what, std::string_view value);

}  // namespace paddock::claude
