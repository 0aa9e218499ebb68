// Reads the texts of cgroup files: pure functions, nothing is ever guessed from a malformed text.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "cgroup/limits.hpp"

namespace paddock::cgroup {

/// One mounted cgroup hierarchy.
struct Mount {
  std::string point;  ///< where it is mounted
  std::string root;   ///< which group of the hierarchy is seen there ("/" for all)
  bool v2 = false;
  bool read_only = false;
  std::vector<std::string> controllers;  ///< v1: as in the mount options ("name=systemd" included)

  friend bool operator==(const Mount&, const Mount&) = default;
};

/// The cgroup mounts in a `/proc/self/mountinfo` text, in its order. Lines of other kinds and
/// malformed ones are skipped.
std::vector<Mount> parse_mountinfo(std::string_view text);

/// The layout these mounts make.
Layout layout_of(const std::vector<Mount>& mounts) noexcept;

/// A `/proc/<pid>/cgroup` text: controller (or "" for v2) to the group's path in its hierarchy.
std::map<std::string, std::string> parse_membership(std::string_view text);

/// Directory under `mount` of the group `path`, when it can be seen there.
std::optional<std::string> directory_of(const Mount& mount, const std::string& path);

/// "key value" lines, as in memory.stat, cpu.stat, memory.events, pids.events, cgroup.events and
/// v1's memory.oom_control. Lines that are not a word and a number are skipped.
std::map<std::string, std::uint64_t, std::less<>> parse_flat(std::string_view text);

/// One number with an optional newline; "max" and anything else are no number.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

/// Process ids, one a line.
std::vector<pid_t> parse_pids(std::string_view text);

/// Counters of memory.events (v2).
struct MemoryEvents {
  std::uint64_t low = 0, high = 0, max = 0, oom = 0, oom_kill = 0, oom_group_kill = 0;
  friend bool operator==(const MemoryEvents&, const MemoryEvents&) = default;
};
std::optional<MemoryEvents> parse_memory_events(std::string_view text);

/// One line of a PSI file: shares of time in percent, and the total.
struct PressureLine {
  double avg10 = 0, avg60 = 0, avg300 = 0;
  std::chrono::microseconds total{0};
  friend bool operator==(const PressureLine&, const PressureLine&) = default;
};

/// A PSI file: some tasks waited, or all of them did.
struct Pressure {
  PressureLine some;
  std::optional<PressureLine> full;
  friend bool operator==(const Pressure&, const Pressure&) = default;
};

/// A `*.pressure` text; nothing when the "some" line is missing or any line is malformed.
std::optional<Pressure> parse_pressure(std::string_view text);

}  // namespace paddock::cgroup
