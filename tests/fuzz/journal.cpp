// A journal of any bytes: records are read exactly as they stand in the file, in order and without a
// gap, and the reader stops where the file stops making sense.
#include "link/journal.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "fuzz/fuzz.hpp"
#include "link/crc32c.hpp"

namespace {

using namespace paddock::fuzz;
namespace fs = std::filesystem;
namespace journal = paddock::link::journal;

/// A folder for the one file, gone at the end.
class Folder final {
 public:
  Folder() {
    std::string text = (fs::temp_directory_path() / "paddock-fuzz-XXXXXX").string();
    must(::mkdtemp(text.data()) != nullptr, "a scratch folder can be made");
    path_ = text;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path file() const { return path_ / "journal"; }

 private:
  fs::path path_;
};

/// Puts right the check sums of the records, which no fuzzer would ever guess.
void mend(std::string& records) {
  constexpr std::size_t kChecked = 24;
  for (std::size_t at = 0; records.size() - at >= journal::record_head_bytes;) {
    std::uint32_t size = 0;
    std::memcpy(&size, records.data() + at, sizeof size);
    if (size > records.size() - at - journal::record_head_bytes) return;
    const std::string_view all(records);
    const std::uint32_t sum = paddock::link::crc32c(paddock::link::crc32c(0, all.substr(at, kChecked)),
                                                    all.substr(at + journal::record_head_bytes, size));
    std::memcpy(records.data() + at + kChecked, &sum, sizeof sum);
    at += journal::record_head_bytes + size;
  }
}

/// The part of the file that was read, written again.
void read_all(const fs::path& path, std::string_view bytes) {
  auto reader = journal::Reader::open(path);
  if (!reader) return must(!reader.error().detail.empty(), "a refusal says why");
  const auto opened = reader->offset();
  must(opened == journal::file_head_bytes, "records begin after the file's head");
  std::size_t at = journal::file_head_bytes;
  while (const auto record = reader->next()) {
    const auto head = journal::encode_record_head(*record);
    const std::string_view there = bytes.substr(at, head.size());
    // The channel is brought into its range and the reserved bytes are dropped: only the rest must agree.
    must(there.substr(0, 5) == std::string_view(head.data(), 5), "length and type are the file's");
    must(there.substr(8, 16) == std::string_view(head.data() + 8, 16), "the times are the file's");
    must(bytes.substr(at + head.size(), record->payload.size()) == record->payload, "the payload is the file's");
    at += head.size() + record->payload.size();
    must(reader->offset() == at, "no byte is skipped");
  }
  must(at <= bytes.size() && !reader->next(), "the end stays the end");
  must(reader->is_cut() == (at < bytes.size()), "bytes that are left are told");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  std::string bytes(view(data, size));
  if (!bytes.empty() && bytes.back() == '=') {
    const auto head = journal::encode_file_head();
    mend(bytes);
    bytes.insert(0, head.data(), head.size());
  }
  std::ofstream(folder.file(), std::ios::binary | std::ios::trunc) << bytes;
  read_all(folder.file(), bytes);
  return 0;
}
