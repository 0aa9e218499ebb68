// What the probe makes of what it finds.
#include "probe.hpp"

#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
namespace {

json::object findings(json::object version, std::string_view auth, bool key = false) {
  json::array commands;
  commands.push_back(std::move(version));
  commands.push_back(json::object{{"found", true}, {"code", 0}, {"out", auth}, {"err", ""}});
  return {{"commands", std::move(commands)}, {"files", json::array{}}, {"env", json::array{key, false, false}}};
}

const json::object installed{
    {"found", true}, {"path", "/usr/bin/claude"}, {"code", 0}, {"out", "2.1.197 (Claude Code)\n"}, {"err", ""}};

TEST(Probe, LooksAtVersionLoginAndKeys) {
  EXPECT_EQ(json::serialize(probe_plan()),
            R"({"commands":[["claude","--version"],["claude","auth","status"]],"files":[],)"
            R"("env":["ANTHROPIC_API_KEY","ANTHROPIC_AUTH_TOKEN","CLAUDE_CODE_OAUTH_TOKEN"]})");
}

TEST(Probe, OfAReadyCliIsHealthy) {
  const json::object verdict = probe_result(findings(installed, R"({"loggedIn":true,"authMethod":"claude.ai"})"));
  EXPECT_EQ(text(verdict, "state"), "healthy");
  EXPECT_EQ(text(verdict, "version"), "2.1.197");
  EXPECT_EQ(text(verdict, "login"), "yes");
}

TEST(Probe, WithoutTheProgramIsUndetected) {
  EXPECT_EQ(text(probe_result(findings({{"found", false}}, "")), "state"), "undetected");
  EXPECT_EQ(text(probe_result({}), "state"), "undetected");
  EXPECT_EQ(text(probe_result({{"commands", "odd"}, {"env", 3}}), "state"), "undetected");
}

TEST(Probe, OfABrokenProgramIsUnhealthy) {
  EXPECT_EQ(text(probe_result(findings({{"found", true}, {"code", 127}, {"out", "2.1.197"}}, "")), "state"),
            "unhealthy");
  EXPECT_EQ(text(probe_result(findings({{"found", true}, {"code", 0}, {"out", "hello"}}, "")), "state"), "unhealthy");
  EXPECT_EQ(text(probe_result(findings({{"found", true}, {"code", 0}}, "")), "state"), "unhealthy");
}

TEST(Probe, SaysWhoIsNotLoggedIn) {
  const json::object verdict = probe_result(findings(installed, R"({"loggedIn":false})"));
  EXPECT_EQ(text(verdict, "state"), "healthy");
  EXPECT_EQ(text(verdict, "login"), "no");
  EXPECT_NE(text(verdict, "detail").find("not logged in"), std::string::npos);
}

TEST(Probe, AKeyIsALogin) {
  EXPECT_EQ(text(probe_result(findings(installed, R"({"loggedIn":false})", true)), "login"), "yes");
  EXPECT_EQ(text(probe_result(findings(installed, "garbage", true)), "login"), "yes");
}

TEST(Probe, DoesNotGuessALogin) { EXPECT_EQ(text(probe_result(findings(installed, "garbage")), "login"), "unknown"); }

TEST(Probe, NamesAVersionItWasNotTestedWith) {
  json::object other = installed;
  other["out"] = "3.0.0 (Claude Code)";
  EXPECT_NE(text(probe_result(findings(other, "")), "detail").find("tested with 2.1.197"), std::string::npos);
}

TEST(Probe, IsOfferedByTheAdapter) {
  EXPECT_NE(paddock_adapter_v1.extension(&paddock_adapter_v1, PDK_EXT_PROBE), nullptr);
  EXPECT_EQ(paddock_adapter_v1.extension(&paddock_adapter_v1, "paddock.probe/1x"), nullptr);
}

}  // namespace
}  // namespace paddock::claude::test
