// Writes the journal of one session through a held descriptor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "link/journal.hpp"
#include "session/input.hpp"

namespace paddock::runner {

/// The time as inputs carry it.
session::Stamp stamp_now() noexcept;

/// One writer per journal. Each record is one write; the page cache makes it survive this process, not
/// a power cut (a cut tail is found by the reader).
class JournalWriter final {
 public:
  /// Makes `<session_dir>/journal`, mode 0600. Fails with `already_exists` when it is there.
  static base::Result<JournalWriter> create(const std::filesystem::path& session_dir);

  /// Appends one record. After a failure (disk full) the part that was written is cut off again, so
  /// the next attempt continues a whole journal.
  base::Result<> append(link::journal::Type type, event::Channel channel, const session::Stamp& stamp,
                        std::string_view payload);

  std::uint64_t size() const noexcept { return size_; }

 private:
  JournalWriter() = default;
  base::UniqueFd file_;
  std::uint64_t size_ = 0;
};

}  // namespace paddock::runner
