// How the CLI is started: arguments, environment, stop ladder, and the launches that are refused.
#include <gtest/gtest.h>

#include "launches.hpp"
#include "plan.hpp"
#include "session.hpp"

namespace paddock::claude::test {
namespace {

json::object plan(json::object more = {}) { return make_plan({launch(std::move(more))}); }

std::vector<std::string> argv(json::object more = {}) {
  std::vector<std::string> words;
  const json::object made = plan(std::move(more));
  for (const json::value& word : made.at("argv").as_array()) words.emplace_back(word.as_string());
  return words;
}

std::vector<std::string> options_argv(json::object options, bool yolo = false) {
  std::vector<std::string> words = argv({{"options", std::move(options)}, {"yolo", yolo}});
  return {words.begin() + 10, words.end()};
}

std::string refusal(json::object more) {
  try {
    plan(std::move(more));
  } catch (const sdk::Refusal& why) {
    return why.what();
  }
  return "accepted";
}

std::string option_refusal(json::object options) { return refusal({{"options", std::move(options)}}); }

using Words = std::vector<std::string>;

TEST(Plan, SpeaksJsonLinesBothWays) {
  EXPECT_EQ(argv(), (Words{"claude", "-p", "--input-format", "stream-json", "--output-format", "stream-json",
                           "--verbose", "--permission-prompt-tool", "stdio", "--include-partial-messages"}));
  EXPECT_EQ(plan().at("transport").as_string(), "pipes");
}

TEST(Plan, IsTheSameForTheSameRequest) {
  const json::object request{{"options", {{"max_turns", 3}, {"effort", "low"}}}, {"model", "opus"}};
  EXPECT_EQ(plan(request), plan(request));
}

TEST(Plan, IgnoresFieldsItDoesNotKnow) { EXPECT_EQ(plan({{"future", 1}}), plan()); }

TEST(Plan, NeverHoldsThePrompt) {
  EXPECT_EQ(json::serialize(plan({{"prompt", "secret words"}})).find("secret"), std::string::npos);
}

TEST(Plan, TakesModelResumeAndArguments) {
  const Words words = argv({{"model", "opus"}, {"resume", "id-1"}, {"args", json::array{"--add-dir", "/b"}}});
  EXPECT_EQ((Words{words.begin() + 10, words.end()}),
            (Words{"--model", "opus", "--resume", "id-1", "--add-dir", "/b"}));
}

TEST(Plan, YoloSkipsPermissions) {
  EXPECT_EQ(argv({{"yolo", true}}).back(), "--dangerously-skip-permissions");
  EXPECT_EQ(options_argv({{"permission_mode", "plan"}}, true), Words{"--dangerously-skip-permissions"});
}

TEST(Plan, EnvironmentAsksForStatesAndKeepsTheCliQuiet) {
  const json::object env = plan().at("env").as_object();
  const json::object& set = env.at("set").as_object();
  EXPECT_EQ(text(set, "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS"), "1");
  EXPECT_EQ(text(set, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), "1");
  EXPECT_EQ(text(set, "DISABLE_AUTOUPDATER"), "1");
  EXPECT_FALSE(set.contains("IS_SANDBOX"));
  EXPECT_EQ(env.at("unset"), json::value(json::array{"CLAUDECODE"}));
}

TEST(Plan, OptionsMaySetEnvironment) {
  const json::object made =
      plan({{"options", {{"sandboxed", true}, {"max_retries", 2}, {"nonessential_traffic", true}}}});
  const json::object& set = made.at("env").as_object().at("set").as_object();
  EXPECT_EQ(text(set, "IS_SANDBOX"), "1");
  EXPECT_EQ(text(set, "CLAUDE_CODE_MAX_RETRIES"), "2");
  EXPECT_FALSE(set.contains("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"));
}

TEST(Plan, StopInterruptsThenClosesThenTerminates) {
  const json::array stop = plan().at("stop").as_array();
  ASSERT_EQ(stop.size(), 3U);
  const json::object written = json::parse(stop[0].as_object().at("write").as_string()).as_object();
  EXPECT_EQ(text(written.at("request").as_object(), "subtype"), "interrupt");
  EXPECT_TRUE(stop[1].as_object().at("close_input").as_bool());
  EXPECT_EQ(text(stop[2].as_object(), "signal"), "SIGTERM");
  for (const json::value& step : stop) EXPECT_GT(step.as_object().at("patience_ms").as_int64(), 0);
}

TEST(Plan, OptionsBecomeArguments) {
  EXPECT_EQ(options_argv({{"permission_mode", "acceptEdits"}}), (Words{"--permission-mode", "acceptEdits"}));
  EXPECT_EQ(options_argv({{"allowed_tools", json::array{"Bash(git *)", "Edit"}}}),
            (Words{"--allowedTools", "Bash(git *)", "Edit"}));
  EXPECT_EQ(options_argv({{"allowed_tools", json::array{}}}), Words{});
  EXPECT_EQ(options_argv({{"tools", json::array{}}}), (Words{"--tools", ""}));
  EXPECT_EQ(options_argv({{"append_system_prompt", "be kind"}}), (Words{"--append-system-prompt", "be kind"}));
  EXPECT_EQ(options_argv({{"max_turns", 3}}), (Words{"--max-turns", "3"}));
  EXPECT_EQ(options_argv({{"mcp_config", {{"mcpServers", json::object{}}}}}),
            (Words{"--mcp-config", R"({"mcpServers":{}})"}));
  EXPECT_EQ(options_argv({{"settings", "/etc/s.json"}}), (Words{"--settings", "/etc/s.json"}));
  EXPECT_EQ(options_argv({{"setting_sources", json::array{"user", "local"}}}),
            (Words{"--setting-sources", "user,local"}));
  EXPECT_EQ(options_argv({{"fork_session", true}, {"strict_mcp_config", false}}), Words{"--fork-session"});
  EXPECT_EQ(argv({{"options", {{"partial_messages", false}}}}).back(), "stdio");
}

TEST(Plan, WrongOptionsAreRefusedByName) {
  EXPECT_EQ(option_refusal({{"nonsense", 1}}), "option 'nonsense' is unknown; nothing was started");
  EXPECT_EQ(option_refusal({{"permission_mode", "nonsense"}}),
            "option 'permission_mode' does not know 'nonsense'; nothing was started");
  EXPECT_EQ(option_refusal({{"max_turns", "3"}}),
            "option 'max_turns' must be a whole number from 1 to 1000000; nothing was started");
  const std::vector<json::object> wrong{{{"permission_mode", 1}},
                                        {{"allowed_tools", "Edit"}},
                                        {{"allowed_tools", json::array{1}}},
                                        {{"allowed_tools", json::array{"--model"}}},
                                        {{"max_turns", 0}},
                                        {{"max_turns", 1.5}},
                                        {{"max_budget_usd", 0}},
                                        {{"max_budget_usd", "5"}},
                                        {{"mcp_config", json::array{}}},
                                        {{"mcp_config", "-x"}},
                                        {{"strict_mcp_config", "yes"}},
                                        {{"setting_sources", json::array{"moon"}}},
                                        {{"effort", "extreme"}},
                                        {{"append_system_prompt", 1}},
                                        {{"fallback_model", "-p"}},
                                        {{"sandboxed", 1}},
                                        {{"max_retries", -1}},
                                        {{"partial_messages", 0}}};
  for (const json::object& options : wrong) EXPECT_NE(option_refusal(options), "accepted") << json::serialize(options);
}

TEST(Plan, NothingGrantsMoreThanTheLaunch) {
  EXPECT_NE(option_refusal({{"permission_mode", "bypassPermissions"}}), "accepted");
  for (const char* argument : {"--dangerously-skip-permissions", "--allow-dangerously-skip-permissions",
                               "--permission-mode=bypassPermissions", "bypassPermissions"}) {
    EXPECT_NE(refusal({{"args", json::array{argument}}}), "accepted") << argument;
    EXPECT_EQ(refusal({{"args", json::array{argument}}, {"yolo", true}}), "accepted") << argument;
  }
}

TEST(Plan, ArgumentsThatBreakTheProtocolAreRefused) {
  for (const char* argument : {"--output-format", "--input-format=text", "-p", "--", "--permission-prompt-tool"}) {
    EXPECT_NE(refusal({{"args", json::array{argument}}}), "accepted") << argument;
  }
  EXPECT_NE(refusal({{"args", json::array{1}}}), "accepted");
}

TEST(Plan, ValuesThatLookLikeOptionsAreRefused) {
  EXPECT_NE(refusal({{"model", "--print"}}), "accepted");
  EXPECT_NE(refusal({{"resume", "-c"}}), "accepted");
}

TEST(Plan, OtherModesAreRefused) {
  EXPECT_EQ(refusal({{"mode", "observed"}}), "mode 'observed' is not offered by 'claude'; nothing was started");
}

TEST(Manifest, IsJsonAndItsSchemaNamesEveryOption) {
  const sdk::Manifest& manifest = ClaudeSession::manifest;
  const json::array modes = json::parse(manifest.modes).as_array();
  EXPECT_EQ(modes[0].as_object().at("commands").as_array().size(), 5U);
  EXPECT_TRUE(modes[0].as_object().at("resume").as_bool());
  EXPECT_EQ(json::parse(manifest.programs), json::value(json::array{"claude"}));
  EXPECT_TRUE(json::parse(manifest.tested).is_array());
  const json::object schema = json::parse(manifest.options).as_object();
  for (const auto& member : schema.at("properties").as_object()) {
    // An unknown option is refused with other words than a wrong value.
    const std::string words = option_refusal({{member.key(), nullptr}});
    EXPECT_EQ(words.find("is unknown"), std::string::npos) << words;
    EXPECT_NE(words, "accepted") << member.key();
  }
}

}  // namespace
}  // namespace paddock::claude::test
