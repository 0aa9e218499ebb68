// What libcgroup 2.0.2 does, pinned: when one of these fails with another release, the matching guard
// in host/cgroup can be looked at again. Each guard is named in the test.
#include <filesystem>

#include <libcgroup.h>
#include <sys/stat.h>

#include "cgroup/library.hpp"
#include "cgroup/mounts.hpp"
#include "live.hpp"

namespace paddock::cgroup {

namespace {

using test::start_in;
using test::wait_exit;

class Library : public test::LiveTree {
 protected:
  void SetUp() override {
    LiveTree::SetUp();
    if (IsSkipped()) return;
    const auto around = look_around();
    hierarchy_ = unified() ? around.v2.value() : around.v1.at("pids");
    // Where sessions go, which is not below our own group after the tree has moved us aside.
    const GroupPaths session = create("session");
    const std::string sessions =
        session.v2_has_controllers || !session.v1.contains("pids") ? session.v2 : session.v1.at("pids");
    base_directory_ = sessions.substr(0, sessions.rfind('/'));
    directory_ = base_directory_ + "/quirk";
    name_ = hierarchy_.relative(directory_);
  }
  void TearDown() override {
    ::rmdir(directory_.c_str());
    LiveTree::TearDown();
  }

  /// A handle for the group with one controller, or none when `controller` is null.
  struct cgroup* handle(const char* controller = "pids") {
    group_ = ::cgroup_new_cgroup(name_.c_str());
    EXPECT_TRUE(controller == nullptr || ::cgroup_add_controller(group_, controller) != nullptr);
    return group_;
  }
  void free_handle() { ::cgroup_free(&group_); }

  Hierarchy hierarchy_;
  std::string base_directory_;
  std::string directory_;
  std::string name_;
  struct cgroup* group_ = nullptr;
};

TEST_F(Library, CreatesNothingWithSuccessWhenNoControllerIsNamed) {
  // Guard: groups without controllers are made by mkdir, and every created directory is looked for.
  EXPECT_EQ(::cgroup_create_cgroup(handle(nullptr), 1), 0);
  EXPECT_FALSE(exists(directory_));
  free_handle();
}

TEST_F(Library, CreatesAGroupTwiceWithSuccess) {
  PADDOCK_NEEDS(pids_max);
  // Guard: Tree::create() looks first.
  EXPECT_EQ(::cgroup_create_cgroup(handle(), 1), 0);
  free_handle();
  EXPECT_EQ(::cgroup_create_cgroup(handle(), 1), 0);
  free_handle();
}

TEST_F(Library, FollowsDotsOutOfTheParent) {
  PADDOCK_NEEDS(pids_max);
  // Guard: names are letters, digits, '_' and '-'.
  const std::string outside = base_directory_ + "-outside";
  name_ = hierarchy_.relative(base_directory_ + "/../" + base_ + "-outside");
  EXPECT_EQ(::cgroup_create_cgroup(handle(), 1), 0);
  EXPECT_TRUE(exists(outside));
  free_handle();
  EXPECT_EQ(::rmdir(outside.c_str()), 0);
}

TEST_F(Library, LeavesTheDirectoryBehindWhenAValueIsRefused) {
  PADDOCK_NEEDS(pids_max);
  // Guard: a failed Tree::create() removes what it made.
  const auto created = library::create(name_, "pids", {{"pids", "pids.max", "banana"}});
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().detail.find("Invalid argument"), std::string::npos) << created.error().detail;
  EXPECT_TRUE(exists(directory_));
}

TEST_F(Library, AcceptsAControllerThatIsNotThereUntilTheGroupIsMade) {
  EXPECT_EQ(::cgroup_create_cgroup(handle("no-such-controller"), 1), ECGROUPSUBSYSNOTMOUNTED);
  free_handle();
}

TEST_F(Library, SaysThatAnOccupiedGroupWasDeletedWhenItWasNot) {
  PADDOCK_NEEDS(pids_max);
  // Guard: Tree::remove() uses rmdir.
  ASSERT_TRUE(library::create(name_, "pids", {}));
  process::Child child = start_in(Group(Group::open(GroupPaths()).value()), {"wait"});
  ASSERT_EQ(write_text(directory_ + "/cgroup.procs", std::to_string(child.pid)), 0);

  EXPECT_EQ(::cgroup_delete_cgroup_ext(handle(), CGFLAG_DELETE_EMPTY_ONLY), 0);
  EXPECT_TRUE(exists(directory_));

  free_handle();
  child.in.reset();
  wait_exit(child);
}

TEST_F(Library, LetsTheProcessesOfADeletedV1GroupLive) {
  PADDOCK_NEEDS(pids_max);
  if (unified()) GTEST_SKIP() << "v2 refuses";
  // Guard: as above. A session that is removed must not live on outside its limits.
  ASSERT_TRUE(library::create(name_, "pids", {}));
  process::Child child = start_in(Group(Group::open(GroupPaths()).value()), {"wait"});
  ASSERT_EQ(write_text(directory_ + "/cgroup.procs", std::to_string(child.pid)), 0);

  EXPECT_EQ(::cgroup_delete_cgroup(handle(), 0), 0);

  EXPECT_FALSE(exists(directory_));
  EXPECT_TRUE(process::same_process(child.pid, child.start_time).value());
  free_handle();
  child.in.reset();
  wait_exit(child);
}

TEST_F(Library, HasAMisleadingTextForSuccess) {
  // Guard: reason() is never asked about 0.
  EXPECT_STREQ(::cgroup_strerror(0), "Cgroup is not compiled in");
}

TEST_F(Library, AnswersOurInitialiseOnlyOnce) {
  EXPECT_TRUE(library::initialise());
  EXPECT_TRUE(library::initialise());
}

TEST_F(Library, SaysWhichGroupCouldNotBeChanged) {
  PADDOCK_NEEDS(pids_max);
  const auto modified = library::modify(name_, "pids", {{"pids", "pids.max", "5"}});

  ASSERT_FALSE(modified);
  EXPECT_NE(modified.error().detail.find(name_), std::string::npos);
}

}  // namespace

}  // namespace paddock::cgroup
