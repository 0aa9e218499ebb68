// A plain user without any right to groups: everything opens, nothing is promised.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup/tree.hpp"

namespace paddock::cgroup {

namespace {

constexpr uid_t kNobody = 65534;

/// Runs `body` as nobody in a process of its own; its result is the exit status.
int as_nobody(int (*body)()) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(90);
    ::_exit(body());
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class PlainUser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  }
};

TEST_F(PlainUser, OpensATreeThatPromisesNothingAndSaysWhy) {
  EXPECT_EQ(as_nobody([] {
              const auto tree = Tree::open("pdk-test-plain");
              if (!tree) return 1;
              const Features& features = tree->features();
              if (features.groups || features.memory_max || features.pids_max || features.cpu_percent) return 2;
              return features.groups.reason.empty() || features.memory_max.reason.empty() ? 3 : 0;
            }),
            0);
}

TEST_F(PlainUser, GetsSessionsWithoutGroupsWhenNoLimitIsAskedFor) {
  EXPECT_EQ(as_nobody([] {
              auto tree = Tree::open("pdk-test-plain");
              const auto paths = tree->create("s1", {});
              if (!paths || !paths->empty()) return 1;
              return tree->remove(*paths) && tree->remove_base() && tree->leftovers().empty() ? 0 : 2;
            }),
            0);
}

TEST_F(PlainUser, IsToldThatALimitCannotBeEnforced) {
  EXPECT_EQ(as_nobody([] {
              auto tree = Tree::open("pdk-test-plain");
              Limits limits;
              limits.memory_max = base::mib(64);
              const auto paths = tree->create("s1", limits);
              return !paths && paths.error().code == base::Errc::limit_unavailable ? 0 : 1;
            }),
            0);
}

TEST_F(PlainUser, DoesNotTakeOverTheGroupsOfAnotherUser) {
  auto roots = Tree::open("pdk-test-roots");
  ASSERT_TRUE(roots);

  EXPECT_EQ(as_nobody([] {
              auto tree = Tree::open("pdk-test-roots");
              if (!tree || tree->features().groups) return 1;
              const auto paths = tree->create("s1", {});
              return paths && paths->empty() ? 0 : 2;
            }),
            0);
  EXPECT_TRUE(roots->remove_base());
}

}  // namespace

}  // namespace paddock::cgroup
