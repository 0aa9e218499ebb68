// Reading and replacing small files.
#include "base/files.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace paddock::base {

Result<std::string> read_file(const std::filesystem::path& path, ByteSize limit) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) return fail(Errc::not_found, fmt::format("'{}' does not exist", path.string()));
  if (!fd) return fail_errno(fmt::format("cannot open '{}'", path.string()), errno);
  std::string text;
  char chunk[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(fmt::format("cannot read '{}'", path.string()), errno);
    if (got == 0) return text;
    text.append(chunk, std::size_t(got));
    if (text.size() > limit.bytes()) {
      return fail(Errc::too_large, fmt::format("'{}' is larger than {}", path.string(), format_size(limit)));
    }
  }
}

Result<> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail_errno("cannot write", errno);
    bytes.remove_prefix(std::size_t(put));
  }
  return {};
}

namespace {

Result<> write_and_sync(const std::string& path, std::string_view text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return fail_errno(fmt::format("cannot create '{}'", path), errno);
  if (auto written = write_all(fd.get(), text); !written) return written;
  if (::fsync(fd.get()) != 0) return fail_errno(fmt::format("cannot sync '{}'", path), errno);
  return {};
}

/// As `mkdir -p`, but no folder it makes can be read by others.
Result<> make_folders(const std::filesystem::path& path) {
  std::error_code ec;
  if (path.empty() || std::filesystem::is_directory(path, ec)) return {};
  if (path.has_relative_path()) {
    if (auto parent = make_folders(path.parent_path()); !parent) return parent;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_errno(fmt::format("cannot create the folder '{}'", path.string()), errno);
  }
  return {};
}

}  // namespace

Result<> write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  const std::string temporary = path.string() + ".new";
  if (auto written = write_and_sync(temporary, text); !written) {
    (void)::unlink(temporary.c_str());  // what stays behind is overwritten the next time
    return written;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int why = errno;
    (void)::unlink(temporary.c_str());
    return fail_errno(fmt::format("cannot replace '{}'", path.string()), why);
  }
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const UniqueFd dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir && ::fsync(dir.get()) != 0) return fail_errno(fmt::format("cannot sync '{}'", folder), errno);
  return {};
}

Result<> make_private_folder(const std::filesystem::path& path) {
  if (auto made = make_folders(path.lexically_normal()); !made) return made;
  std::error_code ec;
  if (!std::filesystem::is_directory(path, ec)) {
    return fail(Errc::io, fmt::format("'{}' is not a folder", path.string()));
  }
  return {};
}

}  // namespace paddock::base
