// Launches that are refused leave nothing running.
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "daemon_end.hpp"
#include "support/program.hpp"
#include "support/scratch.hpp"

namespace paddock::runner {
namespace {

base::Error refusal(RunnerRig& rig) {
  if (const auto* refused = std::get_if<link::Refused>(&rig.answer())) return refused->error;
  ADD_FAILURE() << "the launch was not refused";
  return {};
}

TEST(RunnerRefusal, NamesAProgramThatIsNotThere) {
  RunnerRig rig;
  auto launch = rig.launch({});
  launch.adapter_request["args"] = {"no-such-agent"};
  (void)rig.start(std::move(launch));
  EXPECT_EQ(refusal(rig).code, base::Errc::agent_not_found);
  EXPECT_NE(refusal(rig).detail.find("'no-such-agent'"), std::string::npos);
  EXPECT_EQ(rig.wait_for_runner(), 1);
}

TEST(RunnerRefusal, OfAFolderThatIsNotThere) {
  RunnerRig rig;
  auto launch = rig.launch({"exit", "0"});
  launch.workdir = rig.folder() / "missing";
  (void)rig.start(std::move(launch));
  EXPECT_NE(refusal(rig).detail.find("missing"), std::string::npos);
}

TEST(RunnerRefusal, CarriesTheAdaptersOwnWords) {
  RunnerRig rig;
  auto launch = rig.launch({});
  launch.adapter_request["args"] = boost::json::array();
  (void)rig.start(std::move(launch));
  EXPECT_EQ(refusal(rig).code, base::Errc::adapter_refused);
  EXPECT_NE(refusal(rig).detail.find("'args' is empty"), std::string::npos);
}

TEST(RunnerRefusal, OfAnotherAdapterThanItWasStartedFor) {
  RunnerRig rig;
  (void)rig.start(rig.launch({"exit", "0"}), rig.folder() / "other.so");
  EXPECT_NE(refusal(rig).detail.find("other.so"), std::string::npos);
  EXPECT_EQ(rig.wait_for_runner(), 1);
}

TEST(RunnerRefusal, OfALibraryThatIsNoAdapter) {
  RunnerRig rig;
  auto launch = rig.launch({"exit", "0"});
  launch.adapter_file = rig.folder() / "missing.so";
  (void)rig.start(std::move(launch));
  EXPECT_EQ(refusal(rig).code, base::Errc::adapter_refused);
}

TEST(RunnerRefusal, OfASecondLifeInTheSameFolder) {
  RunnerRig rig;
  support::write_file(rig.session_dir() / "journal", "an earlier life");
  (void)rig.start({"exit", "0"});
  EXPECT_EQ(refusal(rig).code, base::Errc::already_exists);
  EXPECT_EQ(support::read_file(rig.session_dir() / "journal"), "an earlier life");
}

TEST(RunnerLooking, DescribesAnAdapter) {
  RunnerRig rig;
  const auto done = support::Program::run(
      {PADDOCK_BUILD_DIR "/bin/paddock-runner", "--describe", PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so"},
      support::clean_environment(rig.folder()));
  EXPECT_EQ(boost::json::parse(done.out).at("id").as_string(), "exec");
}

}  // namespace
}  // namespace paddock::runner
