// A folder of a test's own, gone when the test is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace paddock::support {

/// Makes an empty folder with a short path (Unix sockets below it must fit into 108 bytes) and
/// removes it with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Writes a file with its parent folders.
void write_file(const std::filesystem::path& path, std::string_view text);
/// The whole file; empty when it is not there.
std::string read_file(const std::filesystem::path& path);

}  // namespace paddock::support
