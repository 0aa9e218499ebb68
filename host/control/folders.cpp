// Every step goes through an open descriptor of the folder: renaming a part of the path meanwhile
// cannot lead us elsewhere.
#include "control/folders.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace paddock::control {
using base::Errc;
using base::fail;
using base::UniqueFd;

namespace {

constexpr int kDepth = 256;  // each level holds a descriptor

struct CloseDir {
  void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

std::vector<std::string> names_in(int fd) {
  std::vector<std::string> names;
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  const std::unique_ptr<DIR, CloseDir> dir(copy < 0 ? nullptr : ::fdopendir(copy));
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      names.emplace_back(entry->d_name);
  }
  return names;
}

base::Result<> remove_at(int parent, const std::string& name, dev_t device, int depth) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR && errno != EPERM) return base::fail_errno(fmt::format("cannot delete '{}'", name), errno);
  const UniqueFd fd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return base::fail_errno(fmt::format("cannot open '{}'", name), errno);
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return base::fail_errno(fmt::format("cannot look at '{}'", name), errno);
  if (about.st_dev != device) return fail(Errc::io, fmt::format("'{}' is on another file system; it is kept", name));
  if (depth >= kDepth) return fail(Errc::too_large, fmt::format("'{}' is nested too deeply; it is kept", name));
  for (const std::string& inner : names_in(fd.get())) {
    if (auto removed = remove_at(fd.get(), inner, device, depth + 1); !removed) return removed;
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  return base::fail_errno(fmt::format("cannot delete the folder '{}'", name), errno);
}

}  // namespace

base::Result<> remove_folder(const std::filesystem::path& parent, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    return fail(Errc::invalid_request, fmt::format("'{}' is not the name of a folder", name));
  }
  const UniqueFd fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return {};
  if (!fd) return base::fail_errno(fmt::format("cannot open '{}'", parent.string()), errno);
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0)
    return base::fail_errno(fmt::format("cannot look at '{}'", parent.string()), errno);
  return remove_at(fd.get(), name, about.st_dev, 0);
}

}  // namespace paddock::control
