// Completion scripts: shells accept them, and they offer the table of commands.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace paddock {
namespace {

using support::Finished;
using support::Program;
using testing::HasSubstr;

class Completion : public testing::Test {
 protected:
  std::string script(const std::string& shell) const {
    const Finished done =
        Program::run({paddock_program(), "completion", shell}, support::clean_environment(folder_.path().string()));
    EXPECT_EQ(done.code, 0) << done.err;
    const std::string file = (folder_ / ("paddock." + shell)).string();
    support::write_file(file, done.out);
    return file;
  }
  Finished bash(const std::string& commands) const {
    return Program::run({"/bin/bash", "-c", "source '" + script("bash") + "'; " + commands},
                        support::clean_environment(folder_.path().string()));
  }
  /// What bash offers for the last word of a line.
  std::string offered(const std::string& words, int at) const {
    return bash("COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) + "; _paddock; echo \"${COMPREPLY[*]}\"")
        .out;
  }

  support::ScratchFolder folder_;
};

TEST_F(Completion, IsGoodBash) {
  const Finished done =
      Program::run({"/bin/bash", "-n", script("bash")}, support::clean_environment(folder_.path().string()));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(bash("complete -p paddock").out, HasSubstr("complete -o default -F _paddock paddock"));
}

TEST_F(Completion, OffersCommandsAndFlags) {
  EXPECT_EQ(offered("paddock appro", 1), "approve approvals\n");
  EXPECT_EQ(offered("paddock policy ''", 2).substr(0, 15), "list show check");
  EXPECT_THAT(offered("paddock run --me", 2), HasSubstr("--memory"));
  EXPECT_THAT(offered("paddock --json ls --st", 3), HasSubstr("--state"));
  EXPECT_THAT(offered("paddock show --js", 2), HasSubstr("--json"));
}

TEST_F(Completion, OffersSessions) {
  const FakeHost host([](const Asked&) { return Told{.body = R"({"items":[{"id":"ses_ABC","state":"idle"}]})"}; });
  auto environment = host.environment();
  std::erase_if(environment, [](const std::string& entry) { return entry.starts_with("PATH="); });
  environment.push_back("PATH=" + std::filesystem::path(paddock_program()).parent_path().string() + ":/usr/bin:/bin");
  const Finished done =
      Program::run({"/bin/bash", "-c",
                    "source '" + script("bash") +
                        "'; COMP_WORDS=(paddock show ses); COMP_CWORD=2; _paddock; echo \"${COMPREPLY[*]}\""},
                   environment);
  EXPECT_EQ(done.out, "ses_ABC\n") << done.err;
}

TEST_F(Completion, CoversZshAndFish) {
  EXPECT_THAT(support::read_file(script("zsh")), HasSubstr("('paddock policy') entries=('list:"));
  EXPECT_THAT(support::read_file(script("fish")),
              HasSubstr("-n '__fish_seen_subcommand_from policy' -a check -d 'Check policy files without a host'"));
  for (const char* shell : {"zsh", "fish"}) {
    const std::string program = std::string("/usr/bin/") + shell;
    if (!std::filesystem::exists(program)) continue;  // not among the packages of the tests
    const Finished done =
        Program::run({program, "-n", script(shell)}, support::clean_environment(folder_.path().string()));
    EXPECT_EQ(done.code, 0) << done.err;
  }
}

}  // namespace
}  // namespace paddock
