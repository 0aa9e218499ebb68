// The journal gives back what was written, and finds where it was cut.
#include "link/journal.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "link/crc32c.hpp"

namespace paddock::link {
namespace {
namespace fs = std::filesystem;
using journal::Reader;
using journal::Record;
using journal::Type;

std::string record_bytes(const Record& record) {
  const auto head = journal::encode_record_head(record);
  return std::string(head.data(), head.size()) + std::string(record.payload);
}

class JournalFile : public testing::Test {
 protected:
  JournalFile() {
    std::string text = (fs::temp_directory_path() / "paddock-journal-XXXXXX").string();
    folder_ = ::mkdtemp(text.data());
    const auto head = journal::encode_file_head();
    head_.assign(head.data(), head.size());
  }
  ~JournalFile() override { fs::remove_all(folder_); }

  void write(std::string_view bytes) { std::ofstream(file(), std::ios::binary) << bytes; }
  void append(std::string_view bytes) { std::ofstream(file(), std::ios::binary | std::ios::app) << bytes; }
  fs::path file() const { return folder_ / "journal"; }

  fs::path folder_;
  std::string head_;
};

std::vector<std::string> payloads(Reader& reader) {
  std::vector<std::string> out;
  while (const auto record = reader.next()) out.emplace_back(record->payload);
  return out;
}

TEST(CheckSum, IsTheOneOfTheStandard) {
  EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c_portable(0, "123456789"), 0xE3069283U);
}

TEST(CheckSum, IsTheSameOnEveryMachineAndInPieces) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    bytes += char(i * 7);
    EXPECT_EQ(crc32c(0, bytes), crc32c_portable(0, bytes));
    EXPECT_EQ(crc32c(crc32c(0, bytes.substr(0, bytes.size() / 2)), bytes.substr(bytes.size() / 2)), crc32c(0, bytes));
  }
}

TEST_F(JournalFile, GivesBackWhatWasWritten) {
  const std::string binary("\0\xff\n\r", 4);
  write(head_ + record_bytes({Type::output, event::Channel::err, 1234, 5678, binary}) +
        record_bytes({Type::tick, event::Channel::none, -1, 0, ""}));

  auto reader = Reader::open(file());
  ASSERT_TRUE(reader) << reader.error().detail;
  const auto first = reader->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, Type::output);
  EXPECT_EQ(first->channel, event::Channel::err);
  EXPECT_EQ(first->unix_ms, 1234);
  EXPECT_EQ(first->mono_ns, 5678U);
  EXPECT_EQ(first->payload, binary);
  const auto second = reader->next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->unix_ms, -1);
  EXPECT_FALSE(reader->next());
  EXPECT_FALSE(reader->is_cut());
}

TEST_F(JournalFile, CutAnywhereGivesEveryWholeRecordBefore) {
  const std::string one = record_bytes({Type::output, event::Channel::out, 1, 1, "first"});
  const std::string two = record_bytes({Type::command, event::Channel::none, 2, 2, R"({"a":1})"});
  const std::string three = record_bytes({Type::output, event::Channel::out, 3, 3, std::string(200, 'x')});
  const std::string whole = head_ + one + two + three;
  for (std::size_t cut = head_.size(); cut <= whole.size(); ++cut) {
    write(whole.substr(0, cut));
    auto reader = Reader::open(file());
    ASSERT_TRUE(reader);
    const std::size_t expected = cut < head_.size() + one.size()     ? 0
                                 : cut < whole.size() - three.size() ? 1
                                 : cut < whole.size()                ? 2
                                                                     : 3;
    const bool at_edge = cut == head_.size() || cut == head_.size() + one.size() ||
                         cut == whole.size() - three.size() || cut == whole.size();
    EXPECT_EQ(payloads(*reader).size(), expected) << "cut at " << cut;
    EXPECT_EQ(reader->is_cut(), !at_edge) << "cut at " << cut;
  }
}

TEST_F(JournalFile, DamagedInAnyByteEndsBeforeTheDamage) {
  const std::string one = record_bytes({Type::output, event::Channel::out, 1, 1, "first"});
  const std::string two = record_bytes({Type::output, event::Channel::out, 2, 2, "second"});
  for (std::size_t at = 0; at < two.size(); ++at) {
    std::string damaged = two;
    damaged[at] = char(damaged[at] ^ 0x10);
    write(head_ + one + damaged);
    auto reader = Reader::open(file());
    ASSERT_TRUE(reader);
    EXPECT_EQ(payloads(*reader), std::vector<std::string>{"first"}) << "damaged at " << at;
  }
}

TEST_F(JournalFile, IsFollowedWhileItGrows) {
  const std::string one = record_bytes({Type::output, event::Channel::out, 1, 1, "first"});
  write(head_);
  auto reader = Reader::open(file());
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->next());
  append(one.substr(0, 10));
  EXPECT_FALSE(reader->next());
  append(one.substr(10) + one);
  EXPECT_EQ(payloads(*reader).size(), 2U);
  EXPECT_EQ(reader->offset(), head_.size() + 2 * one.size());
}

TEST_F(JournalFile, LargerThanAnyBufferIsReadWhole) {
  std::string whole = head_;
  for (int i = 0; i < 100; ++i)
    whole += record_bytes({Type::output, event::Channel::out, i, 0, std::string(65536, char('a' + i % 26))});
  write(whole);
  auto reader = Reader::open(file());
  ASSERT_TRUE(reader);
  const auto seen = payloads(*reader);
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_EQ(seen[27], std::string(65536, 'b'));
}

TEST_F(JournalFile, ThatIsNoneIsRefused) {
  EXPECT_EQ(Reader::open(file()).error().code, base::Errc::not_found);
  write("PDK");
  EXPECT_EQ(Reader::open(file()).error().code, base::Errc::corrupt);
  write("SQLite format 3 and more");
  EXPECT_EQ(Reader::open(file()).error().code, base::Errc::corrupt);
  std::string newer = head_;
  newer[4] = 9;
  write(newer);
  EXPECT_EQ(Reader::open(file()).error().code, base::Errc::corrupt);
}

}  // namespace
}  // namespace paddock::link
