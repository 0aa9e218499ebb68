// Small files read and written whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/size.hpp"
#include "base/unique_fd.hpp"

namespace paddock::base {

/// Reads a whole file; fails with `too_large` when it is longer than `limit`, `not_found` when it
/// does not exist, else `io`.
Result<std::string> read_file(const std::filesystem::path& path, ByteSize limit);

/// Replaces `path` with `text` so that a reader or a crash sees the old or the new content, never a
/// part: temporary file, fsync, rename, fsync of the folder. Mode 0600.
Result<> write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// Makes the folder (and its parents) with mode 0700 if it is not there.
Result<> make_private_folder(const std::filesystem::path& path);

/// Writes all of `bytes` to a blocking descriptor.
Result<> write_all(int fd, std::string_view bytes);

}  // namespace paddock::base
