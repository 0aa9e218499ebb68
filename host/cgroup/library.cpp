// The only file that calls libcgroup (2.0.2).
//
// Left out on purpose, because it does something else than its name says:
//  * deleting: a living process is moved to the parent group and goes on, "empty only" reports
//    success without deleting, and on v2 success is reported as an error. rmdir() does it right.
//  * attaching: on v1 it moves one thread of a process. The child joins by itself, see process.
//  * reading: 300 KB of heap a group. See Group.
#include "cgroup/library.hpp"

#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <libcgroup.h>

namespace paddock::cgroup::library {

namespace {

using base::Errc;
using base::fail;
using base::Result;

/// A handle is 5 KB and each of its values 8 KB, so none outlives the call it was made for.
struct Free {
  void operator()(struct cgroup* group) const { ::cgroup_free(&group); }
};
using Handle = std::unique_ptr<struct cgroup, Free>;

std::string reason(int code) {
  // The text of "other" is in errno; code 0 has a text that says something else ("not compiled in").
  if (code == ECGOTHER) return std::generic_category().message(::cgroup_get_last_errno());
  return ::cgroup_strerror(code);
}

Result<Handle> describe(const std::string& name, const std::string& controller, const std::vector<Setting>& settings) {
  Handle group(::cgroup_new_cgroup(name.c_str()));
  if (!group) return fail(Errc::io, fmt::format("cannot describe the group '{}': out of memory", name));
  struct cgroup_controller* part = ::cgroup_add_controller(group.get(), controller.c_str());
  if (part == nullptr) return fail(Errc::io, fmt::format("cannot add '{}' to the group '{}'", controller, name));
  for (const Setting& setting : settings) {
    const int code = ::cgroup_add_value_string(part, setting.file.c_str(), setting.value.c_str());
    if (code != 0) {
      return fail(Errc::io, fmt::format("cannot plan '{}' = '{}': {}", setting.file, setting.value, reason(code)));
    }
  }
  return group;
}

}  // namespace

Result<> initialise() {
  // A second call would free the mount table others are reading.
  static const int kCode = ::cgroup_init();
  if (kCode == 0) return {};
  return fail(Errc::unavailable, fmt::format("no usable cgroups: {}", reason(kCode)));
}

Result<> create(const std::string& name, const std::string& controller, const std::vector<Setting>& settings) {
  auto group = describe(name, controller, settings);
  if (!group) return group.error();
  const int code = ::cgroup_create_cgroup(group->get(), 1);
  if (code == 0) return {};
  return fail(Errc::io, fmt::format("cannot create the group '{}' of '{}': {}", name, controller, reason(code)));
}

Result<> modify(const std::string& name, const std::string& controller, const std::vector<Setting>& settings) {
  auto group = describe(name, controller, settings);
  if (!group) return group.error();
  const int code = ::cgroup_modify_cgroup(group->get());
  if (code == 0) return {};
  return fail(Errc::io, fmt::format("cannot set '{}' of the group '{}': {}", controller, name, reason(code)));
}

}  // namespace paddock::cgroup::library
