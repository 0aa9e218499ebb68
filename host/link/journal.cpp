// The journal's format, and reading it.
#include "link/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <boost/endian/conversion.hpp>

#include "base/limits.hpp"
#include "link/crc32c.hpp"

namespace paddock::link::journal {
namespace {

constexpr std::string_view kMagic = "PDKJ";
constexpr std::size_t kChecked = 24;  // bytes of a record's head before its check sum
constexpr std::size_t kReadBytes = 128U << 10U;
constexpr std::size_t kPayloadMax = base::limits::link_frame_bytes;

unsigned char* raw(char* at) { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* raw(const char* at) { return reinterpret_cast<const unsigned char*>(at); }

}  // namespace

std::array<char, file_head_bytes> encode_file_head() {
  std::array<char, file_head_bytes> head{};
  std::memcpy(head.data(), kMagic.data(), kMagic.size());
  boost::endian::store_little_u32(raw(head.data() + 4), version);
  return head;
}

std::array<char, record_head_bytes> encode_record_head(const Record& record) {
  std::array<char, record_head_bytes> head{};
  boost::endian::store_little_u32(raw(head.data()), std::uint32_t(record.payload.size()));
  head[4] = char(record.type);
  head[5] = char(record.channel);
  boost::endian::store_little_s64(raw(head.data() + 8), record.unix_ms);
  boost::endian::store_little_u64(raw(head.data() + 16), record.mono_ns);
  const std::uint32_t sum = crc32c(crc32c(0, {head.data(), kChecked}), record.payload);
  boost::endian::store_little_u32(raw(head.data() + kChecked), sum);
  return head;
}

base::Result<Reader> Reader::open(const std::filesystem::path& file, std::uint64_t at) {
  Reader reader;
  reader.file_ = base::UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!reader.file_ && errno == ENOENT) {
    return base::fail(base::Errc::not_found, fmt::format("the journal '{}' does not exist", file.string()));
  }
  if (!reader.file_) return base::fail_errno(fmt::format("cannot open the journal '{}'", file.string()), errno);
  if (!reader.more(file_head_bytes) || !reader.buffer_.starts_with(kMagic)) {
    return base::fail(base::Errc::corrupt, fmt::format("'{}' is not a journal, it is not read", file.string()));
  }
  const std::uint32_t found = boost::endian::load_little_u32(raw(reader.buffer_.data() + 4));
  if (found != version) {
    return base::fail(base::Errc::corrupt,
                      fmt::format("the journal '{}' has the version {}, which is not known", file.string(), found));
  }
  reader.used_ = file_head_bytes;
  if (at > file_head_bytes) {
    reader.buffer_.clear();
    reader.used_ = 0;
    reader.base_ = at;
  }
  return reader;
}

/// Makes at least `wanted` unused bytes available, if the file has them.
bool Reader::more(std::size_t wanted) {
  if (buffer_.size() - used_ >= wanted) return true;
  buffer_.erase(0, used_);
  base_ += used_;
  used_ = 0;
  while (buffer_.size() < wanted) {
    const std::size_t had = buffer_.size();
    buffer_.resize(had + std::max(kReadBytes, wanted - had));
    const ssize_t got = ::pread(file_.get(), buffer_.data() + had, buffer_.size() - had, off_t(base_ + had));
    buffer_.resize(had + std::size_t(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
  }
  return true;
}

std::optional<Record> Reader::next() {
  if (!more(record_head_bytes)) return std::nullopt;
  const std::size_t size = boost::endian::load_little_u32(raw(buffer_.data() + used_));
  if (size > kPayloadMax || !more(record_head_bytes + size)) return std::nullopt;
  const char* head = buffer_.data() + used_;
  Record record;
  record.type = Type(std::uint8_t(head[4]));
  record.channel = event::Channel(std::min(std::uint8_t(head[5]), std::uint8_t(event::Channel::host)));
  record.unix_ms = boost::endian::load_little_s64(raw(head + 8));
  record.mono_ns = boost::endian::load_little_u64(raw(head + 16));
  record.payload = {head + record_head_bytes, size};
  const std::uint32_t sum = crc32c(crc32c(0, {head, kChecked}), record.payload);
  if (sum != boost::endian::load_little_u32(raw(head + kChecked))) return std::nullopt;
  used_ += record_head_bytes + size;
  return record;
}

}  // namespace paddock::link::journal
