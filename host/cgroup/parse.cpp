// Readers of cgroup texts.
#include "cgroup/parse.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace paddock::cgroup {

namespace {

/// Takes the part of `rest` before `separator` off it; all of it when there is none.
std::string_view take(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

template <class F>
void each_line(std::string_view text, F&& use) {
  while (!text.empty()) use(take(text, '\n'));
}

/// mountinfo writes blanks, tabs, newlines and backslashes as three octal digits.
std::string unescape(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) && octal(text[i + 3])) {
      plain.push_back(char((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

bool lists(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    if (take(options, ',') == wanted) return true;
  }
  return false;
}

std::vector<std::string> controllers_in(std::string_view options) {
  static constexpr std::array kOther = {"rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode"};
  std::vector<std::string> found;
  while (!options.empty()) {
    const std::string_view option = take(options, ',');
    if (option.empty() || option.starts_with("release_agent=")) continue;
    if (std::find(kOther.begin(), kOther.end(), option) == kOther.end()) found.emplace_back(option);
  }
  return found;
}

std::optional<Mount> parse_mount(std::string_view line) {
  for (int skip = 0; skip < 3; ++skip) take(line, ' ');
  Mount mount;
  mount.root = unescape(take(line, ' '));
  mount.point = unescape(take(line, ' '));
  const std::string_view options = take(line, ' ');
  // Any number of optional fields, ended by a single hyphen.
  while (!line.empty() && take(line, ' ') != "-") {
  }
  const std::string_view type = take(line, ' ');
  take(line, ' ');
  const std::string_view super = line;
  if ((type != "cgroup" && type != "cgroup2") || !mount.point.starts_with('/') || mount.root.empty()) {
    return std::nullopt;
  }
  mount.v2 = type == "cgroup2";
  mount.read_only = lists(options, "ro") || lists(super, "ro");
  if (!mount.v2) mount.controllers = controllers_in(super);
  return mount;
}

std::optional<double> parse_share(std::string_view word, std::string_view key) {
  if (!word.starts_with(key)) return std::nullopt;
  word.remove_prefix(key.size());
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  // from_chars reads "nan" and "inf", which are no shares.
  if (error != std::errc() || end != word.data() + word.size() || !(value >= 0 && value <= 100)) return std::nullopt;
  return value;
}

std::optional<PressureLine> parse_pressure_line(std::string_view line) {
  const auto avg10 = parse_share(take(line, ' '), "avg10=");
  const auto avg60 = parse_share(take(line, ' '), "avg60=");
  const auto avg300 = parse_share(take(line, ' '), "avg300=");
  if (!avg10 || !avg60 || !avg300 || !line.starts_with("total=")) return std::nullopt;
  const auto total = parse_number(line.substr(6));
  if (!total || *total > std::uint64_t(INT64_MAX)) return std::nullopt;
  return PressureLine{*avg10, *avg60, *avg300, std::chrono::microseconds(*total)};
}

}  // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  each_line(text, [&](std::string_view line) {
    if (auto mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  });
  return mounts;
}

Layout layout_of(const std::vector<Mount>& mounts) noexcept {
  // A named hierarchy ("name=systemd") only groups; it makes no v1 machine of a v2 one.
  const auto controls = [](const Mount& mount) {
    return std::any_of(mount.controllers.begin(), mount.controllers.end(),
                       [](const std::string& controller) { return !controller.starts_with("name="); });
  };
  const bool v1 = std::any_of(mounts.begin(), mounts.end(), controls);
  const bool v2 = std::any_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.v2; });
  if (v1) return v2 ? Layout::hybrid : Layout::legacy;
  return v2 ? Layout::unified : Layout::none;
}

std::map<std::string, std::string> parse_membership(std::string_view text) {
  std::map<std::string, std::string> paths;
  each_line(text, [&](std::string_view line) {
    const std::string_view id = take(line, ':');
    std::string_view controllers = take(line, ':');
    if (!line.starts_with('/') || !parse_number(id)) return;
    if (controllers.empty()) paths.emplace("", line);
    while (!controllers.empty()) paths.emplace(take(controllers, ','), line);
  });
  return paths;
}

std::optional<std::string> directory_of(const Mount& mount, const std::string& path) {
  if (!path.starts_with('/') || path.find("/..") != std::string::npos) return std::nullopt;
  std::string_view below = path;
  if (mount.root != "/") {
    if (!path.starts_with(mount.root)) return std::nullopt;
    below.remove_prefix(mount.root.size());
    if (!below.empty() && below.front() != '/') return std::nullopt;
  }
  if (below == "/") below = {};
  return mount.point + std::string(below);
}

std::map<std::string, std::uint64_t, std::less<>> parse_flat(std::string_view text) {
  std::map<std::string, std::uint64_t, std::less<>> values;
  each_line(text, [&](std::string_view line) {
    const std::string_view key = take(line, ' ');
    const auto value = parse_number(line);
    if (value && !key.empty()) values.emplace(key, *value);
  });
  return values;
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<pid_t> parse_pids(std::string_view text) {
  std::vector<pid_t> pids;
  each_line(text, [&](std::string_view line) {
    const auto pid = parse_number(line);
    // 0 stands for a process of another pid namespace; a signal to it would go to ourselves.
    if (pid && *pid > 0 && *pid <= std::uint64_t(INT32_MAX)) pids.push_back(pid_t(*pid));
  });
  return pids;
}

std::optional<MemoryEvents> parse_memory_events(std::string_view text) {
  const auto values = parse_flat(text);
  if (!values.contains("max") || !values.contains("oom_kill")) return std::nullopt;
  const auto of = [&](std::string_view key) {
    const auto found = values.find(key);
    return found == values.end() ? 0 : found->second;
  };
  return MemoryEvents{of("low"), of("high"), of("max"), of("oom"), of("oom_kill"), of("oom_group_kill")};
}

std::optional<Pressure> parse_pressure(std::string_view text) {
  std::optional<PressureLine> some;
  std::optional<PressureLine> full;
  bool malformed = false;
  each_line(text, [&](std::string_view line) {
    const std::string_view kind = take(line, ' ');
    auto& target = kind == "some" ? some : full;
    target = parse_pressure_line(line);
    malformed |= !target || (kind != "some" && kind != "full");
  });
  if (malformed || !some) return std::nullopt;
  return Pressure{*some, full};
}

}  // namespace paddock::cgroup
