// What the user is told when a program cannot be started; and that then nothing runs.
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "no_clone3.hpp"
#include "probe.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using base::Errc;
using ::testing::TempDir;

/// A file of the test's own, removed at its end.
class StartFailure : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = TempDir() + "start_failure_" + std::to_string(::getpid());
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "something was left to reap";
    std::filesystem::remove_all(folder_);
  }

  std::string file(const std::string& name, const std::string& text, mode_t mode) {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  base::Error failure(const Spec& spec) {
    auto child = start(spec);
    EXPECT_FALSE(child);
    return child ? base::Error() : child.error();
  }
  base::Error failure_of(const std::string& program) {
    Spec spec = test::probe({});
    spec.program = program;
    return failure(spec);
  }

  std::string folder_;
};

TEST_F(StartFailure, MissingProgramIsAgentNotFound) {
  const auto error = failure_of(folder_ + "/nobody");

  EXPECT_EQ(error.code, Errc::agent_not_found);
  EXPECT_EQ(error.detail, "'" + folder_ + "/nobody' does not exist, nothing was started");
}

TEST_F(StartFailure, FileInPlaceOfAFolderIsAgentNotFound) {
  EXPECT_EQ(failure_of(file("plain", "", 0644) + "/x").code, Errc::agent_not_found);
}

TEST_F(StartFailure, MissingInterpreterIsToldApartFromAMissingProgram) {
  const auto error = failure_of(file("script", "#!/no/such/interpreter\n", 0755));

  EXPECT_EQ(error.code, Errc::start_failed);
  EXPECT_NE(error.detail.find("the interpreter it names does not exist"), std::string::npos) << error.detail;
}

TEST_F(StartFailure, FileWithoutExecutePermissionIsSaidToBeThat) {
  const auto error = failure_of(file("data", "#!/bin/sh\n", 0644));

  EXPECT_EQ(error.code, Errc::start_failed);
  EXPECT_NE(error.detail.find("may not be executed"), std::string::npos) << error.detail;
}

TEST_F(StartFailure, TextWithoutInterpreterLineIsNoProgram) {
  const auto error = failure_of(file("text", "echo hello\n", 0755));

  EXPECT_EQ(error.code, Errc::start_failed);
  EXPECT_NE(error.detail.find("'#!'"), std::string::npos) << error.detail;
}

TEST_F(StartFailure, TooManyArgumentsAreTooLarge) {
  Spec spec = test::probe({});
  spec.argv.assign(200, std::string(100'000, 'a'));

  EXPECT_EQ(failure(spec).code, Errc::too_large);
}

TEST_F(StartFailure, MissingWorkingDirectoryIsNamed) {
  Spec spec = test::probe({});
  spec.workdir = folder_ + "/nowhere";

  const auto error = failure(spec);

  EXPECT_EQ(error.code, Errc::start_failed);
  EXPECT_NE(error.detail.find("working directory '" + spec.workdir + "'"), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find("No such file"), std::string::npos) << error.detail;
}

TEST_F(StartFailure, CgroupThatCannotBeJoinedIsLimitUnavailable) {
  Spec spec = test::probe({});
  const base::UniqueFd not_writable(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  spec.cgroup_procs_fds = {not_writable.get()};

  EXPECT_EQ(failure(spec).code, Errc::limit_unavailable);
}

TEST_F(StartFailure, OomScoreOutOfRangeIsNamed) {
  Spec spec = test::probe({});
  spec.oom_score_adj = 1001;

  EXPECT_NE(failure(spec).detail.find("oom_score_adj cannot be '1001'"), std::string::npos);
}

TEST_F(StartFailure, UsedUpDescriptorsAreTooMany) {
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const base::UniqueFd highest(::dup(0));
  const rlimit tight = {rlim_t(highest.get() + 3), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);

  const auto error = failure(test::probe({}));

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(error.code, Errc::too_many) << error.detail;
}

TEST_F(StartFailure, RefusedProcessesAreTooMany) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    if (!test::hide_clone3(EAGAIN)) ::_exit(77);
    const auto child = start(test::probe({}));
    ::_exit(!child && child.error().code == Errc::too_many ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel has no seccomp filters";
  EXPECT_EQ(status, 0);
}

struct BadSpec {
  const char* name;
  void (*spoil)(Spec&);
};

class MalformedSpec : public ::testing::TestWithParam<BadSpec> {};

TEST_P(MalformedSpec, IsRefusedBeforeAnythingHappens) {
  Spec spec = test::probe({"report"});
  GetParam().spoil(spec);

  auto child = start(spec);

  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Errc::invalid_request);
}

INSTANTIATE_TEST_SUITE_P(
    All, MalformedSpec,
    ::testing::Values(BadSpec{"NoArguments", [](Spec& s) { s.argv.clear(); }},
                      BadSpec{"EmptyProgram", [](Spec& s) { s.program.clear(); }},
                      BadSpec{"RelativeProgram", [](Spec& s) { s.program = "probe"; }},
                      BadSpec{"RelativeFolder", [](Spec& s) { s.workdir = "tmp"; }},
                      BadSpec{"ZeroByteInProgram", [](Spec& s) { s.program.push_back('\0'); }},
                      BadSpec{"ZeroByteInFolder", [](Spec& s) { s.workdir = std::string("/\0", 2); }},
                      BadSpec{"ZeroByteInArgument", [](Spec& s) { s.argv.emplace_back("a\0b", 3); }},
                      BadSpec{"ZeroByteInEnvironment", [](Spec& s) { s.environment = {std::string("A=\0", 3)}; }},
                      BadSpec{"EnvironmentWithoutValue", [](Spec& s) { s.environment = {"PATH"}; }},
                      BadSpec{"EnvironmentWithoutName", [](Spec& s) { s.environment = {"=1"}; }},
                      BadSpec{"TerminalWithoutRows",
                              [](Spec& s) {
                                s.transport = Transport::pty;
                                s.rows = 0;
                              }}),
    [](const auto& test_case) { return std::string(test_case.param.name); });

}  // namespace

}  // namespace paddock::process
