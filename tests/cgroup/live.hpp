// Real groups for tests: made under a name of this process alone, emptied and removed at the end.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "cgroup/control_files.hpp"
#include "cgroup/group.hpp"
#include "cgroup/tree.hpp"
#include "process/process.hpp"

namespace paddock::cgroup::test {

/// Generous: only a hang reaches it.
inline constexpr int kDeadlineMs = 60'000;

inline bool wait_readable(int fd, int deadline_ms = kDeadlineMs) {
  pollfd wanted = {.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, deadline_ms) == 1;
}

/// One line of a non-blocking pipe, without its end.
inline std::string read_line(int fd) {
  std::string line;
  char byte = 0;
  while (wait_readable(fd)) {
    if (::read(fd, &byte, 1) != 1 || byte == '\n') break;
    line.push_back(byte);
  }
  return line;
}

inline process::Spec load(std::vector<std::string> arguments) {
  process::Spec spec;
  spec.program = CGROUP_LOAD;
  spec.argv = {"load"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  return spec;
}

/// Starts a load inside a group.
inline process::Child start_in(const Group& group, std::vector<std::string> arguments) {
  process::Spec spec = load(std::move(arguments));
  spec.cgroup_procs_fds = group.procs_fds();
  spec.cgroup_dir_fd = group.dir_fd();
  auto child = process::start(spec);
  EXPECT_TRUE(child) << child.error().detail;
  return child ? std::move(*child) : process::Child();
}

inline process::Exit wait_exit(const process::Child& child) {
  EXPECT_TRUE(wait_readable(child.pidfd.get()));
  auto exit = process::reap(child.pidfd.get());
  EXPECT_TRUE(exit) << exit.error().detail;
  return exit ? *exit : process::Exit();
}

/// Waits until nothing lives in the group.
inline bool wait_empty(Group& group) {
  for (;;) {
    const auto populated = group.populated();
    if (!populated || !*populated) return bool(populated);
    const auto fd = group.wait_fd();
    if (!fd || *fd < 0) {  // v1 alone tells nobody: wait for the processes themselves
      for (const pid_t pid : group.processes().value()) {
        const auto start = process::start_time_of(pid);
        const auto pidfd = start ? process::open_process(pid, *start) : base::Result<base::UniqueFd>(start.error());
        if (pidfd && !wait_readable(pidfd->get())) return false;
      }
    } else if (!wait_readable(*fd)) {
      return false;
    }
  }
}

/// A tree of the test's own; skips where no groups can be made.
class LiveTree : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> counter = 0;
    base_ = "pdk-test-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
    auto opened = Tree::open(base_);
    ASSERT_TRUE(opened) << opened.error().detail;
    tree_ = std::make_unique<Tree>(std::move(*opened));
    if (!tree_->features().groups) GTEST_SKIP() << "no groups here: " << tree_->features().groups.reason;
  }

  void TearDown() override {
    if (!tree_) return;
    for (const std::string& session : tree_->leftovers()) {
      const GroupPaths paths = tree_->find(session);
      auto group = Group::open(paths);
      ASSERT_TRUE(group) << group.error().detail;
      EXPECT_TRUE(group->kill());
      EXPECT_TRUE(wait_empty(*group));
      const auto removed = tree_->remove(paths);
      EXPECT_TRUE(removed) << removed.error().detail;
    }
    const auto gone = tree_->remove_base();
    EXPECT_TRUE(gone) << gone.error().detail;
  }

  GroupPaths create(const std::string& session, const Limits& limits = {}) {
    auto paths = tree_->create(session, limits);
    EXPECT_TRUE(paths) << paths.error().detail;
    return paths ? *paths : GroupPaths();
  }
  Group open(const GroupPaths& paths) {
    auto group = Group::open(paths);
    EXPECT_TRUE(group) << group.error().detail;
    return std::move(group).value();
  }
  bool unified() const { return tree_->features().layout == Layout::unified; }
  /// Where `controller`'s files of a session are.
  static std::string files_of(const GroupPaths& paths, const std::string& controller) {
    return paths.v2_has_controllers ? paths.v2 : paths.v1.at(controller);
  }

  std::string base_;
  std::unique_ptr<Tree> tree_;
};

}  // namespace paddock::cgroup::test

/// Skips the test, with the machine's own reason, where `feature` is not available.
#define PADDOCK_NEEDS(feature) \
  if (!tree_->features().feature) GTEST_SKIP() << #feature ": " << tree_->features().feature.reason
