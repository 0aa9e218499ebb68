// Small files: limits, atomic replacement, private folders.
#include "base/files.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace paddock::base {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/files-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, std::string_view text) const { std::ofstream(folder_ / name) << text; }
  static unsigned mode_of(const fs::path& path) { return unsigned(fs::status(path).permissions()); }

  fs::path folder_;
};

TEST_F(Files, AreReadWholeUpToTheLimit) {
  put("a", "12345");
  EXPECT_EQ(read_file(folder_ / "a", ByteSize(5)).value(), "12345");
  EXPECT_EQ(read_file(folder_ / "a", ByteSize(4)).error().code, Errc::too_large);
}

TEST_F(Files, OfManyChunksAreReadWhole) {
  const std::string text(100'000, 'x');
  put("a", text);
  EXPECT_EQ(read_file(folder_ / "a", mib(1)).value(), text);
}

TEST_F(Files, WithoutEndAreGivenUpAtTheLimit) {
  EXPECT_EQ(read_file("/dev/zero", kib(64)).error().code, Errc::too_large);
}

TEST_F(Files, ThatAreMissingAreToldApartFromThoseThatCannotBeRead) {
  EXPECT_EQ(read_file(folder_ / "none", mib(1)).error().code, Errc::not_found);
  EXPECT_EQ(read_file(folder_, mib(1)).error().code, Errc::io);
}

TEST_F(Files, ThatAreFifosDoNotBlock) {
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder_ / "fifo", mib(1)).value(), "");
}

TEST_F(Files, AreReplacedWholeAndPrivate) {
  put("a", "a longer old text");
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "new"));
  EXPECT_EQ(read_file(folder_ / "a", mib(1)).value(), "new");
  EXPECT_EQ(mode_of(folder_ / "a"), 0600U);
  EXPECT_FALSE(fs::exists(folder_ / "a.new"));
}

TEST_F(Files, KeepTheirOldTextWhenTheNewOneCannotBeWritten) {
  put("a", "old");
  fs::create_symlink("/dev/full", folder_ / "a.new");  // a trap: must not be followed
  EXPECT_FALSE(write_file_atomically(folder_ / "a", "new"));
  EXPECT_EQ(read_file(folder_ / "a", mib(1)).value(), "old");
}

TEST_F(Files, LeaveNoRestWhenTheyCannotBeReplaced) {
  fs::create_directory(folder_ / "a");
  put("a/inside", "");
  EXPECT_FALSE(write_file_atomically(folder_ / "a", "text"));
  EXPECT_FALSE(fs::exists(folder_ / "a.new"));
}

TEST_F(Files, InAMissingFolderAreAnErrorThatNamesThem) {
  const auto result = write_file_atomically(folder_ / "none/a", "text");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().detail.find("none/a"), std::string::npos);
}

TEST_F(Files, WriteAllReportsAFullDevice) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  EXPECT_EQ(write_all(full.get(), "x").error().code, Errc::io);
  EXPECT_TRUE(write_all(full.get(), ""));
}

TEST_F(Files, FoldersAreMadePrivateWithAllTheirParents) {
  ASSERT_TRUE(make_private_folder(folder_ / "a/b/c"));
  for (const char* name : {"a", "a/b", "a/b/c"}) EXPECT_EQ(mode_of(folder_ / name), 0700U) << name;
  EXPECT_TRUE(make_private_folder(folder_ / "a/b/c")) << "again is harmless";
  EXPECT_TRUE(make_private_folder(folder_ / "a/b/d/"));
}

TEST_F(Files, AFileIsNoFolder) {
  put("a", "");
  EXPECT_EQ(make_private_folder(folder_ / "a").error().code, Errc::io);
  EXPECT_EQ(make_private_folder(folder_ / "a/b").error().code, Errc::io);
}

}  // namespace
}  // namespace paddock::base
