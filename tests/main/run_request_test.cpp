// `paddock run`: flags become a request.
#include "main/cli/run_request.hpp"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace paddock::cli {
namespace {

const config::Environment kEnvironment = [](std::string_view name) -> std::optional<std::string> {
  if (name == "KEY") return "secret";
  return std::nullopt;
};

std::string body_of(const RunFlags& flags, const std::string& here = "") {
  return boost::json::serialize(run_request(flags, kEnvironment, here).value());
}

TEST(RunRequest, OfAnAdapterAloneSaysNothingElse) {
  RunFlags flags;
  flags.adapter = "exec";
  EXPECT_EQ(body_of(flags), R"({"adapter":"exec"})");
}

TEST(RunRequest, CarriesEveryFlag) {
  RunFlags flags;
  flags.adapter = "claude";
  flags.prompt = "do it";
  flags.has_prompt = true;
  flags.name = "n";
  flags.mode = "headless";
  flags.policy = "ci";
  flags.memory = "1G";
  flags.cpu = "1.5";
  flags.pids = "64";
  flags.model = "m";
  flags.resume = "r";
  flags.timeout = "10m";
  flags.env = {"A=b=c", "KEY"};
  flags.labels = {"team=x"};
  flags.yolo = flags.keep_open = true;
  flags.args = {"--verbose", ""};
  EXPECT_EQ(
      body_of(flags),
      R"({"adapter":"claude","prompt":"do it","name":"n","mode":"headless","policy":"ci","model":"m",)"
      R"("resume":"r","timeout":"10m","limits":{"memory_max_bytes":1073741824,"cpu_percent":150,"pids_max":64},)"
      R"("env":{"A":"b=c","KEY":"secret"},"labels":{"team":"x"},"yolo":true,"keep_open":true,"args":["--verbose",""]})");
}

TEST(RunRequest, WorksHereUnlessToldOtherwise) {
  RunFlags flags;
  flags.adapter = "exec";
  EXPECT_EQ(body_of(flags, "/here"), R"({"adapter":"exec","workdir":"/here"})");
  flags.dir = "sub/../x";
  EXPECT_EQ(body_of(flags, "/here"), R"({"adapter":"exec","workdir":"/here/x"})");
  flags.dir = "/abs";
  EXPECT_EQ(body_of(flags, "/here"), R"({"adapter":"exec","workdir":"/abs"})");
  flags.dir.clear();
  flags.repo = "/r";
  flags.worktree = "b";
  EXPECT_EQ(body_of(flags, "/here"), R"({"adapter":"exec","repo":"/r","worktree":"b"})");
}

TEST(RunRequest, RefusesWhatCanBeSeenToBeWrong) {
  const auto refused = [](auto set) {
    RunFlags flags;
    flags.adapter = "exec";
    set(flags);
    const auto body = run_request(flags, kEnvironment, "");
    return !body && body.error().exit == ExitCode::usage;
  };
  EXPECT_TRUE(refused([](RunFlags& f) { f.memory = "lots"; }));
  EXPECT_TRUE(refused([](RunFlags& f) { f.cpu = "0"; }));
  EXPECT_TRUE(refused([](RunFlags& f) { f.pids = "-1"; }));
  EXPECT_TRUE(refused([](RunFlags& f) { f.env = {"=x"}; }));
  EXPECT_TRUE(refused([](RunFlags& f) { f.env = {"UNSET"}; }));
  EXPECT_TRUE(refused([](RunFlags& f) { f.labels = {"x"}; }));
  EXPECT_FALSE(refused([](RunFlags& f) { f.memory = "1G"; }));
}

}  // namespace
}  // namespace paddock::cli
