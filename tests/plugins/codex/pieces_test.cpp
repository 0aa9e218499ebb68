// The parts that decide without a session: command lines, settings, the plan, probes, errors, tokens.
#include <string>

#include <gtest/gtest.h>

#include "codex/adapter.hpp"
#include "codex/ansi.hpp"
#include "codex/faults.hpp"
#include "codex/limits.hpp"
#include "codex/options.hpp"
#include "codex/plan.hpp"
#include "codex/settings.hpp"
#include "codex/shell.hpp"
#include "codex/threads.hpp"
#include "codex/usage.hpp"
#include "plugins/codex/support.hpp"

namespace {

using namespace paddock::codex;
namespace sdk = paddock::sdk;

json::object object(std::string_view text) { return json::parse(text).as_object(); }

sdk::Launch launch(std::string_view request) { return {.request = object(request)}; }

TEST(CodexCommand, IsUnwrapped) {
  EXPECT_EQ(script_of("/bin/bash -lc 'ls -1'"), "ls -1");
  EXPECT_EQ(script_of(R"(/bin/bash -lc "printf 'a\\n' \"b\"")"), R"(printf 'a\n' "b")");
  EXPECT_EQ(script_of("bash -c ls"), "ls");
  EXPECT_EQ(script_of(R"(/usr/bin/zsh -lc 'echo '\''x'\''')"), "echo 'x'");
  EXPECT_EQ(script_of("/bin/bash -lc 'a && b; c > $d'"), "a && b; c > $d");
}

TEST(CodexCommand, StaysAsItIsWhenItIsNoPlainWrapper) {
  for (const char* command :
       {"ls -1", "", "/bin/bash", "/bin/bash -lc", "/bin/bash -lc 'a' 'b'", "/bin/bash -lc 'open", "python -c 'x'",
        "/bin/bash -lc 'a'; rm -r /", "/bin/bash -lc \"$(rm x)\"", "/bin/bash -x 'a'", "/bin/bash -lc a\\", "\"",
        "/bin/bash -lc 'a' && b", "FOO=1 /bin/bash -lc 'a'"}) {
    EXPECT_EQ(script_of(command), command);
  }
}

TEST(CodexText, LosesItsTerminalCodes) {
  EXPECT_EQ(without_escapes("\x1b[2m2026\x1b[0m \x1b[31mERROR\x1b[0m: no"), "2026 ERROR: no");
  EXPECT_EQ(without_escapes("\x1b]0;title\a\x1b(Bx\ty\r\b"), "x\ty");
  for (const char* cut : {"\x1b", "\x1b[", "\x1b[31", "\x1b]0;title"}) EXPECT_EQ(without_escapes(cut), "");
}

TEST(CodexPlan, StartsTheServerQuietly) {
  const json::object plan = plan_of(launch(R"({"workdir":"/w","args":["-c","x=1"]})"));
  const std::string argv = json::serialize(plan.at("argv"));
  EXPECT_EQ(argv.find(R"(["codex","app-server","-c","check_for_update_on_startup=false")"), 0U) << argv;
  EXPECT_NE(argv.find("features.unbounded_connection_retries=false"), std::string::npos);
  EXPECT_NE(argv.find("shell_environment_policy.exclude"), std::string::npos);
  EXPECT_NE(argv.find(R"("-c","x=1"])"), std::string::npos);
  EXPECT_EQ(text_of(plan, "cwd"), "/w");
  EXPECT_EQ(text_of(plan, "transport"), "pipes");
}

TEST(CodexPlan, StopsByEndingTheInputFirst) {
  const json::object plan = plan_of(launch("{}"));
  EXPECT_EQ(json::serialize(plan.at("stop")),
            R"([{"close_input":true,"patience_ms":5000},{"signal":"TERM","patience_ms":5000}])");
}

TEST(CodexPlan, DoesAsTheOptionsSay) {
  const std::string plan =
      json::serialize(plan_of(launch(R"({"options":{"wait_for_network":true,"hide_keys":false}})")));
  EXPECT_EQ(plan.find("unbounded_connection_retries"), std::string::npos);
  EXPECT_EQ(plan.find("shell_environment_policy"), std::string::npos);
}

TEST(CodexPlan, NamesNoSecret) {
  const json::object plan = plan_of(launch(R"({"env":{"OPENAI_API_KEY":true}})"));
  EXPECT_EQ(json::serialize(plan.at("env")), R"({"set":{},"unset":[],"secret":{}})");
}

TEST(CodexPlan, RefusesWhatDoesNotExist) {
  EXPECT_THROW(plan_of(launch(R"({"mode":"interactive"})")), sdk::Refusal);
  for (const char* options : {R"({"sandbox":"sometimes"})", R"({"sandbox":7})", R"({"approval_policy":"yes"})",
                              R"({"approvals_reviewer":"nobody"})", R"({"collaboration_mode":"duet"})"}) {
    const std::string request = std::string(R"({"options":)") + options + "}";
    EXPECT_THROW(plan_of(launch(request)), sdk::Refusal) << options;
  }
}

TEST(CodexPlan, HasASchemaOfItsOptions) {
  const json::object schema = object(options_schema);
  EXPECT_EQ(text_of(schema, "type"), "object");
  EXPECT_TRUE(object_of(schema, "properties")->contains("sandbox"));
}

TEST(CodexSettings, GoWithEveryTurn) {
  Settings settings(launch(R"({"model":"m","options":{"reasoning_effort":"high","collaboration_mode":"plan",)"
                           R"("output_schema":{"type":"object"}}})"));
  const json::object params = settings.turn_params("t", "hello");
  EXPECT_EQ(text_of(params, "effort"), "high");
  EXPECT_EQ(json::serialize(params.at("outputSchema")), R"({"type":"object"})");
  EXPECT_EQ(json::serialize(params.at("collaborationMode")),
            R"({"mode":"plan","settings":{"model":"m","reasoning_effort":"high","developer_instructions":null}})");
}

TEST(CodexSettings, LeaveTheUsersTrustAlone) {
  const auto config = [](std::string_view request) {
    return json::serialize(Settings(launch(request)).thread_params().at("config"));
  };
  EXPECT_EQ(config(R"({"workdir":"/w"})"), R"({"projects":{"/w":{"trust_level":"untrusted"}}})");
  EXPECT_EQ(config(R"({"workdir":"/w","options":{"trust_project":true}})"),
            R"({"projects":{"/w":{"trust_level":"trusted"}}})");
  EXPECT_EQ(config(R"({"workdir":"/w","options":{"config":{"projects":{}}}})"), R"({"projects":{}})");
  EXPECT_EQ(config("{}"), "{}");
}

TEST(CodexSettings, SendAChangeOnce) {
  Settings settings(launch("{}"));
  EXPECT_TRUE(settings.set(object(R"({"permission_mode":"full-access"})")));
  EXPECT_EQ(json::serialize(settings.turn_params("t", "x").at("sandboxPolicy")), R"({"type":"dangerFullAccess"})");
  EXPECT_FALSE(settings.turn_params("t", "x").contains("sandboxPolicy"));
}

std::string probe(std::string_view version, std::string_view login, const char* file, const char* key) {
  return json::serialize(probe_result(object("{\"commands\":[" + std::string(version) + "," + std::string(login) +
                                             "],\"files\":[" + file + "],\"env\":[" + key + ",false,false]}")));
}

TEST(CodexProbe, LooksAtVersionAndLogin) {
  EXPECT_EQ(json::serialize(probe_plan()),
            R"({"commands":[["codex","--version"],["codex","login","status"]],"files":["~/.codex/auth.json"],)"
            R"("env":["OPENAI_API_KEY","CODEX_API_KEY","CODEX_ACCESS_TOKEN"]})");
  const char* version = R"({"found":true,"code":0,"out":"codex-cli 0.169.0\n"})";
  const char* yes = R"({"found":true,"code":0,"out":"Logged in"})";
  const char* no = R"({"found":true,"code":1,"out":"Not logged in"})";
  EXPECT_EQ(probe(version, yes, "true", "false"),
            R"({"state":"healthy","version":"0.169.0","login":"yes","detail":"logged in"})");
  EXPECT_NE(probe(version, no, "false", "false").find(R"("login":"no")"), std::string::npos);
  EXPECT_NE(probe(version, no, "true", "false").find(R"("login":"unknown")"), std::string::npos);
  EXPECT_NE(probe(version, no, "false", "true").find(R"("login":"yes")"), std::string::npos);
}

TEST(CodexProbe, SaysWhenSomethingIsMissing) {
  EXPECT_NE(probe(R"({"found":false})", R"({"found":false})", "false", "false").find("undetected"), std::string::npos);
  EXPECT_NE(probe(R"({"found":true,"code":1,"out":""})", "{}", "false", "false").find("unhealthy"), std::string::npos);
  EXPECT_NE(json::serialize(probe_result({})).find("undetected"), std::string::npos);
}

TEST(CodexFault, CountsItsAttempts) {
  const Fault fault =
      fault_of(object(R"({"message":"Reconnecting... 2/5","codexErrorInfo":{"responseStreamDisconnected":)"
                      R"({"httpStatusCode":null}},"additionalDetails":"stream disconnected"})"),
               true);
  EXPECT_EQ(fault.kind, "network");
  EXPECT_EQ(fault.text, "stream disconnected");
  EXPECT_EQ(fault.attempt, 2);
  EXPECT_TRUE(fault.retrying);
}

TEST(CodexFault, ReadsTheMessageOutOfARawAnswer) {
  const char* error = R"({"message":"{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}"})";
  EXPECT_EQ(fault_of(object(error), false).text, "too long");
  EXPECT_EQ(fault_of(object(error), false).kind, "context_full");
  EXPECT_EQ(fault_of("{not json", "unknown").text, "{not json");
}

json::object usage(std::string_view total, std::string_view last = "{}") {
  return object(R"({"total":)" + std::string(total) + R"(,"last":)" + std::string(last) +
                R"(,"modelContextWindow":9})");
}

TEST(CodexUsage, CountsCachedTokensOnce) {
  Usage used(false);
  used.update("t", true, true,
              usage(R"({"inputTokens":100,"cachedInputTokens":30,"cacheWriteInputTokens":20,"outputTokens":7,)"
                    R"("reasoningOutputTokens":3})",
                    R"({"totalTokens":107})"));
  EXPECT_EQ(json::serialize(used.body("m", 1, {})),
            R"({"input_tokens":50,"output_tokens":7,"cache_read_tokens":30,"cache_write_tokens":20,)"
            R"("reasoning_tokens":3,"turns":1,"context_used":107,"context_window":9,"model":"m"})");
}

TEST(CodexUsage, LeavesOutWhatAResumedThreadHadUsedBefore) {
  Usage told(true);
  told.update("t", true, false, usage(R"({"inputTokens":100,"outputTokens":10})"));
  told.update("t", true, true, usage(R"({"inputTokens":130,"outputTokens":15})"));
  EXPECT_EQ(number_of(told.body({}, 1, {}), "input_tokens"), 30);
  Usage untold(true);
  untold.update("t", true, true,
                usage(R"({"inputTokens":130,"outputTokens":15})", R"({"inputTokens":30,"outputTokens":5})"));
  EXPECT_EQ(number_of(untold.body({}, 1, {}), "input_tokens"), 30);
  EXPECT_EQ(number_of(untold.body({}, 1, {}), "output_tokens"), 5);
}

TEST(CodexUsage, SurvivesNonsense) {
  Usage used(false);
  used.update("t", true, true, object("{}"));
  used.update("t", true, true, object(R"({"total":{"inputTokens":-5,"outputTokens":1e300,"cachedInputTokens":"x"}})"));
  used.update("u", false, true, object(R"({"total":{"outputTokens":9223372036854775807}})"));
  const json::object body = used.body({}, 1, {});
  EXPECT_EQ(number_of(body, "input_tokens"), 0);
  EXPECT_GT(number_of(body, "output_tokens"), 0);
}

TEST(CodexLimits, AreToldWhenTheyChange) {
  RateLimits limits;
  EXPECT_FALSE(limits.update(object(R"({"primary":null,"secondary":null})")));
  const json::object some = object(R"({"primary":{"usedPercent":87,"windowDurationMins":300,"resetsAt":5}})");
  EXPECT_TRUE(limits.update(some));
  EXPECT_FALSE(limits.update(some));
  EXPECT_FALSE(limits.resets_at());
  EXPECT_EQ(text_of(limits.body({}), "text"), "87 % used of 5 h");
  EXPECT_TRUE(limits.update(object(R"({"primary":{"usedPercent":100,"resetsAt":5},"secondary":{"usedPercent":100,)"
                                   R"("windowDurationMins":10080,"resetsAt":9}})")));
  EXPECT_EQ(limits.resets_at(), 9);
}

TEST(CodexNotifications, AreFoundBySearchingASortedTable) { EXPECT_TRUE(Adapter::is_sorted()); }

TEST(CodexThreads, KnowWhoSpawnedWhom) {
  Threads threads;
  EXPECT_TRUE(threads.is_root("anything"));
  threads.adopt("t");
  EXPECT_EQ(threads.parent_of("t"), "");
  EXPECT_EQ(threads.parent_of("stranger"), "stranger");
  threads.spawned("sub", "call");
  EXPECT_EQ(threads.parent_of("sub"), "call");
  for (int i = 0; i < 1000; ++i) threads.began("t" + std::to_string(i));
  EXPECT_FALSE(threads.has_begun("t999"));
}

}  // namespace
