// What each kind of document may say.
#pragma once

#include <filesystem>

#include "config/host_config.hpp"
#include "config/read.hpp"
#include "policy/policy.hpp"

namespace paddock::config {

/// Reads `resources`, the same in policies and the fleet.
void read_resources(Section& section, policy::Resources& resources);

/// Reads all of a `kind: Policy` after read_kind(); problems go to the document's findings.
policy::Policy read_policy(Section& document);

/// Reads all of the `kind: Fleet` after read_kind().
policy::Fleet read_fleet(Section& document);

/// Reads all of a `kind: Host` after read_kind(); relative paths start at `folder`.
Layer read_host(Section& document, const std::filesystem::path& folder);

}  // namespace paddock::config
