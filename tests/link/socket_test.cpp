// The link's socket in a session's folder.
#include "link/socket.hpp"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace paddock::link {
namespace {
namespace fs = std::filesystem;

class LinkSocket : public testing::Test {
 protected:
  LinkSocket() {
    std::string text = (fs::temp_directory_path() / "paddock-link-XXXXXX").string();
    folder_ = ::mkdtemp(text.data());
  }
  ~LinkSocket() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(LinkSocket, IsReachedInAFolderOfAnyDepth) {
  fs::path deep = folder_;
  for (int i = 0; i < 20; ++i) deep /= "a-rather-long-name-of-a-folder";
  fs::create_directories(deep);

  const auto listening = listen(deep);
  ASSERT_TRUE(listening) << listening.error().detail;
  EXPECT_TRUE(connect(deep));
}

TEST_F(LinkSocket, IsForItsOwnerOnly) {
  const auto listening = listen(folder_);
  ASSERT_TRUE(listening);
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / "link").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(LinkSocket, ReplacesOneThatWasLeftBehind) {
  { const auto first = listen(folder_); }
  EXPECT_FALSE(connect(folder_));
  const auto second = listen(folder_);
  ASSERT_TRUE(second);
  EXPECT_TRUE(connect(folder_));
}

TEST_F(LinkSocket, SaysUnavailableWhenNobodyListens) {
  EXPECT_EQ(connect(folder_).error().code, base::Errc::unavailable);
  EXPECT_EQ(connect(folder_ / "nothing").error().code, base::Errc::unavailable);
}

TEST_F(LinkSocket, IsNotFoundAnyMoreOnceRetired) {
  const auto listening = listen(folder_);
  ASSERT_TRUE(listening);
  retire(folder_);
  EXPECT_EQ(connect(folder_).error().code, base::Errc::unavailable);
  EXPECT_FALSE(fs::exists(folder_ / "link"));
  retire(folder_);  // again: nothing happens
}

TEST_F(LinkSocket, KnowsItsPeer) {
  const auto ends = pair();
  ASSERT_TRUE(ends);
  EXPECT_TRUE(check_peer(ends->first.get()));
  EXPECT_FALSE(check_peer(0));
}

}  // namespace
}  // namespace paddock::link
