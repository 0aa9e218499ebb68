// `paddock up` and `paddock down` with a daemon that stands in for the real one.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "fake_host.hpp"

namespace paddock {
namespace {

namespace fs = std::filesystem;
using support::Finished;
using testing::HasSubstr;

/// An installation of its own: paddock, and a stand-in for paddockd beside it.
class UpDown : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "bin");
    fs::copy_file(paddock_program(), folder_ / "bin/paddock");
    fs::copy_file(PADDOCK_FAKE_DAEMON, folder_ / "bin/paddockd");
  }
  void TearDown() override { run({"down", "--force"}); }

  Finished run(std::vector<std::string> arguments, const std::string& behaviour = "") const {
    arguments.insert(arguments.begin(), (folder_ / "bin/paddock").string());
    if (arguments.at(1) == "up") {
      arguments.insert(arguments.end(), {"--state-dir", state(), "--socket", (folder_ / "s").string()});
    }
    auto environment = support::clean_environment((folder_ / "home").string());
    environment.push_back("PADDOCK_STATE_DIR=" + state());
    environment.push_back("PADDOCK_SOCKET=" + (folder_ / "s").string());
    environment.push_back("FAKE_DAEMON=" + behaviour);
    return support::Program::run(std::move(arguments), std::move(environment));
  }
  std::string state() const { return (folder_ / "state").string(); }

  support::ScratchFolder folder_;
};

TEST_F(UpDown, StartAndStop) {
  const Finished up = run({"up"});
  ASSERT_EQ(up.code, 0) << up.err;
  EXPECT_THAT(up.out, HasSubstr("paddockd is ready"));
  EXPECT_THAT(up.out, HasSubstr("unix:" + (folder_ / "s").string()));
  const Finished down = run({"down"});
  EXPECT_EQ(down.code, 0) << down.err;
  EXPECT_THAT(down.out, HasSubstr("has stopped"));
}

TEST_F(UpDown, TwiceIsHarmless) {
  const auto first = boost::json::parse(run({"up", "--json"}).out);
  const auto second = boost::json::parse(run({"up", "--json"}).out);
  EXPECT_EQ(first.at("started"), true);
  EXPECT_EQ(second.at("started"), false);
  EXPECT_EQ(first.at("pid"), second.at("pid"));
  EXPECT_EQ(boost::json::parse(run({"down", "--json"}).out).at("stopped"), true);
  EXPECT_EQ(boost::json::parse(run({"down", "--json"}).out).at("stopped"), false);
}

TEST_F(UpDown, ADaemonThatFailsIsToldWithItsLog) {
  const Finished up = run({"up"}, "dies");
  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.err, HasSubstr("ended before it was ready"));
  EXPECT_THAT(up.err, HasSubstr("fake daemon: dies"));
}

TEST_F(UpDown, ADaemonThatIsNeverReadyIsGivenUp) {
  const Finished up = run({"up", "--timeout", "200ms"}, "mute");
  EXPECT_EQ(up.code, 124);
  EXPECT_EQ(boost::json::parse(run({"down", "--json"}).out).at("stopped"), false) << "nothing stays behind";
}

TEST_F(UpDown, AProcessThatDoesNotAnswerAsTheHostIsLeftAlone) {
  ASSERT_EQ(run({"up"}, "deaf").code, 0);
  const Finished down = run({"down"});
  EXPECT_EQ(down.code, 4);
  EXPECT_THAT(down.err, HasSubstr("does not answer as the host"));
  EXPECT_EQ(run({"down", "--force"}).code, 0);
}

}  // namespace
}  // namespace paddock
