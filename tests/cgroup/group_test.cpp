// What a runner does with its session's group: birth, watching, freezing, killing, measuring.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cgroup/mounts.hpp"
#include "cgroup/sweep.hpp"
#include "live.hpp"
#include "process/no_clone3.hpp"

namespace paddock::cgroup {

namespace {

using base::Errc;
using test::read_line;
using test::start_in;
using test::wait_empty;
using test::wait_exit;
using test::wait_readable;
using ::testing::IsEmpty;

class LiveGroup : public test::LiveTree {
 protected:
  void SetUp() override {
    LiveTree::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  }
  void TearDown() override {
    LiveTree::TearDown();
    // Orphans the killed families left to us.
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  }
};

TEST_F(LiveGroup, ChildIsBornInEveryHierarchy) {
  const GroupPaths paths = create("s1");
  process::Child child = start_in(open(paths), {"wait"});

  const auto membership = parse_membership(read_text("/proc/" + std::to_string(child.pid) + "/cgroup").value());

  for (const auto& [controller, directory] : paths.v1) {
    EXPECT_TRUE(membership.at(controller).ends_with("/" + base_ + "/s1")) << controller;
  }
  EXPECT_TRUE(paths.v2.empty() || membership.at("").ends_with("/" + base_ + "/s1"));
  child.in.reset();
  wait_exit(child);
}

TEST_F(LiveGroup, EveryProcessTellsItsEnd) {
  Group group = open(create("s1"));
  EXPECT_THAT(group.ends().value(), IsEmpty());
  const process::Child first = start_in(group, {"wait"});
  const process::Child second = start_in(group, {"wait"});
  const auto ends = group.ends().value();
  ASSERT_EQ(ends.size(), 2U);
  for (const base::UniqueFd& end : ends) EXPECT_FALSE(wait_readable(end.get(), 0));

  ASSERT_TRUE(group.kill());

  for (const base::UniqueFd& end : ends) EXPECT_TRUE(wait_readable(end.get()));
  EXPECT_FALSE(group.populated().value());
  wait_exit(first);
  wait_exit(second);
}

TEST_F(LiveGroup, ChildJoinsBeforeItRunsWhereItCannotBeBornInside) {
  const GroupPaths paths = create("s1");
  const Group group = open(paths);
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    if (!process::test::hide_clone3()) ::_exit(77);
    const process::Child child = start_in(group, {"wait"});
    const auto text = read_text("/proc/" + std::to_string(child.pid) + "/cgroup").value_or("");
    std::size_t inside = 0;
    for (const auto& [controller, path] : parse_membership(text)) inside += path.ends_with("/" + base_ + "/s1") ? 1 : 0;
    ::_exit(inside == paths.v1.size() + (paths.v2.empty() ? 0 : 1) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel has no seccomp filters";
  EXPECT_EQ(status, 0);
}

TEST_F(LiveGroup, StartFailsWhenTheGroupIsGone) {
  const GroupPaths paths = create("s1");
  const Group group = open(paths);
  ASSERT_TRUE(tree_->remove(paths));
  process::Spec spec = test::load({"wait"});
  spec.cgroup_procs_fds = group.procs_fds();
  spec.cgroup_dir_fd = group.dir_fd();

  EXPECT_FALSE(process::start(spec));
}

TEST_F(LiveGroup, OpeningAGroupThatIsGoneSaysSo) {
  const GroupPaths paths = create("s1");
  ASSERT_TRUE(tree_->remove(paths));

  EXPECT_EQ(Group::open(paths).error().code, Errc::not_found);
}

TEST_F(LiveGroup, TellsWhenTheLastProcessEnds) {
  PADDOCK_NEEDS(notify);
  Group group = open(create("s1"));
  EXPECT_FALSE(group.populated().value());
  process::Child child = start_in(group, {"wait"});
  EXPECT_TRUE(group.populated().value());
  const int notice = group.wait_fd().value();
  EXPECT_TRUE(group.populated().value());
  EXPECT_FALSE(wait_readable(notice, 0));

  child.in.reset();

  EXPECT_TRUE(wait_readable(notice));
  EXPECT_TRUE(wait_empty(group));
  EXPECT_FALSE(wait_readable(notice, 0)) << "reading clears it";
  wait_exit(child);
}

TEST_F(LiveGroup, KillEmptiesAGroupOfAHundredSessions) {
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"family", "100"});
  ASSERT_EQ(read_line(child.out.get()), "ready");
  EXPECT_EQ(group.processes().value().size(), 101U);

  ASSERT_TRUE(group.kill());

  EXPECT_TRUE(wait_empty(group));
  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
}

TEST_F(LiveGroup, KillTakesDaemonsWhoseParentIsLongGone) {
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"daemon"});
  ASSERT_EQ(read_line(child.out.get()), "ready");
  EXPECT_EQ(wait_exit(child).code, 0);
  EXPECT_TRUE(group.populated().value());

  ASSERT_TRUE(group.kill());

  EXPECT_TRUE(wait_empty(group));
}

TEST_F(LiveGroup, KillReachesGroupsInsideTheGroup) {
  const GroupPaths paths = create("s1");
  Group group = open(paths);
  process::Child child = start_in(group, {"wait"});
  const std::string outer = paths.v2.empty() ? paths.v1.begin()->second : paths.v2;
  ASSERT_EQ(::mkdir((outer + "/inner").c_str(), 0755), 0);
  ASSERT_EQ(write_text(outer + "/inner/cgroup.procs", std::to_string(child.pid)), 0);
  EXPECT_TRUE(group.populated().value());

  ASSERT_TRUE(group.kill());

  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
  EXPECT_TRUE(wait_empty(group));
}

TEST_F(LiveGroup, KillTakesAStrayThatLeftTheV2TreeOnly) {
  const GroupPaths paths = create("s1");
  if (paths.v1.empty() || paths.v2.empty()) GTEST_SKIP() << "needs both trees";
  Group group = open(paths);
  process::Child child = start_in(group, {"wait"});
  ASSERT_EQ(write_text(look_around().v2.value().own + "/cgroup.procs", std::to_string(child.pid)), 0);
  EXPECT_TRUE(group.populated().value());

  ASSERT_TRUE(group.kill());

  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
}

TEST_F(LiveGroup, KillOfAnEmptyOrVanishedGroupSucceeds) {
  const GroupPaths paths = create("s1");
  Group group = open(paths);
  EXPECT_TRUE(group.kill());

  ASSERT_TRUE(tree_->remove(paths));

  EXPECT_TRUE(group.kill());
  EXPECT_FALSE(group.populated().value());
}

TEST_F(LiveGroup, FrozenGroupRunsNotAndCanBeKilled) {
  PADDOCK_NEEDS(freeze);
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"family", "5"});
  ASSERT_EQ(read_line(child.out.get()), "ready");
  EXPECT_FALSE(group.frozen().value());

  ASSERT_TRUE(group.freeze());
  while (!group.frozen().value()) ASSERT_TRUE(wait_readable(group.wait_fd().value()));
  ASSERT_TRUE(group.kill());

  EXPECT_TRUE(wait_empty(group));
  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
}

TEST_F(LiveGroup, ThawedGroupGoesOn) {
  PADDOCK_NEEDS(freeze);
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"wait"});
  ASSERT_TRUE(group.freeze());
  while (!group.frozen().value()) ASSERT_TRUE(wait_readable(group.wait_fd().value()));
  child.in.reset();

  ASSERT_TRUE(group.thaw());

  EXPECT_EQ(wait_exit(child).code, 0);
  EXPECT_FALSE(group.frozen().value());
}

TEST_F(LiveGroup, WithoutV2IsKilledByReading) {
  GroupPaths paths = create("s1");
  if (paths.v1.empty()) GTEST_SKIP() << "this machine has no v1 groups";
  paths.v2.clear();
  Group group = open(paths);
  EXPECT_EQ(group.wait_fd().value(), -1);
  process::Child child = start_in(group, {"family", "100"});
  ASSERT_EQ(read_line(child.out.get()), "ready");

  ASSERT_TRUE(group.kill());

  EXPECT_TRUE(wait_empty(group));
  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
}

TEST_F(LiveGroup, FrozenByTheV1FreezerIsThawedToBeKilled) {
  const auto around = look_around();
  if (!around.v1.contains("freezer")) GTEST_SKIP() << "this machine has no v1 freezer";
  GroupPaths paths;
  paths.session = "s1";
  paths.v1["freezer"] = around.v1.at("freezer").own + "/" + base_;
  ASSERT_EQ(::mkdir(paths.v1["freezer"].c_str(), 0755), 0);
  {
    Group group = open(paths);
    process::Child child = start_in(group, {"wait"});
    ASSERT_TRUE(group.freeze());
    while (!group.frozen().value()) ::sched_yield();  // v1 has no notice of it

    ASSERT_TRUE(group.kill());

    EXPECT_EQ(wait_exit(child).signal, SIGKILL);
    EXPECT_TRUE(wait_empty(group));
  }
  EXPECT_EQ(::rmdir(paths.v1["freezer"].c_str()), 0);
}

TEST_F(LiveGroup, MeasuresWhatTheSessionUses) {
  PADDOCK_NEEDS(memory_max);
  PADDOCK_NEEDS(pids_max);
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"memory", "20"});
  ASSERT_EQ(read_line(child.out.get()), "ready");

  const Usage usage = group.usage();

  EXPECT_GE(usage.memory, base::mib(20));
  EXPECT_GE(usage.memory_anon, base::mib(19));
  EXPECT_EQ(usage.memory_limit, std::nullopt);
  EXPECT_EQ(usage.pids, 1U);
  EXPECT_EQ(usage.oom_kills, 0U);
  EXPECT_EQ(usage.pids_max_hits, 0U);
  EXPECT_GT(usage.cpu_total.value().count(), 0);
  EXPECT_LE(usage.cpu_user.value(), usage.cpu_total.value());
  child.in.reset();
  wait_exit(child);
}

TEST_F(LiveGroup, KeepsTheFiguresAfterTheEnd) {
  PADDOCK_NEEDS(memory_max);
  Group group = open(create("s1"));
  process::Child child = start_in(group, {"cpu", "50"});
  EXPECT_EQ(wait_exit(child).code, 0);
  ASSERT_TRUE(wait_empty(group));

  EXPECT_GE(group.usage().cpu_total.value(), std::chrono::milliseconds(50));
}

TEST_F(LiveGroup, HasNoFiguresOfAVanishedGroup) {
  const GroupPaths paths = create("s1");
  Group group = open(paths);
  (void)group.usage();
  ASSERT_TRUE(tree_->remove(paths));

  const Usage usage = group.usage();

  EXPECT_EQ(usage.memory, std::nullopt);
  EXPECT_EQ(usage.cpu_total, std::nullopt);
  EXPECT_EQ(usage.oom_kills, std::nullopt);
}

TEST_F(LiveGroup, ReadsPressureWhereTheKernelTellsIt) {
  const GroupPaths paths = create("s1");
  Group group = open(paths);

  const Pressures pressures = group.pressure();

  EXPECT_EQ(pressures.cpu.has_value(), exists(paths.v2 + "/cpu.pressure"));
  EXPECT_EQ(pressures.memory.has_value(), exists(paths.v2 + "/memory.pressure"));
}

TEST_F(LiveGroup, HoldsFewDescriptorsAndNoneAfterwards) {
  const auto count = [] {
    const auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const GroupPaths paths = create("s1");
  const auto before = count();
  {
    Group group = open(paths);
    (void)group.usage();
    (void)group.pressure();
    (void)group.populated();
    (void)group.wait_fd();
    (void)group.oom_fd();
    EXPECT_LE(count() - before, 30);
  }
  EXPECT_EQ(count(), before);
}

/// Machines without any group rights: what is known is the process tree.
class NoGroup : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0); }
  void TearDown() override {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  }
  Group group_ = Group::open(GroupPaths()).value();
};

TEST_F(NoGroup, KillsTheFamilyOfTheLeader) {
  process::Child child = start_in(group_, {"family", "20"});
  ASSERT_EQ(read_line(child.out.get()), "ready");
  group_.set_leader(child.pid, child.start_time);
  EXPECT_EQ(group_.processes().value().size(), 21U);

  ASSERT_TRUE(group_.kill());

  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
  EXPECT_TRUE(wait_empty(group_));
}

TEST_F(NoGroup, KillsDaemonsTheLeaderLeftToUs) {
  process::Child child = start_in(group_, {"daemon"});
  ASSERT_EQ(read_line(child.out.get()), "ready");
  group_.set_leader(child.pid, child.start_time);
  EXPECT_EQ(wait_exit(child).code, 0);
  EXPECT_TRUE(group_.populated().value());

  ASSERT_TRUE(group_.kill());

  EXPECT_TRUE(wait_empty(group_));
}

TEST_F(NoGroup, SparesOtherChildrenOfTheRunner) {
  process::Child adapter = start_in(group_, {"wait"});
  process::Child child = start_in(group_, {"wait"});
  group_.set_leader(child.pid, child.start_time, {adapter.pid});

  ASSERT_TRUE(group_.kill());

  EXPECT_EQ(wait_exit(child).signal, SIGKILL);
  EXPECT_TRUE(process::same_process(adapter.pid, adapter.start_time).value());
  adapter.in.reset();
  EXPECT_EQ(wait_exit(adapter).code, 0);
}

TEST_F(NoGroup, OffersNothingItDoesNotHave) {
  EXPECT_EQ(group_.dir_fd(), -1);
  EXPECT_THAT(group_.procs_fds(), IsEmpty());
  EXPECT_EQ(group_.wait_fd().value(), -1);
  EXPECT_EQ(group_.oom_fd().value(), -1);
  EXPECT_FALSE(group_.populated().value());
  EXPECT_EQ(group_.freeze().error().code, Errc::unsupported);
  EXPECT_EQ(group_.thaw().error().code, Errc::unsupported);
  EXPECT_EQ(group_.frozen().error().code, Errc::unsupported);
  EXPECT_EQ(group_.kill().error().code, Errc::unsupported);
  EXPECT_EQ(group_.usage().memory, std::nullopt);
  EXPECT_EQ(group_.pressure().cpu, std::nullopt);
}

}  // namespace

}  // namespace paddock::cgroup
