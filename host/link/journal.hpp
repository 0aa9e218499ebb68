// The journal of a session, `<session_dir>/journal`: every input of its machine, in order, written by its
// runner and read by whoever needs the raw bytes or the events again.
//
// The file: "PDKJ", u32 version, u64 zero; then records: u32 length of the payload, u8 type, u8 channel,
// u16 zero, i64 unix_ms, u64 mono_ns, u32 CRC-32C of those 24 bytes and the payload, the payload. All
// numbers little-endian. A record that is not whole or does not fit its check sum ends the journal: it
// is the tail that a dying machine had not finished.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "event/event.hpp"

namespace paddock::link::journal {

inline constexpr std::uint32_t version = 1;
inline constexpr std::size_t file_head_bytes = 16;
inline constexpr std::size_t record_head_bytes = 28;

/// What a record holds. The number is what stands in the file; append only.
enum class Type : std::uint8_t {
  launch = 1,          ///< JSON: the setup of the machine, without secrets; first, once
  started = 2,         ///< JSON: pid
  output = 3,          ///< bytes exactly as read from `channel`
  eof = 4,             ///< `channel` ended
  command = 5,         ///< JSON: what was asked of the agent
  tick = 6,            ///< nothing
  adapter_failed = 7,  ///< JSON: number of the call that failed, code, detail
  fact = 8,            ///< JSON: kind and numbers
  exited = 9,          ///< JSON: code or signal, final figures
  closed = 10,         ///< nothing: the machine has finished
};

struct Record {
  Type type = Type::tick;
  event::Channel channel = event::Channel::none;
  std::int64_t unix_ms = 0;
  std::uint64_t mono_ns = 0;
  std::string_view payload;
};

/// The first bytes of a journal.
std::array<char, file_head_bytes> encode_file_head();

/// What stands before the payload of a record.
std::array<char, record_head_bytes> encode_record_head(const Record& record);

/// Reads a journal from its beginning, also one that is being written.
class Reader final {
 public:
  /// Fails with `not_found` or `corrupt` (no journal, or of a newer version).
  /// `at`: where to begin, an offset() of before; 0 is the first record.
  static base::Result<Reader> open(const std::filesystem::path& file, std::uint64_t at = 0);

  /// The next whole record; its payload is valid until the next call. Nothing at the end: call again
  /// when the file has grown. A tail that will never be whole looks like the end; see is_cut().
  std::optional<Record> next();

  /// Whether there are bytes after the last whole record: a tail that was cut, is damaged, or is being
  /// written just now.
  bool is_cut() const noexcept { return buffer_.size() > used_; }

  /// Where in the file the next record begins.
  std::uint64_t offset() const noexcept { return base_ + used_; }

 private:
  Reader() = default;
  bool more(std::size_t wanted);

  base::UniqueFd file_;
  std::string buffer_;
  std::size_t used_ = 0;    ///< of buffer_
  std::uint64_t base_ = 0;  ///< file offset of buffer_'s beginning
};

}  // namespace paddock::link::journal
