// Finding the program a person named.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/process.hpp"

namespace paddock::process {

namespace {

using base::Errc;

class ResolveProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "resolve_program_" + std::to_string(::getpid());
    for (const char* folder : {"/first", "/second"}) std::filesystem::create_directories(root_ + folder);
    add("/second/agent", 0755);
    add("/first/data", 0644);
    path_ = root_ + "/first:" + root_ + "/second";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void add(const std::string& name, mode_t mode) {
    std::ofstream(root_ + name) << "#!/bin/sh\n";
    ::chmod((root_ + name).c_str(), mode);
  }

  std::string root_;
  std::string path_;
};

TEST_F(ResolveProgram, SearchesThePathInOrder) {
  EXPECT_EQ(resolve_program("agent", path_).value(), root_ + "/second/agent");

  add("/first/agent", 0755);
  EXPECT_EQ(resolve_program("agent", path_).value(), root_ + "/first/agent");
}

TEST_F(ResolveProgram, SkipsFilesThatCannotBeExecutedAndFolders) {
  add("/first/agent", 0644);
  EXPECT_EQ(resolve_program("agent", path_).value(), root_ + "/second/agent");

  std::filesystem::remove(root_ + "/first/agent");
  std::filesystem::create_directory(root_ + "/first/agent");
  EXPECT_EQ(resolve_program("agent", path_).value(), root_ + "/second/agent");
}

TEST_F(ResolveProgram, TakesANameWithASlashAsItIs) {
  EXPECT_EQ(resolve_program(root_ + "/second/agent", "").value(), root_ + "/second/agent");
}

TEST_F(ResolveProgram, MakesARelativeNameAbsolute) {
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(root_);

  const auto found = resolve_program("second/agent", "");

  std::filesystem::current_path(here);
  EXPECT_EQ(found.value(), root_ + "/second/agent");
}

TEST_F(ResolveProgram, SaysWhenSomethingIsThereButNotExecutable) {
  const auto found = resolve_program("data", path_);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::agent_not_found);
  EXPECT_NE(found.error().detail.find("first/data' is there but"), std::string::npos) << found.error().detail;
}

TEST_F(ResolveProgram, SaysWhereItLooked) {
  const auto found = resolve_program("nobody", path_);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::agent_not_found);
  EXPECT_NE(found.error().detail.find(path_), std::string::npos) << found.error().detail;
}

TEST_F(ResolveProgram, IgnoresEmptyAndRelativePartsOfThePath) {
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(root_ + "/second");

  const auto found = resolve_program("agent", "::.:second:");

  std::filesystem::current_path(here);
  EXPECT_FALSE(found);
}

TEST_F(ResolveProgram, RefusesNamesNoFileCanHave) {
  EXPECT_FALSE(resolve_program("", path_));
  EXPECT_FALSE(resolve_program(std::string_view("agent\0x", 7), path_));
  EXPECT_FALSE(resolve_program(root_ + "/nothing", path_));
  EXPECT_FALSE(resolve_program(root_, path_));
}

}  // namespace

}  // namespace paddock::process
