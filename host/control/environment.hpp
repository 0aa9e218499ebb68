// The agent's environment: built from named parts, never inherited whole. Pure but for secret files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "policy/policy.hpp"

namespace paddock::control {

using Variables = std::map<std::string, std::string>;

/// This process's environment as a map.
Variables own_environment();

/// Reads the policy's secrets ("file:PATH", one newline at the end is dropped). Fails with `start_failed`
/// that names variable and file, never a value.
base::Result<Variables> read_secrets(const policy::Environment& environment);

/// PATH HOME USER LOGNAME SHELL LANG LC_* TERM TMPDIR of the host, then what the policy passes and sets,
/// its secrets, then the session's own; later ones win. As "K=V", sorted by name. Fails with
/// `invalid_request` for a name that is empty or holds '=' or NUL, or a value with NUL.
base::Result<std::vector<std::string>> build_environment(const Variables& host, const policy::Environment& environment,
                                                         const Variables& secrets, const Variables& session);

}  // namespace paddock::control
