// What `paddock-runner --describe` and `--probe` say about one library. They map it and run its code:
// call them in a process that may die.
#pragma once

#include <filesystem>
#include <string_view>

#include <boost/json/object.hpp>

#include "adapter/loader.hpp"
#include "base/error.hpp"

namespace paddock::adapter {

/// The library as JSON: to_json(Description), or `{file, code, message, hint}` when it is refused.
boost::json::object describe(const std::filesystem::path& file, const LoadPolicy& policy = {});

/// What the adapter wants looked at: `{commands, files, env}` (see pdk_probe). `unsupported` when it
/// has no probe, `adapter_refused` when the library is, `adapter_failed` when the adapter fails.
base::Result<boost::json::object> probe_plan(const std::filesystem::path& file);

/// The adapter's verdict on `findings` (JSON text): `{state, version?, login, detail}`. Fails as
/// probe_plan().
base::Result<boost::json::object> probe_result(const std::filesystem::path& file, std::string_view findings);

}  // namespace paddock::adapter
