// Which value goes into which cgroup file for which limit: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cgroup/limits.hpp"

namespace paddock::cgroup {

/// One value for one file of a controller.
struct Setting {
  std::string controller;
  std::string file;
  std::string value;

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// What the v1 memory controller is set to now; absent means unlimited.
struct V1Memory {
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> with_swap;
};

/// Refuses values no kernel takes: zero sizes, shares or counts, weights outside 1 to 10000.
base::Result<> check(const Limits& limits);

/// Settings for v1 controllers, in the order to be written. `now` is needed because v1 limits memory
/// and memory with swap, each of which must fit the other at every step. `memory_high` has no file.
std::vector<Setting> v1_settings(const Limits& limits, const V1Memory& now);

/// Settings for v2 controllers.
std::vector<Setting> v2_settings(const Limits& limits);

/// Whether a file that reads `text` holds what was asked for (the kernel rounds sizes down to pages).
bool holds(const Setting& setting, std::string_view text);

}  // namespace paddock::cgroup
