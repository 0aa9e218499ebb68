// Groups of sessions come and go completely, or not at all.
#include <filesystem>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cgroup/mounts.hpp"
#include "live.hpp"

namespace paddock::cgroup {

namespace {

using base::Errc;
using base::mib;
using test::LiveTree;
using test::start_in;
using test::wait_exit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> directories(const GroupPaths& paths) {
  std::vector<std::string> all;
  for (const auto& [controller, directory] : paths.v1) all.push_back(directory);
  if (!paths.v2.empty()) all.push_back(paths.v2);
  return all;
}

TEST_F(LiveTree, CreatesAGroupInEveryHierarchyItUses) {
  const GroupPaths paths = create("s1");

  EXPECT_FALSE(paths.empty());
  EXPECT_EQ(paths.session, "s1");
  EXPECT_EQ(paths.v2_has_controllers, unified() && tree_->features().memory_max);
  for (const std::string& directory : directories(paths)) {
    EXPECT_TRUE(std::filesystem::is_directory(directory)) << directory;
    EXPECT_THAT(directory, ::testing::EndsWith("/" + base_ + "/s1"));
  }
}

TEST_F(LiveTree, SetsTheLimitsThatWereAskedFor) {
  PADDOCK_NEEDS(memory_max);
  PADDOCK_NEEDS(cpu_percent);
  PADDOCK_NEEDS(pids_max);
  Limits limits;
  limits.memory_max = mib(64);
  limits.cpu_percent = 25;
  limits.pids_max = 20;

  const GroupPaths paths = create("s1", limits);

  EXPECT_EQ(open(paths).usage().memory_limit, mib(64));
  EXPECT_EQ(read_text(files_of(paths, "pids") + "/pids.max"), "20\n");
  if (unified()) {
    EXPECT_EQ(read_text(paths.v2 + "/cpu.max"), "25000 100000\n");
  } else {
    EXPECT_EQ(read_text(paths.v1.at("cpu") + "/cpu.cfs_quota_us"), "25000\n");
  }
}

TEST_F(LiveTree, TakesMemoryLimitsThatAreNoWholePages) {
  PADDOCK_NEEDS(memory_max);
  Limits limits;
  limits.memory_max = base::ByteSize(64'000'001);

  const GroupPaths paths = create("s1", limits);

  EXPECT_LE(open(paths).usage().memory_limit, base::ByteSize(64'000'001));
}

TEST_F(LiveTree, SetsWeightAndSwap) {
  PADDOCK_NEEDS(cpu_weight);
  PADDOCK_NEEDS(swap_max);
  Limits limits;
  limits.memory_max = mib(64);
  limits.swap_max = mib(16);
  limits.cpu_weight = 50;

  const GroupPaths paths = create("s1", limits);

  if (unified()) {
    EXPECT_EQ(read_text(paths.v2 + "/memory.swap.max"), "16777216\n");
    EXPECT_EQ(read_text(paths.v2 + "/cpu.weight"), "50\n");
  } else {
    EXPECT_EQ(read_text(paths.v1.at("memory") + "/memory.memsw.limit_in_bytes"), "83886080\n");
    EXPECT_EQ(read_text(paths.v1.at("cpu") + "/cpu.shares"), "512\n");
  }
}

TEST_F(LiveTree, MakesRunningOutOfMemoryTheWholeGroupsMatterOnV2) {
  PADDOCK_NEEDS(oom_group);

  EXPECT_EQ(read_text(create("s1").v2 + "/memory.oom.group"), "1\n");
}

TEST_F(LiveTree, ChangesLimitsOfALivingSessionBothWays) {
  PADDOCK_NEEDS(memory_max);
  PADDOCK_NEEDS(swap_max);
  Limits limits;
  limits.memory_max = mib(64);
  limits.swap_max = mib(16);
  const GroupPaths paths = create("s1", limits);
  Group group = open(paths);

  for (const std::uint64_t size : {200U, 32U, 64U}) {
    Limits changed;
    changed.memory_max = mib(size);
    const auto set = tree_->set(paths, changed);
    ASSERT_TRUE(set) << set.error().detail;
    EXPECT_EQ(group.usage().memory_limit, mib(size));
    if (!unified()) {  // swap stays what it was
      EXPECT_EQ(read_text(paths.v1.at("memory") + "/memory.memsw.limit_in_bytes"),
                std::to_string(mib(size + 16).bytes()) + "\n");
    }
  }
}

TEST_F(LiveTree, LeavesLimitsNobodyChangesAlone) {
  PADDOCK_NEEDS(pids_max);
  PADDOCK_NEEDS(memory_max);
  Limits limits;
  limits.pids_max = 20;
  const GroupPaths paths = create("s1", limits);
  Limits changed;
  changed.memory_max = mib(64);

  ASSERT_TRUE(tree_->set(paths, changed));

  EXPECT_EQ(read_text(files_of(paths, "pids") + "/pids.max"), "20\n");
}

TEST_F(LiveTree, RefusesASecondSessionOfTheSameName) {
  PADDOCK_NEEDS(pids_max);
  Limits limits;
  limits.pids_max = 20;
  const GroupPaths paths = create("s1", limits);
  limits.pids_max = 30;

  const auto again = tree_->create("s1", limits);

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::already_exists);
  EXPECT_EQ(read_text(files_of(paths, "pids") + "/pids.max"), "20\n");
}

TEST_F(LiveTree, RefusesNamesThatLeadElsewhere) {
  for (const std::string name : {"..", ".", "", "a/b", "../x", "a/../b", "/a", "a b", "memory.max", "a\n", "a.b"}) {
    const auto created = tree_->create(name, {});
    ASSERT_FALSE(created) << name;
    EXPECT_EQ(created.error().code, Errc::invalid_request);
  }
  EXPECT_EQ(tree_->create(std::string(65, 'a'), {}).error().code, Errc::invalid_request);
  EXPECT_THAT(tree_->leftovers(), IsEmpty());
}

TEST_F(LiveTree, RefusesBadBaseNames) {
  for (const char* name : {"", "..", "a/b", "a.b"}) {
    EXPECT_EQ(Tree::open(name).error().code, Errc::invalid_request) << name;
  }
}

TEST_F(LiveTree, LivesBelowAnotherGroupWhenTold) {
  // The base group of this test stands for the other unit's group, under the same path everywhere.
  const auto around = look_around(std::string("/"));
  const auto same_place = [&](const Hierarchy& hierarchy) { return exists(hierarchy.own + "/" + base_); };
  if (unified() ? !same_place(around.v2.value()) : !same_place(around.v1.at("pids"))) {
    GTEST_SKIP() << "this test does not run in the root of every hierarchy";
  }
  auto tree = Tree::open("inner", "/" + base_);
  ASSERT_TRUE(tree) << tree.error().detail;
  const auto paths = tree->create("s1", {});
  ASSERT_TRUE(paths) << paths.error().detail;

  EXPECT_THAT(files_of(*paths, "pids"), ::testing::EndsWith("/" + base_ + "/inner/s1"));

  EXPECT_TRUE(tree->remove(*paths));
  EXPECT_TRUE(tree->remove_base());
}

TEST_F(LiveTree, PromisesNothingBelowAGroupThatIsNotThere) {
  const auto tree = Tree::open("inner", "/no-such-group");
  ASSERT_TRUE(tree);

  EXPECT_FALSE(tree->features().groups);
  EXPECT_THAT(tree->features().groups.reason, HasSubstr("/no-such-group/inner"));
  for (const char* parent : {"", "relative", "/a/../b", "/a\nb"}) EXPECT_FALSE(Tree::open("inner", parent)) << parent;
}

TEST_F(LiveTree, RefusesLimitsThatNoKernelTakes) {
  Limits limits;
  limits.cpu_percent = 0;

  EXPECT_EQ(tree_->create("s1", limits).error().code, Errc::invalid_request);
  EXPECT_THAT(tree_->leftovers(), IsEmpty());
}

TEST_F(LiveTree, RefusesLimitsThatThisMachineCannotEnforce) {
  if (tree_->features().memory_high) GTEST_SKIP() << "this machine can enforce all of them";
  Limits limits;
  limits.memory_high = mib(64);

  const auto created = tree_->create("s1", limits);

  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::limit_unavailable);
  EXPECT_THAT(created.error().detail, HasSubstr("memory_high"));
  EXPECT_THAT(tree_->leftovers(), IsEmpty());
}

TEST_F(LiveTree, LeavesNothingBehindWhenTheKernelRefusesALimit) {
  PADDOCK_NEEDS(cpu_percent);
  if (unified()) GTEST_SKIP() << "v2 lets a child ask for more than its parent has";
  Limits ceiling;
  ceiling.cpu_percent = 50;
  ASSERT_TRUE(tree_->set_ceiling(ceiling));
  Limits limits;
  limits.memory_max = mib(64);
  limits.cpu_percent = 100;

  const auto created = tree_->create("s1", limits);

  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::limit_unavailable) << created.error().detail;
  EXPECT_THAT(tree_->leftovers(), IsEmpty());
}

TEST_F(LiveTree, PutsTheCeilingAboveAllSessions) {
  PADDOCK_NEEDS(memory_max);
  PADDOCK_NEEDS(pids_max);
  const GroupPaths paths = create("s1");
  Limits ceiling;
  ceiling.memory_max = mib(512);
  ceiling.pids_max = 500;

  ASSERT_TRUE(tree_->set_ceiling(ceiling));

  EXPECT_EQ(read_text(files_of(paths, "pids") + "/../pids.max"), "500\n");
  EXPECT_EQ(open(paths).usage().memory_limit, std::nullopt);
}

TEST_F(LiveTree, RemovesASessionCompletely) {
  const GroupPaths paths = create("s1");

  ASSERT_TRUE(tree_->remove(paths));

  for (const std::string& directory : directories(paths)) EXPECT_FALSE(exists(directory)) << directory;
  EXPECT_TRUE(tree_->find("s1").empty());
  EXPECT_TRUE(tree_->remove(paths)) << "a second time is fine";
}

TEST_F(LiveTree, RemovesGroupsTheSessionMadeInsideItsOwn) {
  const GroupPaths paths = create("s1");
  for (const std::string& directory : directories(paths)) {
    std::filesystem::create_directories(directory + "/inner/most");
  }

  const auto removed = tree_->remove(paths);

  EXPECT_TRUE(removed) << removed.error().detail;
  EXPECT_THAT(tree_->leftovers(), IsEmpty());
}

TEST_F(LiveTree, RefusesToRemoveAnOccupiedSession) {
  const GroupPaths paths = create("s1");
  Group group = open(paths);
  process::Child child = start_in(group, {"wait"});

  const auto removed = tree_->remove(paths);

  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::busy);
  for (const std::string& directory : directories(paths)) EXPECT_TRUE(exists(directory));
  EXPECT_THAT(group.processes().value(), ElementsAre(child.pid)) << "it must not have been moved out";
  child.in.reset();
  wait_exit(child);
}

TEST_F(LiveTree, RefusesToRemoveASessionOccupiedDeepInside) {
  const GroupPaths paths = create("s1");
  process::Child child = start_in(open(paths), {"wait"});
  const std::string inner = directories(paths).front() + "/inner";
  ASSERT_EQ(::mkdir(inner.c_str(), 0755), 0);
  if (write_text(inner + "/cgroup.procs", std::to_string(child.pid)) != 0)
    GTEST_SKIP() << "the kernel forbids the move";

  EXPECT_EQ(tree_->remove(paths).error().code, Errc::busy);

  child.in.reset();
  wait_exit(child);
}

TEST_F(LiveTree, TouchesNoDirectoryThatIsNotASessions) {
  GroupPaths foreign;
  foreign.session = "s1";
  for (const char* path : {"/tmp", "/sys/fs/cgroup", "relative/x/s1", ""}) {
    foreign.v2 = path;
    foreign.v1["memory"] = path;
    EXPECT_EQ(tree_->remove(foreign).error().code, Errc::invalid_request) << path;
    EXPECT_EQ(tree_->set(foreign, {}).error().code, Errc::invalid_request) << path;
  }
  foreign = {"..", {}, "/x/" + base_ + "/..", false};
  EXPECT_EQ(tree_->remove(foreign).error().code, Errc::invalid_request);
}

TEST_F(LiveTree, FindsWhatAnEarlierLifeLeft) {
  const GroupPaths one = create("one");
  create("two");

  // As after a crash: nothing is known but the base name.
  const auto next = Tree::open(base_);
  ASSERT_TRUE(next);

  EXPECT_THAT(next->leftovers(), ElementsAre("one", "two"));
  EXPECT_EQ(next->find("one"), one);
  EXPECT_TRUE(next->find("three").empty());
  EXPECT_TRUE(next->find("..").empty());
}

TEST_F(LiveTree, FindsWhatACreateCutShortLeft) {
  const GroupPaths paths = create("s1");
  ASSERT_EQ(::rmdir(directories(paths).front().c_str()), 0);

  const GroupPaths found = tree_->find("s1");

  EXPECT_NE(found, paths);
  if (directories(paths).size() > 1) {
    EXPECT_THAT(tree_->leftovers(), ElementsAre("s1"));
  }
  EXPECT_TRUE(tree_->remove(found));
}

TEST_F(LiveTree, KeepsApartFromADaemonWithAnotherBaseName) {
  create("s1");
  auto other = Tree::open(base_ + "-other");
  ASSERT_TRUE(other);

  EXPECT_THAT(other->leftovers(), IsEmpty());
  const auto same_name = other->create("s1", {});
  ASSERT_TRUE(same_name) << same_name.error().detail;
  EXPECT_EQ(tree_->remove(*same_name).error().code, Errc::invalid_request) << "the other daemon's session";

  EXPECT_TRUE(other->remove(*same_name));
  EXPECT_TRUE(other->remove_base());
}

TEST_F(LiveTree, KeepsTheBaseWhileSessionsAreLeft) {
  create("s1");

  EXPECT_EQ(tree_->remove_base().error().code, Errc::busy);
}

TEST_F(LiveTree, GivesEveryMissingFeatureAReason) {
  const Features& features = tree_->features();

  for (const Feature* feature : {&features.groups, &features.memory_max, &features.memory_high, &features.swap_max,
                                 &features.cpu_percent, &features.cpu_weight, &features.pids_max, &features.atomic_kill,
                                 &features.freeze, &features.notify, &features.oom_group}) {
    EXPECT_EQ(feature->available, feature->reason.empty()) << feature->reason;
  }
  EXPECT_EQ(features.layout, detect());
}

}  // namespace

}  // namespace paddock::cgroup
