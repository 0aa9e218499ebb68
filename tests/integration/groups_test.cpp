// What a host leaves in the machine's cgroup trees.
#include <filesystem>

#include <unistd.h>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

namespace fs = std::filesystem;

class Groups : public testing::Test {
 protected:
  void SetUp() override {
    PADDOCK_NEED_CGROUPS();
    support::write_file(config / "paddock.yaml", "apiVersion: paddock/v1\nkind: Host\ncgroup: {base: " + base + "}\n");
    TestHost::Options options;
    options.arguments = {"--config", (config / "paddock.yaml").string()};
    host = std::make_unique<TestHost>(options);
  }

  /// Every directory of the host's name, in any hierarchy.
  std::vector<std::string> bases() const {
    std::vector<std::string> found;
    std::error_code ec;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at("/sys/fs/cgroup", options, ec), end; !ec && at != end; at.increment(ec)) {
      if (at->path().filename() == base) found.push_back(at->path());
    }
    return found;
  }

  std::string open_cat() {
    json::object cat = exec({"cat"});
    cat["keep_open"] = true;
    return host->run(cat);
  }

  const std::string base = "paddock-test-" + std::to_string(::getpid());
  support::ScratchFolder config;
  std::unique_ptr<TestHost> host;
};

TEST_F(Groups, NoEmptyGroupIsLeftWhenAHostWasStopped) {
  const std::string id = open_cat();
  EXPECT_THAT(bases(), testing::Not(testing::IsEmpty()));
  host->act(id, {{"type", "kill"}});
  (void)host->wait(id, "exited");
  EXPECT_EQ(host->stop().code, 0);
  EXPECT_THAT(bases(), testing::IsEmpty());
}

TEST_F(Groups, TheGroupOfAHostStaysWhileASessionLivesInIt) {
  const std::string id = open_cat();
  EXPECT_EQ(host->stop().code, 0);
  EXPECT_THAT(bases(), testing::Not(testing::IsEmpty()));
  host->start();
  EXPECT_NE(text_of(host->session(id), "state"), "exited");
  host->act(id, {{"type", "kill"}});
  (void)host->wait(id, "exited");
  EXPECT_EQ(host->stop().code, 0);
  EXPECT_THAT(bases(), testing::IsEmpty());
}

TEST_F(Groups, AHostThatWasKilledIsTidiedUpByTheNextOne) {
  host->kill();
  EXPECT_THAT(bases(), testing::Not(testing::IsEmpty()));
  host->start();
  EXPECT_EQ(host->stop().code, 0);
  EXPECT_THAT(bases(), testing::IsEmpty());
}

}  // namespace
}  // namespace paddock::integration
