// The adapter `exec` against its tapes, through the library that is shipped.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paddock/adapter_testing.hpp"

namespace {

using namespace paddock::sdk::testing;
using ::testing::HasSubstr;
namespace json = boost::json;

const std::filesystem::path tapes = PADDOCK_SOURCE_DIR "/tests/plugins/exec/tapes";

const pdk_adapter& exec() {
  static const Library library(PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so");
  return library.adapter();
}

json::object launch(json::array args) { return {{"args", std::move(args)}, {"keep_open", true}}; }

/// Why a launch is refused; empty when it is not.
std::string refusal(const json::object& request) {
  try {
    const Driver driver(exec(), request);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

class ExecTapes : public ::testing::TestWithParam<std::string> {};

TEST_P(ExecTapes, GiveTheirGoldenEvents) {
  const Recorded seen = Tape::read(tapes / (GetParam() + ".tape")).play(exec());
  EXPECT_EQ(seen.problems(), "");
  EXPECT_EQ(check_contract(seen), "");
  EXPECT_EQ(compare_golden(tapes / (GetParam() + ".events.jsonl"), seen), "");
}

TEST_P(ExecTapes, SurviveEverySplitCutAndGarbage) {
  EXPECT_EQ(check_stream(exec(), Tape::read(tapes / (GetParam() + ".tape"))), "");
}

INSTANTIATE_TEST_SUITE_P(All, ExecTapes,
                         ::testing::Values("one-shot", "conversation", "failure", "interrupt", "rough", "stopped"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

json::object on_terminal(json::array args) {
  json::object request = launch(std::move(args));
  request["mode"] = "interactive";
  return request;
}

TEST(Exec, OnATerminalHangsUpToStop) {
  const Driver driver(exec(), on_terminal({"vi"}));
  EXPECT_EQ(driver.plan().at("transport"), "pty");
  EXPECT_EQ(driver.plan().at("stop").at(0).at("signal"), "HUP");
}

TEST(Exec, RunsExactlyTheArgumentsItWasGiven) {
  const Driver driver(exec(), launch({"sh", "-c", "echo $HOME; rm *", "a b", ""}));
  EXPECT_EQ(driver.plan().at("argv"), (json::array{"sh", "-c", "echo $HOME; rm *", "a b", ""}));
  EXPECT_EQ(driver.plan().at("transport"), "pipes");
}

TEST(Exec, RefusesALaunchWithoutACommand) {
  EXPECT_THAT(refusal({}), HasSubstr("'args' is empty"));
  EXPECT_THAT(refusal(launch({})), HasSubstr("'args' is empty"));
  EXPECT_THAT(refusal(launch({""})), HasSubstr("the first of 'args' is empty"));
  EXPECT_THAT(refusal(launch({"ls", 7})), HasSubstr("no text: 7"));
}

TEST(Exec, IgnoresFieldsItDoesNotKnow) {
  json::object request = launch({"ls"});
  request["something_new"] = json::object{{"a", 1}};
  EXPECT_EQ(refusal(request), "");
}

TEST(Exec, MayStartAnyProgram) {
  EXPECT_EQ(std::string(exec().manifest->programs.data, exec().manifest->programs.len), R"(["*"])");
}

TEST(Exec, StopsPolitelyFirst) {
  const Driver driver(exec(), launch({"cat"}));
  const json::array& steps = driver.plan().at("stop").as_array();
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_TRUE(steps[0].at("close_input").as_bool());
  EXPECT_EQ(steps[1].at("signal"), "TERM");
}

TEST(Exec, CutsAHugeLineAndSkipsAMonster) {
  Driver driver(exec(), launch({"cat"}));
  driver.started();
  driver.feed(PDK_CH_STDOUT, std::string(300'000, 'x') + "\n");
  driver.feed(PDK_CH_STDOUT, std::string(20U << 20U, 'y') + "\nafter\n");
  const auto messages = driver.seen().of("message");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(messages[0].at("body").at("truncated").as_bool());
  EXPECT_EQ(messages[1].at("body").at("text"), "after");
  ASSERT_EQ(driver.seen().of("unknown").size(), 1U);
  EXPECT_EQ(driver.seen().of("unknown")[0].at("body").at("what"), "line_too_long");
  EXPECT_EQ(driver.seen().of("unknown")[0].at("end").as_int64(), 300'001 + (20 << 20) + 1);
}

TEST(Exec, AccountsForEveryByteOfTheStream) {
  const Recorded seen = Tape::read(tapes / "rough.tape").play(exec());
  std::int64_t at = 0;
  for (const json::object& event : seen.events) {
    const json::value* channel = event.if_contains("channel");
    if (channel == nullptr || channel->as_int64() != PDK_CH_STDOUT) continue;
    EXPECT_EQ(event.at("begin").as_int64(), at);
    at = event.at("end").as_int64();
  }
  EXPECT_EQ(at, static_cast<std::int64_t>(seen.fed.at(PDK_CH_STDOUT)));
}

TEST(Exec, KeepsSessionsApart) {
  Driver one(exec(), launch({"cat"}));
  Driver two(exec(), launch({"cat"}));
  one.feed(PDK_CH_STDOUT, "half");
  two.feed(PDK_CH_STDOUT, "whole\n");
  one.feed(PDK_CH_STDOUT, " done\n");
  EXPECT_EQ(one.seen().of("message").at(0).at("body").at("text"), "half done");
  EXPECT_EQ(two.seen().of("message").at(0).at("body").at("text"), "whole");
}

}  // namespace
