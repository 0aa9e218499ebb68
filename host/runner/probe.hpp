// Looks whether an adapter's agent is on this machine.
#pragma once

#include <filesystem>

#include <boost/json/object.hpp>

#include "base/error.hpp"

namespace paddock::runner {

/// Runs the adapter's probe: its plan, the commands in it (5 s each, 64 KiB of output each), its verdict
/// `{state, version?, login, detail}`. An adapter without a probe is `unsupported`. Maps the library and
/// blocks: only in a process that may die.
base::Result<boost::json::object> probe(const std::filesystem::path& library);

}  // namespace paddock::runner
