// Folders of policies: what wins, what clashes, and that one bad file spoils the load.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text.hpp"

namespace paddock::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class PolicyFolders : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/policies-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    fs::create_directory(root_ / "a");
    fs::create_directory(root_ / "b");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& file, const std::string& text) const { std::ofstream(root_ / file) << text; }
  void put_policy(const std::string& file, const std::string& name, const std::string& more = "") const {
    put(file, "apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: " + name + "}\n" + more);
  }
  void put_fleet(const std::string& file, int sessions) const {
    put(file, "apiVersion: paddock/v1\nkind: Fleet\nsessions: {max: " + std::to_string(sessions) + "}\n");
  }

  fs::path root_;
};

TEST_F(PolicyFolders, GiveEveryPolicyByName) {
  put_policy("a/one.yaml", "one");
  put_policy("a/two.yml", "two");
  put_fleet("a/fleet.yaml", 7);
  put("a/notes.txt", "not: [yaml");
  put("a/.hidden.yaml", "not: [yaml");
  const auto set = load_policies({root_ / "a"}).value();
  EXPECT_EQ(set.policies.size(), 3U);
  EXPECT_TRUE(set.policies.contains("one"));
  EXPECT_TRUE(set.policies.contains("two"));
  EXPECT_EQ(set.fleet.sessions_max, 7U);
}

TEST_F(PolicyFolders, WithoutADefaultGetTheOneThatAsks) {
  const auto set = load_policies({root_ / "a"}).value();
  EXPECT_EQ(set.policies.at("default"), policy::Policy());
  EXPECT_EQ(set.policies.at("default").approvals.fallback, policy::Decision::ask);
}

TEST_F(PolicyFolders, TheLaterOneReplacesTheEarlier) {
  put_policy("a/x.yaml", "x", "budget: {cost: 1}\n");
  put_policy("b/other-name.yaml", "x", "budget: {cost: 2}\n");
  put_fleet("a/f.yaml", 1);
  put_fleet("b/f.yaml", 2);
  const auto set = load_policies({root_ / "a", root_ / "b"}).value();
  EXPECT_EQ(set.policies.at("x").budget.cost_micros, 2'000'000);
  EXPECT_EQ(set.fleet.sessions_max, 2U);
}

TEST_F(PolicyFolders, ANameTwiceInOneIsAProblem) {
  put_policy("a/1.yaml", "x");
  put_policy("a/2.yaml", "x");
  put_fleet("a/3.yaml", 1);
  put_fleet("a/4.yaml", 2);
  EXPECT_THAT(lines_of(load_policies({root_ / "a"}).error()),
              ElementsAre(AllOf(HasSubstr("a/2.yaml: the policy 'x' stands in '"), HasSubstr("a/1.yaml' as well")),
                          AllOf(HasSubstr("a/4.yaml: there can be one Fleet"), HasSubstr("a/3.yaml'"))));
}

TEST_F(PolicyFolders, TellTheProblemsOfAllFiles) {
  put_policy("a/1.yaml", "x", "nonsense: 1\n");
  put("a/2.yaml", "a: [\n");
  put_policy("a/3.yaml", "good");
  EXPECT_THAT(lines_of(load_policies({root_ / "a"}).error()),
              ElementsAre(HasSubstr("1.yaml:4:1: nonsense: is not a known key"), HasSubstr("2.yaml:2:1: ")));
}

TEST_F(PolicyFolders, OneThatIsMissingIsSkippedOnlyBesideOthers) {
  put_policy("a/x.yaml", "x");
  EXPECT_TRUE(load_policies({root_ / "none", root_ / "a", root_ / "neither"}));
  EXPECT_THAT(lines_of(load_policies({root_ / "none"}).error()), ElementsAre(HasSubstr("none: does not exist")));
  EXPECT_TRUE(load_policies({}));
}

TEST_F(PolicyFolders, CanBeSingleFiles) {
  put_policy("a/x.yaml", "x");
  EXPECT_TRUE(load_policies({root_ / "a/x.yaml"}).value().policies.contains("x"));
}

TEST_F(PolicyFolders, AFileThatCannotBeReadIsAProblem) {
  fs::create_directory(root_ / "a/folder.yaml");
  fs::create_symlink(root_ / "nowhere", root_ / "a/link.yaml");
  EXPECT_THAT(lines_of(load_policies({root_ / "a"}).error()),
              ElementsAre(HasSubstr("folder.yaml: cannot read"), HasSubstr("link.yaml: '")));
}

}  // namespace
}  // namespace paddock::config
