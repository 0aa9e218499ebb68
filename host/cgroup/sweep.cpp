// Read, kill, read again.
#include "cgroup/sweep.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <optional>
#include <set>

#include <sys/syscall.h>
#include <unistd.h>

#include "base/unique_fd.hpp"
#include "cgroup/control_files.hpp"
#include "cgroup/parse.hpp"

namespace paddock::cgroup {

namespace {

constexpr int kRounds = 1000;
// Descriptors held at once; a fork bomb is killed in portions.
constexpr std::size_t kPortion = 256;

void kill_portion(const ListProcesses& list, const std::vector<pid_t>& portion, std::set<pid_t>& signalled) {
  std::vector<std::pair<pid_t, base::UniqueFd>> opened;
  for (const pid_t pid : portion) {
    base::UniqueFd pidfd(int(::syscall(SYS_pidfd_open, pid, 0)));
    if (pidfd) opened.emplace_back(pid, std::move(pidfd));
  }
  const auto still = list();
  for (const auto& [pid, pidfd] : opened) {
    if (std::find(still.begin(), still.end(), pid) == still.end()) continue;
    // ESRCH: it ended by itself.
    (void)::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
    signalled.insert(pid);
  }
}

template <class T>
bool take_number(std::string_view& rest, T& value) {
  const auto blank = rest.find(' ');
  const auto number = parse_number(rest.substr(0, blank));
  rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
  if (number) value = T(*number);
  return number.has_value();
}

}  // namespace

base::Result<> sweep(const ListProcesses& list) {
  for (int round = 0; round < kRounds; ++round) {
    const auto victims = list();
    std::set<pid_t> signalled;
    for (std::size_t at = 0; at < victims.size(); at += kPortion) {
      const std::size_t end = std::min(victims.size(), at + kPortion);
      kill_portion(list, {victims.begin() + std::ptrdiff_t(at), victims.begin() + std::ptrdiff_t(end)}, signalled);
    }
    const auto left = list();
    // Who has SIGKILL pending cannot fork any more.
    if (std::all_of(left.begin(), left.end(), [&](pid_t pid) { return signalled.contains(pid); })) return {};
  }
  return base::fail(base::Errc::busy, "processes appear faster than they can be killed, giving up for now");
}

std::optional<ProcessEntry> parse_entry(std::string_view stat) {
  ProcessEntry entry;
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string_view::npos || name_end + 4 >= stat.size()) return std::nullopt;
  std::string_view head = stat.substr(0, name_end);
  if (!take_number(head, entry.pid)) return std::nullopt;
  entry.state = stat[name_end + 2];
  std::string_view rest = stat.substr(name_end + 4);
  pid_t group = 0;
  if (!take_number(rest, entry.parent) || !take_number(rest, group) || !take_number(rest, entry.session)) {
    return std::nullopt;
  }
  for (int field = 7; field < 22; ++field) {
    const auto blank = rest.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(blank + 1);
  }
  if (!take_number(rest, entry.start_time)) return std::nullopt;
  return entry;
}

std::vector<pid_t> family_of(const std::vector<ProcessEntry>& all, const Kin& kin) {
  const auto entry_of = [&](pid_t pid) {
    return std::find_if(all.begin(), all.end(), [&](const ProcessEntry& entry) { return entry.pid == pid; });
  };
  const auto outside = [&](pid_t pid) {
    return pid == kin.adopter || std::find(kin.spare.begin(), kin.spare.end(), pid) != kin.spare.end();
  };
  const auto adopter = entry_of(kin.adopter);
  const pid_t own_session = adopter == all.end() ? 0 : adopter->session;
  // A pid is given away again only when no session of that number is left either.
  const auto holder = entry_of(kin.leader);
  const pid_t leader = holder != all.end() && holder->start_time != kin.leader_start ? 0 : kin.leader;

  std::set<pid_t> family;
  for (const ProcessEntry& entry : all) {
    if (outside(entry.pid)) continue;
    const bool orphan = entry.parent == kin.adopter && entry.session != own_session;
    if (orphan || (leader != 0 && (entry.pid == leader || entry.session == leader))) family.insert(entry.pid);
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const ProcessEntry& entry : all) {
      if (!outside(entry.pid) && family.contains(entry.parent)) grown |= family.insert(entry.pid).second;
    }
  }
  std::vector<pid_t> alive;
  for (const ProcessEntry& entry : all) {
    if (family.contains(entry.pid) && entry.state != 'Z' && entry.state != 'X') alive.push_back(entry.pid);
  }
  return alive;
}

std::vector<ProcessEntry> all_processes() {
  std::vector<ProcessEntry> all;
  std::error_code ec;
  for (std::filesystem::directory_iterator entry("/proc", ec), end; !ec && entry != end; entry.increment(ec)) {
    const std::string name = entry->path().filename().string();
    if (!parse_number(name)) continue;
    const auto text = read_text(entry->path().string() + "/stat");
    const auto parsed = text ? parse_entry(*text) : std::nullopt;
    if (parsed) all.push_back(*parsed);
  }
  return all;
}

}  // namespace paddock::cgroup
