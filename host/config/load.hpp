// Configuration files in, checked values out. yaml-cpp ends here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/host_config.hpp"
#include "config/problem.hpp"
#include "policy/policy.hpp"

namespace paddock::config {

/// Reads the policies (`kind: Policy`, `kind: Fleet`) of files and folders; of a folder every
/// *.yaml and *.yml that is not hidden, in the order of their names. A name that comes again in a later
/// folder replaces the earlier one (own policies over shipped ones); within one folder it is a problem,
/// as is a second Fleet. A folder that does not exist is skipped when others are named, else a problem.
/// A set without a policy "default" gets the built-in one: it asks about everything and limits nothing.
Checked<policy::Set> load_policies(const std::vector<std::filesystem::path>& places);

/// As above from text, for checks before anything is stored; `name` stands for the file in problems.
Checked<policy::Set> parse_policies(std::string_view text, const std::string& name);

/// Reads `paddock.yaml` (`kind: Host`). Relative paths in it start at its own folder.
Checked<Layer> load_host_file(const std::filesystem::path& file);

/// As above from text; relative paths start at `folder`.
Checked<Layer> parse_host_file(std::string_view text, const std::string& name, const std::filesystem::path& folder);

}  // namespace paddock::config
