// The real Claude Code on a terminal of the host: states from its screen, a prompt that arrives, dialogs answered
// through the API. Only the model is scripted.
#include <filesystem>

#include "real/agents.hpp"

namespace paddock::real {
namespace {

using integration::exit_reason;
using integration::text_of;
using testing::HasSubstr;

class RealTerminal : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(agents_folder() + "/bin/claude")) {
      GTEST_SKIP() << "the real agents are not installed (tests/real/install, needs npm)";
    }
    std::string pattern = std::string(PADDOCK_BUILD_DIR) + "/real-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    home = pattern;
    std::filesystem::create_directories(home + "/work");
    const Agent& claude = agents().front();
    model = std::make_unique<FakeModel>(claude.script);
    environment = claude.environment(*model, home);
    environment["CLAUDE_CONFIG_DIR"] = home + "/claude";
    // What the first run's dialogs would write; a person has answered them on their own machine.
    const json::object answered{{"hasCompletedOnboarding", true},
                                {"customApiKeyResponses", {{"approved", {"dummy-key"}}, {"rejected", json::array()}}},
                                {"projects", {{home + "/work", {{"hasTrustDialogAccepted", true}}}}}};
    support::write_file(home + "/claude/.claude.json", json::serialize(answered));
    TestHost::Options options;
    options.environment = {"PATH=" + agents_folder() + "/bin:/usr/local/bin:/usr/bin:/bin", "HOME=" + home};
    host = std::make_unique<TestHost>(options);
  }

  void TearDown() override {
    host.reset();
    model.reset();
    std::error_code ignored;
    if (!home.empty()) std::filesystem::remove_all(home, ignored);
  }

  std::string run() const {
    return host->run(
        {{"adapter", "claude"}, {"mode", "interactive"}, {"workdir", home + "/work"}, {"env", environment}});
  }
  std::string lines(const std::string& id) const {
    std::string all;
    const auto reply = host->api().get("/v1/sessions/" + id + "/screen").json();
    for (const json::value& line : reply.at("lines").as_array()) all += std::string(line.as_string()) + "\n";
    return all;
  }
  void send(const std::string& id, const std::string& text) const {
    EXPECT_EQ(text_of(host->act(id, {{"type", "send"}, {"text", text}}), "state"), "applied") << lines(id);
  }

  std::string home;
  json::object environment;
  std::unique_ptr<FakeModel> model;
  std::unique_ptr<TestHost> host;
};

TEST_F(RealTerminal, ClaudeIsReadTypedToAndAnswered) {
  const std::string id = run();
  (void)host->wait(id, "idle");
  send(id, agents().front().plain);
  (void)host->wait(id, "idle");
  EXPECT_THAT(lines(id), HasSubstr("Hello there"));

  send(id, "Do it. [[scenario:tool cmd=touch+proof]]");
  const json::object asked = host->wait(id, "blocked");
  EXPECT_EQ(text_of(asked, "blocked_on"), "approval");
  EXPECT_EQ(text_of(asked, "state_source"), "screen");
  const auto refused = host->api().post("/v1/sessions/" + id + "/actions", {{"type", "send"}, {"text", "into it"}});
  EXPECT_EQ(refused.code(), "busy") << refused.body;
  const std::string ref = host->approval(id);
  EXPECT_EQ(text_of(host->act(id, {{"type", "approve"}, {"ref", ref}}), "state"), "applied") << lines(id);
  (void)host->wait(id, "idle");
  EXPECT_TRUE(std::filesystem::exists(home + "/work/proof"));

  send(id, "Again. [[scenario:tool cmd=touch+second]]");
  (void)host->wait(id, "blocked");
  EXPECT_EQ(text_of(host->act(id, {{"type", "deny"}, {"ref", host->approval(id)}}), "state"), "applied") << lines(id);
  (void)host->wait(id, "idle");
  EXPECT_FALSE(std::filesystem::exists(home + "/work/second"));

  host->act(id, {{"type", "stop"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "stopped");
}

TEST_F(RealTerminal, ClaudeTakesSeveralLinesAsAPaste) {
  const std::string id = run();
  (void)host->wait(id, "idle");
  send(id, "first line\nsecond line\n[[scenario:plain text=Got+both]]");
  (void)host->wait(id, "idle");
  EXPECT_THAT(lines(id), HasSubstr("Got both"));
  host->act(id, {{"type", "stop"}});
  (void)host->wait(id, "exited");
}

TEST_F(RealTerminal, ClaudeIsInterrupted) {
  const std::string id = run();
  (void)host->wait(id, "idle");
  send(id, "Talk. [[scenario:long deltas=2000 delay=20]]");
  (void)host->wait(id, "working");
  host->act(id, {{"type", "interrupt"}});
  (void)host->wait(id, "idle");
  EXPECT_THAT(lines(id), HasSubstr("Interrupted"));
  host->act(id, {{"type", "stop"}});
  (void)host->wait(id, "exited");
}

}  // namespace
}  // namespace paddock::real
