// The body of a start: what is taken, and that every wrong place is named.
#include <algorithm>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "session/launch.hpp"

namespace paddock::session {
namespace {
namespace json = boost::json;

base::Result<Request> read(std::string_view text) { return request_from_json(json::parse(std::string(text))); }

/// The pointers of what is wrong, sorted.
std::vector<std::string> wrong_in(std::string_view text) {
  const auto request = read(text);
  std::vector<std::string> pointers;
  if (request) return pointers;
  EXPECT_EQ(request.error().code, base::Errc::invalid_request);
  EXPECT_FALSE(request.error().detail.empty());
  for (const auto& error : request.error().errors) pointers.push_back(error.pointer);
  std::ranges::sort(pointers);
  return pointers;
}
using Pointers = std::vector<std::string>;

TEST(StartRequest, NeedsOnlyAnAdapter) {
  const auto request = read(R"({"adapter":"claude"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->adapter, "claude");
  EXPECT_EQ(request->mode, Mode::headless);
  EXPECT_EQ(request->policy, "default");
  EXPECT_FALSE(request->prompt);
}

TEST(StartRequest, StaysOpenWithoutAPromptAndEndsAfterOne) {
  EXPECT_TRUE(read(R"({"adapter":"a"})")->keep_open);
  EXPECT_FALSE(read(R"({"adapter":"a","prompt":"x"})")->keep_open);
  EXPECT_TRUE(read(R"({"adapter":"a","prompt":"x","keep_open":true})")->keep_open);
  EXPECT_FALSE(read(R"({"adapter":"a","keep_open":false})")->keep_open);
}

TEST(StartRequest, TakesEveryField) {
  const auto request = read(R"({"adapter":"exec","prompt":"hi","mode":"interactive","name":"n-1","workdir":"/tmp",
    "policy":"p","limits":{"memory_max_bytes":67108864,"memory_high_bytes":33554432,"cpu_percent":150,"pids_max":9},
    "model":"m","resume":"r","env":{"A":"b"},"yolo":true,"keep_open":true,"args":["a",""],"options":{"x":{"y":1}},
    "labels":{"k":"v"},"timeout":"1h30m"})");
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->prompt, "hi");
  EXPECT_EQ(request->mode, Mode::interactive);
  EXPECT_EQ(request->name, "n-1");
  EXPECT_EQ(request->workdir, "/tmp");
  EXPECT_EQ(request->policy, "p");
  EXPECT_EQ(request->limits.memory_max, base::mib(64));
  EXPECT_EQ(request->limits.memory_high, base::mib(32));
  EXPECT_EQ(request->limits.cpu_percent, 150U);
  EXPECT_EQ(request->limits.pids_max, 9U);
  EXPECT_EQ(request->model, "m");
  EXPECT_EQ(request->resume, "r");
  EXPECT_EQ(request->env.at("A"), "b");
  EXPECT_TRUE(request->yolo);
  EXPECT_EQ(request->args, (std::vector<std::string>{"a", ""}));
  EXPECT_TRUE(request->options.contains("x"));
  EXPECT_EQ(request->labels.at("k"), "v");
  EXPECT_EQ(request->timeout, std::chrono::minutes(90));
}

TEST(StartRequest, NamesEveryWrongPlaceAtOnce) {
  EXPECT_EQ(wrong_in(R"({"prompt":1,"yolo":"yes","colour":"red"})"),
            (Pointers{"/adapter", "/colour", "/prompt", "/yolo"}));
}

TEST(StartRequest, SaysWhichFieldsAreNotAvailableYet) {
  const auto request = read(R"({"adapter":"a","workspace":"w","repo":"/r","worktree":"b"})");
  ASSERT_FALSE(request);
  ASSERT_EQ(request.error().errors.size(), 3U);
  for (const auto& error : request.error().errors) EXPECT_NE(error.detail.find("not available"), std::string::npos);
}

struct Case {
  std::string label, body, pointer;
};
class WrongRequest : public testing::TestWithParam<Case> {};

TEST_P(WrongRequest, IsRefusedAtItsPlace) { EXPECT_EQ(wrong_in(GetParam().body), Pointers{GetParam().pointer}); }

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongRequest,
    testing::Values(
        Case{"NotAnObject", R"([1])", ""}, Case{"AdapterNumber", R"({"adapter":1})", "/adapter"},
        Case{"AdapterUpperCase", R"({"adapter":"Claude"})", "/adapter"},
        Case{"AdapterPath", R"({"adapter":"../x"})", "/adapter"},
        Case{"EmptyPrompt", R"({"adapter":"a","prompt":""})", "/prompt"},
        Case{"PromptWithNul", "{\"adapter\":\"a\",\"prompt\":\"a\\u0000b\"}", "/prompt"},
        Case{"UnknownMode", R"({"adapter":"a","mode":"pty"})", "/mode"},
        Case{"ObservedMode", R"({"adapter":"a","mode":"observed"})", "/mode"},
        Case{"NameWithSpace", R"({"adapter":"a","name":"a b"})", "/name"},
        Case{"NameLikeAnId", R"({"adapter":"a","name":"ses_1"})", "/name"},
        Case{"NameTooLong", "{\"adapter\":\"a\",\"name\":\"" + std::string(65, 'x') + "\"}", "/name"},
        Case{"RelativeWorkdir", R"({"adapter":"a","workdir":"x"})", "/workdir"},
        Case{"EmptyPolicy", R"({"adapter":"a","policy":""})", "/policy"},
        Case{"LimitsList", R"({"adapter":"a","limits":[]})", "/limits"},
        Case{"NegativeMemory", R"({"adapter":"a","limits":{"memory_max_bytes":-1}})", "/limits/memory_max_bytes"},
        Case{"TinyMemory", R"({"adapter":"a","limits":{"memory_max_bytes":4096}})", "/limits/memory_max_bytes"},
        Case{"FractionOfCpu", R"({"adapter":"a","limits":{"cpu_percent":0.5}})", "/limits/cpu_percent"},
        Case{"NoPids", R"({"adapter":"a","limits":{"pids_max":0}})", "/limits/pids_max"},
        Case{"UnknownLimit", R"({"adapter":"a","limits":{"a/b~c":1}})", "/limits/a~1b~0c"},
        Case{"EnvNumber", R"({"adapter":"a","env":{"A":1}})", "/env/A"},
        Case{"EnvBadName", R"({"adapter":"a","env":{"A=B":"x"}})", "/env/A=B"},
        Case{"ArgsText", R"({"adapter":"a","args":"x"})", "/args"},
        Case{"ArgsNumberInside", R"({"adapter":"a","args":["x",2]})", "/args/1"},
        Case{"OptionsList", R"({"adapter":"a","options":[]})", "/options"},
        Case{"LabelNumber", R"({"adapter":"a","labels":{"k":1}})", "/labels/k"},
        Case{"TimeoutNumber", R"({"adapter":"a","timeout":10})", "/timeout"},
        Case{"TimeoutZero", R"({"adapter":"a","timeout":"0s"})", "/timeout"},
        Case{"TimeoutNonsense", R"({"adapter":"a","timeout":"soon"})", "/timeout"}),
    [](const auto& at) { return at.param.label; });

TEST(StartRequest, HasALimitForEverythingThatCanGrow) {
  json::object body;
  body["adapter"] = "a";
  body["args"] = json::array(base::limits::arguments + 1, "x");
  json::object many;
  for (std::size_t i = 0; i <= base::limits::environment_entries; ++i) many["K" + std::to_string(i)] = "v";
  body["env"] = many;
  body["labels"] = many;
  body["prompt"] = std::string(base::limits::prompt_bytes + 1, 'x');
  EXPECT_EQ(wrong_in(json::serialize(body)), (Pointers{"/args", "/env", "/labels", "/prompt"}));
}

}  // namespace
}  // namespace paddock::session
