// Makes a session's events again from its journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/error.hpp"

namespace paddock::runner {

/// Which events are wanted.
struct ReplayRange {
  std::uint64_t after = 0;
  std::uint64_t until = UINT64_MAX;
};

/// Reads `<session_dir>/journal` through a fresh adapter process and machine and gives every event of the
/// range as JSON text, in order. A journal that was cut off gives what it holds. Fails with
/// `not_found` or `corrupt` (no journal), or `adapter_refused`. Blocks; forks.
base::Result<> replay(const std::filesystem::path& session_dir, const ReplayRange& range,
                      const std::function<void(std::string_view)>& on_event);

}  // namespace paddock::runner
