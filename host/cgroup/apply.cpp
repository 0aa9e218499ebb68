// Limits into files, by the cgroup library; and a look whether they stayed there.
#include "cgroup/apply.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cgroup/control_files.hpp"
#include "cgroup/library.hpp"
#include "cgroup/parse.hpp"

namespace paddock::cgroup {

using base::Errc;
using base::fail;
using base::Result;

namespace {

/// The library refuses a file named twice, so that goes in two calls.
Result<> write_settings(const Hierarchy& hierarchy, const std::string& directory, const std::string& controller,
                        const std::vector<Setting>& settings) {
  std::vector<Setting> batch;
  const auto flush = [&]() -> Result<> {
    if (batch.empty()) return {};
    auto done = library::modify(hierarchy.relative(directory), controller, batch);
    batch.clear();
    return done;
  };
  for (const Setting& setting : settings) {
    const bool twice =
        std::any_of(batch.begin(), batch.end(), [&](const Setting& s) { return s.file == setting.file; });
    if (twice) {
      if (auto done = flush(); !done) return done;
    }
    batch.push_back(setting);
  }
  return flush();
}

}  // namespace

std::vector<Setting> of_controller(const std::vector<Setting>& settings, const std::string& controller) {
  std::vector<Setting> some;
  std::copy_if(settings.begin(), settings.end(), std::back_inserter(some),
               [&](const Setting& setting) { return setting.controller == controller; });
  return some;
}

Result<> verify(const std::string& directory, const std::vector<Setting>& settings) {
  // Later settings of a file replace earlier ones, so only the last value must be there.
  for (auto setting = settings.begin(); setting != settings.end(); ++setting) {
    const bool replaced =
        std::any_of(setting + 1, settings.end(), [&](const Setting& later) { return later.file == setting->file; });
    if (replaced) continue;
    const auto text = read_text(directory + "/" + setting->file);
    if (!text || !holds(*setting, *text)) {
      return fail(Errc::limit_unavailable, fmt::format("'{}/{}' reads '{}' after '{}' was set, giving up", directory,
                                                       setting->file, text.value_or("nothing"), setting->value));
    }
  }
  return {};
}

Result<> apply(const Hierarchy& hierarchy, const std::string& directory, const std::vector<Setting>& settings) {
  std::vector<std::string> controllers;
  for (const Setting& setting : settings) {
    if (std::find(controllers.begin(), controllers.end(), setting.controller) == controllers.end()) {
      controllers.push_back(setting.controller);
    }
  }
  for (const std::string& controller : controllers) {
    const auto some = of_controller(settings, controller);
    if (auto done = write_settings(hierarchy, directory, controller, some); !done) {
      return fail(Errc::limit_unavailable, done.error().detail);
    }
    if (auto held = verify(directory, some); !held) return held;
  }
  return {};
}

V1Memory memory_now(const std::string& directory) {
  const auto number = [&](const char* file) -> std::optional<std::uint64_t> {
    const auto text = read_text(directory + "/" + file);
    const auto value = text ? parse_number(*text) : std::nullopt;
    return value && *value < std::uint64_t(INT64_MAX) / 2 ? value : std::nullopt;
  };
  return {number("memory.limit_in_bytes"), number("memory.memsw.limit_in_bytes")};
}

}  // namespace paddock::cgroup
