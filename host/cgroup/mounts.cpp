// Finds the hierarchies and our place in them.
#include "cgroup/mounts.hpp"

#include <algorithm>

#include "base/files.hpp"
#include "cgroup/tree.hpp"

namespace paddock::cgroup {

namespace {

// A machine with thousands of containers has that many mounts.
constexpr base::ByteSize kMountinfoBytes = base::mib(16);
constexpr base::ByteSize kMembershipBytes = base::kib(64);

std::optional<Hierarchy> place_in(const Mount& mount, const std::map<std::string, std::string>& membership,
                                  const std::string& controller) {
  const auto path = membership.find(controller);
  if (path == membership.end()) return std::nullopt;
  auto own = directory_of(mount, path->second);
  if (!own) return std::nullopt;
  return Hierarchy{mount, std::move(*own)};
}

std::string read_or_empty(const char* path, base::ByteSize limit) {
  auto text = base::read_file(path, limit);
  return text ? std::move(*text) : std::string();
}

}  // namespace

std::string Hierarchy::relative(const std::string& directory) const {
  return directory.size() > mount.point.size() ? directory.substr(mount.point.size() + 1) : std::string();
}

Surroundings surroundings_of(std::string_view mountinfo, std::string_view membership_text) {
  const auto mounts = parse_mountinfo(mountinfo);
  const auto membership = parse_membership(membership_text);
  Surroundings around;
  around.layout = layout_of(mounts);
  for (const Mount& mount : mounts) {
    if (mount.v2) {
      if (!around.v2) around.v2 = place_in(mount, membership, "");
      continue;
    }
    for (const std::string& controller : mount.controllers) {
      if (around.v1.contains(controller)) continue;
      if (auto place = place_in(mount, membership, controller)) around.v1.emplace(controller, std::move(*place));
    }
  }
  return around;
}

std::string moved_to(std::string_view membership, std::string_view group) {
  std::string text;
  while (!membership.empty()) {
    const auto end = membership.find('\n');
    const std::string_view line = membership.substr(0, end);
    membership.remove_prefix(end == std::string_view::npos ? membership.size() : end + 1);
    // Two colons end the part before the path; the path itself may contain more.
    const auto second = line.find(':', std::min(line.find(':'), line.size() - 1) + 1);
    if (line.empty() || second == std::string_view::npos) continue;
    text.append(line.substr(0, second + 1)).append(group).append("\n");
  }
  return text;
}

Surroundings look_around(const std::optional<std::string>& place) {
  std::string membership = read_or_empty("/proc/self/cgroup", kMembershipBytes);
  if (place) membership = moved_to(membership, *place);
  return surroundings_of(read_or_empty("/proc/self/mountinfo", kMountinfoBytes), membership);
}

Layout detect() { return look_around().layout; }

}  // namespace paddock::cgroup
