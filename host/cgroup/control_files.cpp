// Small file work in cgroup directories.
#include "cgroup/control_files.hpp"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/unique_fd.hpp"
#include "cgroup/parse.hpp"

namespace paddock::cgroup {

namespace {

constexpr base::ByteSize kFileBytes = base::mib(4);  // cgroup.procs of four million processes ends here
constexpr std::size_t kReadAgainBytes = 16384;
constexpr std::size_t kGroupsBelow = 10'000;  // what an agent may make inside its own group

void collect(const std::string& directory, std::vector<std::string>& found) {
  for (const std::string& child : children_of(directory)) {
    if (found.size() >= kGroupsBelow) return;
    collect(fmt::format("{}/{}", directory, child), found);
  }
  found.push_back(directory);
}

}  // namespace

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::optional<std::string> read_text(const std::string& path) {
  auto text = base::read_file(path, kFileBytes);
  if (!text) return std::nullopt;
  return std::move(*text);
}

int write_text(const std::string& path, std::string_view text) {
  const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  return ::write(fd.get(), text.data(), text.size()) < 0 ? errno : 0;
}

std::optional<std::string> read_again(int fd) {
  std::string text(kReadAgainBytes, '\0');
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  if (got < 0) return std::nullopt;
  text.resize(std::size_t(got));
  return text;
}

std::vector<std::string> children_of(const std::string& directory) {
  std::vector<std::string> names;
  struct stat info = {};
  // Two links are the directory and its name: nothing below, nothing to list.
  if (::stat(directory.c_str(), &info) != 0 || info.st_nlink == 2) return names;
  std::error_code ec;
  for (std::filesystem::directory_iterator entry(directory, ec), end; !ec && entry != end; entry.increment(ec)) {
    std::error_code type_error;
    if (entry->is_directory(type_error)) names.push_back(entry->path().filename().string());
  }
  return names;
}

std::vector<std::string> groups_below(const std::string& directory) {
  std::vector<std::string> found;
  if (exists(directory)) collect(directory, found);
  return found;
}

std::vector<pid_t> processes_below(const std::string& directory) {
  std::vector<pid_t> pids;
  for (const std::string& group : groups_below(directory)) {
    if (const auto text = read_text(group + "/cgroup.procs")) {
      const auto here = parse_pids(*text);
      pids.insert(pids.end(), here.begin(), here.end());
    }
  }
  return pids;
}

}  // namespace paddock::cgroup
