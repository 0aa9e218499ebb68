// The raw bytes an agent wrote, by offset, from its session's journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "link/journal.hpp"

namespace paddock::control {

/// Standard output, standard error and terminal together, in the order they arrived, as one stream of
/// bytes. Going forward costs what is read; going back begins at the journal's beginning.
class OutputStream {
 public:
  explicit OutputStream(std::filesystem::path journal) : path_(std::move(journal)) {}

  /// At most `limit` bytes from `offset` on; none where the journal has no more (yet). Fails with `not_found` or
  /// `corrupt`.
  base::Result<std::string> read(std::uint64_t offset, std::size_t limit);

 private:
  std::filesystem::path path_;
  std::optional<link::journal::Reader> reader_;
  std::uint64_t begin_ = 0;  ///< offset of kept_'s first byte
  std::string kept_;         ///< read from the journal, perhaps not asked for yet
};

/// The streams read last, so that a follower does not begin again at each call. Holds at most 32.
class OutputStreams {
 public:
  base::Result<std::string> read(const std::filesystem::path& journal, std::uint64_t offset, std::size_t limit);

 private:
  std::list<std::pair<std::filesystem::path, OutputStream>> streams_;  ///< newest use first
};

}  // namespace paddock::control
