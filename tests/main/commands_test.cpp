// Commands that do one thing: what they ask, what they print, and their exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "fake_host.hpp"

namespace paddock {
namespace {

using support::Finished;
using support::Program;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSessions = R"({"items":[
 {"id":"ses_01AAAAAAAAAAAAAAAAAAAAAAA1","name":"old","adapter":"exec","state":"exited","state_since":"2026-01-01T00:00:00.000Z","exit":{"reason":"completed"}},
 {"id":"ses_01AAAAAAAAAAAAAAAAAAAAAAA2","adapter":"codex","state":"working","state_since":"2026-01-01T00:00:00.000Z"},
 {"id":"ses_01AAAAAAAAAAAAAAAAAAAAAAA3","name":"needs\u001b[2J","adapter":"claude","state":"blocked","blocked_on":"approval",
  "state_since":"2026-01-01T00:00:00.000Z","usage":{"input_tokens":1500,"cost_micros":20000},"resources":{"memory_bytes":1048576}}],
 "next_page":null,"cursor":"str_1:9"})";

Told problem(unsigned status, const std::string& code) {
  return {status,
          R"({"type":"x","title":"t","status":)" + std::to_string(status) + R"(,"detail":"it is 'so'","code":")" +
              code + R"(","request_id":"r"})",
          {},
          false,
          false};
}

TEST(Ls, ShowsWhatNeedsAPersonFirst) {
  const FakeHost host([](const Asked&) { return Told{.body = kSessions}; });
  const Finished done = host.paddock({"ls"});
  EXPECT_EQ(done.code, 0) << done.err;
  const std::size_t blocked = done.out.find("blocked: approval");
  const std::size_t working = done.out.find("working");
  const std::size_t exited = done.out.find("exited: completed");
  EXPECT_LT(blocked, working);
  EXPECT_LT(working, exited);
  EXPECT_THAT(done.out, HasSubstr("1.0 MiB"));
  EXPECT_THAT(done.out, HasSubstr("1.5k"));
  EXPECT_THAT(done.out, HasSubstr("$0.0200"));
  EXPECT_THAT(done.out, HasSubstr("needs\\x1b[2J"));
  EXPECT_THAT(done.out, Not(HasSubstr("\x1b"))) << "no colours in a pipe, and none from an agent";
}

TEST(Ls, SortsItsJsonInTheSameWay) {
  const FakeHost host([](const Asked&) { return Told{.body = kSessions}; });
  const auto document = boost::json::parse(host.paddock({"ls", "--json"}).out);
  EXPECT_EQ(document.at("items").at(0).at("state"), "blocked");
  EXPECT_EQ(document.at("cursor"), "str_1:9");
  const Finished quiet = host.paddock({"ls", "-q"});
  EXPECT_THAT(quiet.out, StartsWith("ses_01AAAAAAAAAAAAAAAAAAAAAAA3\n"));
}

TEST(Ls, ReadsEveryPageAndPassesItsFilters) {
  const FakeHost host([](const Asked& asked) {
    if (asked.target.find("page=p%262") != std::string::npos) {
      return Told{.body = R"({"items":[{"id":"ses_2","state":"idle"}],"next_page":null})"};
    }
    return Told{.body = R"({"items":[{"id":"ses_1","state":"idle"}],"next_page":"p&2"})"};
  });
  const Finished done = host.paddock({"ls", "-q", "--state", "idle,working", "--adapter", "exec"});
  EXPECT_EQ(done.out, "ses_1\nses_2\n");
  EXPECT_THAT(host.asked().front().target, HasSubstr("state=idle%2Cworking&adapter=exec"));
}

TEST(Commands, EndWithTheContractsExitCodes) {
  struct Case {
    unsigned status;
    const char* code;
    int exit;
  };
  for (const Case& one : {Case{404, "not_found", 5}, Case{409, "busy", 4}, Case{403, "policy_denied", 4},
                          Case{401, "unauthorized", 4}, Case{422, "limit_unavailable", 4}, Case{422, "start_failed", 1},
                          Case{400, "invalid_request", 1}, Case{500, "internal", 1}, Case{503, "unavailable", 1}}) {
    const FakeHost host([&](const Asked&) { return problem(one.status, one.code); });
    const Finished done = host.paddock({"show", "x"});
    EXPECT_EQ(done.code, one.exit) << one.code;
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(done.err, "paddock: it is 'so'\n");
  }
}

TEST(Commands, WithJsonShowTheProblemAsItCame) {
  const FakeHost host([](const Asked&) { return problem(404, "not_found"); });
  const Finished done = host.paddock({"--json", "show", "x"});
  EXPECT_EQ(done.code, 5);
  EXPECT_EQ(boost::json::parse(done.err), boost::json::parse(problem(404, "not_found").body));
}

TEST(Commands, WithoutAHostSayHowToStartOne) {
  const support::ScratchFolder folder;
  auto environment = support::clean_environment(folder.path().string());
  environment.push_back("PADDOCK_HOST=unix:" + (folder / "none").string());
  const Finished done = Program::run({paddock_program(), "ls"}, environment);
  EXPECT_EQ(done.code, 3);
  EXPECT_THAT(done.err, HasSubstr("cannot be reached"));
  EXPECT_THAT(done.err, HasSubstr("paddock up"));
  const Finished json = Program::run({paddock_program(), "ls", "--json"}, environment);
  EXPECT_EQ(boost::json::parse(json.err).at("code"), "unreachable");
}

TEST(Commands, BadUsageIsTwo) {
  const FakeHost host([](const Asked&) { return Told(); });
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"lss"},
                                             {"show"},
                                             {"ls", "--nope"},
                                             {"policy"},
                                             {"run"},
                                             {"--host", "ftp://x", "ls"},
                                             {"wait", "x", "--timeout", "soon"},
                                             {"token", "create", "n", "--role", "king"},
                                             {"run", "exec", "--cpu", "x"}}) {
    const Finished done = host.paddock(arguments);
    EXPECT_EQ(done.code, 2) << done.err;
    EXPECT_EQ(done.out, "");
  }
  EXPECT_TRUE(host.asked().empty());
  EXPECT_THAT(host.paddock({"lss"}).err, HasSubstr("did you mean 'ls'?"));
  EXPECT_EQ(boost::json::parse(host.paddock({"--json", "lss"}).err).at("code"), "usage");
}

TEST(Commands, HelpAndVersionAreZero) {
  const FakeHost host([](const Asked&) { return Told(); });
  EXPECT_EQ(host.paddock({"--help"}).code, 0);
  EXPECT_EQ(host.paddock({"run", "--help"}).code, 0);
  EXPECT_EQ(host.paddock({"--version"}).code, 0);
}

TEST(Commands, SendTheirToken) {
  const FakeHost host([](const Asked&) { return Told{.body = kSessions}; });
  support::write_file(host.folder() / "token", "tok_secret\n");
  ASSERT_EQ(host.paddock({"ls", "--token-file", (host.folder() / "token").string()}).code, 0);
  EXPECT_EQ(host.asked().back().headers.at("authorization"), "Bearer tok_secret");
  EXPECT_EQ(host.paddock({"ls", "--token-file", (host.folder() / "none").string()}).code, 5);
  support::write_file(host.folder() / "token", "two words\n");
  EXPECT_EQ(host.paddock({"ls", "--token-file", (host.folder() / "token").string()}).code, 2);
}

TEST(Actions, AskForWhatTheyAreNamedAfter) {
  const FakeHost host([](const Asked& asked) {
    return Told{.body = R"({"id":"act_1","type":")" + std::string(asked.json().at("type").as_string()) +
                        R"(","state":"applied","session":"ses_1","events":[1]})"};
  });
  EXPECT_EQ(host.paddock({"stop", "a name"}).out, "stop applied\n");
  EXPECT_EQ(host.asked().back().target, "/v1/sessions/a%20name/actions");
  EXPECT_EQ(host.asked().back().body, R"({"type":"stop"})");
  EXPECT_EQ(host.asked().back().headers.at("content-type"), "application/json");
  host.paddock({"send", "x", "go on", "--when", "idle"});
  EXPECT_EQ(host.asked().back().body, R"({"type":"send","text":"go on","when":"idle"})");
  host.paddock({"send", "x", "-"}, "from a pipe");
  EXPECT_EQ(host.asked().back().body, R"({"type":"send","text":"from a pipe","when":"now"})");
  host.paddock({"approve", "x", "a1"});
  EXPECT_EQ(host.asked().back().body, R"({"type":"approve","ref":"a1"})");
  host.paddock({"deny", "x", "a1", "--message", "no"});
  EXPECT_EQ(host.asked().back().body, R"({"type":"deny","ref":"a1","message":"no"})");
  host.paddock({"answer", "x", "blue", "--ref", "q1"});
  EXPECT_EQ(host.asked().back().body, R"({"type":"answer","ref":"q1","answers":["blue"]})");
}

TEST(Actions, ThatWereRejectedAreNotSuccess) {
  const FakeHost host([](const Asked&) {
    return Told{.body = R"({"id":"act_1","type":"send","state":"rejected","code":"busy","detail":"it works"})"};
  });
  const Finished done = host.paddock({"send", "x", "y"});
  EXPECT_EQ(done.code, 4);
  EXPECT_THAT(done.err, HasSubstr("it works"));
}

TEST(Actions, OnSeveralSessionsGoOnAfterATrouble) {
  const FakeHost host([](const Asked& asked) {
    if (asked.target.find("/gone/") != std::string::npos) return problem(404, "not_found");
    return Told{.body = R"({"type":"kill","state":"applied"})"};
  });
  const Finished done = host.paddock({"kill", "gone", "here"});
  EXPECT_EQ(done.code, 5);
  EXPECT_EQ(done.out, "kill applied\n");
  EXPECT_EQ(host.asked().size(), 2U);
}

TEST(Approve, FindsTheOnlyOpenApprovalItself) {
  const FakeHost host([](const Asked& asked) {
    if (asked.method == "POST") return Told{.body = R"({"type":"approve","state":"applied"})"};
    return Told{.body = R"({"id":"ses_1","pending_approvals":[{"ref":"a7","tool":"Bash"}]})"};
  });
  EXPECT_EQ(host.paddock({"approve", "x"}).code, 0);
  EXPECT_EQ(host.asked().back().body, R"({"type":"approve","ref":"a7"})");
}

TEST(Approve, AsksWhichWhenSeveralAreOpen) {
  const FakeHost host([](const Asked&) {
    return Told{.body =
                    R"({"pending_approvals":[{"ref":"a1","tool":"Bash","command":"ls"},{"ref":"a2","tool":"Read"}]})"};
  });
  const Finished done = host.paddock({"approve", "x"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("  a1: Bash: ls\n  a2: Read\n"));
  const FakeHost none([](const Asked&) { return Told{.body = R"({"pending_approvals":[]})"}; });
  EXPECT_EQ(none.paddock({"approve", "x"}).code, 4);
}

TEST(Wait, IsDoneWhenTheStateIsReached) {
  const FakeHost host([](const Asked&) { return Told{.body = R"({"state":"blocked","blocked_on":"approval"})"}; });
  const Finished done = host.paddock({"wait", "x", "--state", "idle,blocked"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "blocked: approval\n");
  EXPECT_THAT(host.asked().front().target, StartsWith("/v1/sessions/x/wait?state=idle%2Cblocked&timeout=1h"));
}

TEST(Wait, GivesUpWith124) {
  const FakeHost host([](const Asked&) { return problem(408, "timeout"); });
  EXPECT_EQ(host.paddock({"wait", "x", "--timeout", "1ms"}).code, 124);
}

TEST(Rm, ForcesTheEndOnlyWhenTold) {
  const FakeHost host([](const Asked& asked) {
    if (asked.method == "DELETE") return Told{.status = 204};
    return Told{.body = R"({"id":"ses_1","state":"working"})"};
  });
  EXPECT_EQ(host.paddock({"rm", "x"}).code, 0);
  EXPECT_EQ(host.asked().size(), 1U);
  EXPECT_EQ(host.paddock({"rm", "-f", "x"}).code, 0);
  EXPECT_EQ(host.asked().size(), 5U) << "look, kill, wait, delete";
}

TEST(Lists, OfOtherThingsAreTables) {
  const FakeHost host([](const Asked& asked) {
    if (asked.target.starts_with("/v1/adapters")) {
      return Told{
          .body =
              R"({"items":[{"id":"claude","version":"1.0.0","status":"loaded","probe":{"state":"ready","version":"2.1","login":"ok"}},
        {"id":"bad","status":"refused","code":"abi","message":"wrong\u001babi"}]})"};
    }
    if (asked.target.starts_with("/v1/approvals")) {
      return Told{
          .body =
              R"({"items":[{"session":"ses_1","name":"n","ref":"a1","kind":"approval","asked_at":"2026-01-01T00:00:00.000Z","data":{"tool":"Bash","command":"rm x"}}]})"};
    }
    if (asked.target == "/v1/policies") {
      return Told{
          .body =
              R"({"items":[{"name":"ci","approvals":{"default":"allow","rules":[]},"yolo":true,"budget":{"cost_micros":5000000}}]})"};
    }
    return Told{.body = R"({"items":[{"id":"tok_1","name":"t","role":"viewer","created_at":"x"}]})"};
  });
  EXPECT_THAT(host.paddock({"adapter", "list"}).out, HasSubstr("wrong\\x1babi"));
  EXPECT_THAT(host.paddock({"approvals"}).out, HasSubstr("n        a1"));
  EXPECT_THAT(host.paddock({"policy", "list"}).out, HasSubstr("$5.00"));
  EXPECT_THAT(host.paddock({"token", "list"}).out, HasSubstr("viewer"));
  EXPECT_EQ(boost::json::parse(host.paddock({"token", "list", "--json"}).out).at("items").at(0).at("id"), "tok_1");
}

TEST(Tokens, AreShownOnceAndAlone) {
  const FakeHost host(
      [](const Asked&) { return Told{.status = 201, .body = R"({"id":"tok_1","token":"pdk_secret"})"}; });
  const Finished done = host.paddock({"token", "create", "ci", "--role", "operator"});
  EXPECT_EQ(done.out, "pdk_secret\n");
  EXPECT_EQ(host.asked().back().body, R"({"name":"ci","role":"operator"})");
}

TEST(Tokens, WithoutANameAreNamedAfterTheirRole) {
  const FakeHost host(
      [](const Asked&) { return Told{.status = 201, .body = R"({"id":"tok_1","token":"pdk_secret"})"}; });
  EXPECT_EQ(host.paddock({"token", "create", "--role", "viewer"}).code, 0);
  EXPECT_EQ(host.asked().back().body, R"({"name":"viewer","role":"viewer"})");
}

TEST(Show, PrintsTheResultSafely) {
  const FakeHost host([](const Asked&) {
    return Told{
        .body =
            R"({"id":"ses_1","adapter":"exec","state":"exited","exit":{"reason":"out_of_memory","detail":"peak 64 MiB"},
      "usage":{"input_tokens":3,"output_tokens":4,"cost_micros":1000000,"turns":1},"limits":{"memory_max_bytes":67108864},
      "result":"done\u001b[2J\nreally"})"};
  });
  const Finished done = host.paddock({"show", "x"});
  EXPECT_THAT(done.out, HasSubstr("exited: out_of_memory"));
  EXPECT_THAT(done.out, HasSubstr("peak 64 MiB"));
  EXPECT_THAT(done.out, HasSubstr("input 3, output 4, turns 1, $1.00"));
  EXPECT_THAT(done.out, HasSubstr("memory 64.0 MiB"));
  EXPECT_THAT(done.out, HasSubstr("\ndone\\x1b[2J\nreally\n"));
}

TEST(Doctor, TellsWhatIsMissing) {
  const FakeHost host([](const Asked& asked) {
    if (asked.target == "/v1/host") {
      return Told{
          .body =
              R"({"version":"0.1.0","stream_id":"str_1","started_at":"2026-01-01T00:00:00.000Z","cgroup":"v1","features":{"memory_max":{"available":true},"io_weight":{"available":false,"reason":"no 'io' controller"}}})"};
    }
    if (asked.target == "/readyz")
      return Told{.body = R"({"status":"ready","checks":[{"name":"store","ok":true,"detail":"open"}]})"};
    if (asked.target == "/v1/adapters?probe=1") {
      return Told{
          .body =
              R"({"items":[{"id":"claude","version":"1.0.0","status":"loaded","probe":{"state":"undetected","detail":"no 'claude' in PATH"}}]})"};
    }
    return Told{.body = R"({"items":[]})"};
  });
  const auto report = boost::json::parse(host.paddock({"doctor", "--json"}).out);
  std::map<std::string, std::string> levels;
  for (const auto& check : report.at("checks").as_array()) {
    levels[std::string(check.at("name").as_string())] = std::string(check.at("level").as_string());
  }
  EXPECT_EQ(levels["can memory_max"], "ok");
  EXPECT_EQ(levels["can io_weight"], "warn");
  EXPECT_EQ(levels["ready store"], "ok");
  EXPECT_EQ(levels["adapter claude"], "warn");
  EXPECT_EQ(levels["leftovers"], "ok");
  EXPECT_EQ(levels["policies"], "ok");
}

TEST(Doctor, WithoutAHostIsThreeAndStillLooksAtThisMachine) {
  const support::ScratchFolder folder;
  const Finished done = Program::run({paddock_program(), "doctor"}, support::clean_environment(folder.path().string()));
  EXPECT_EQ(done.code, 3);
  EXPECT_THAT(done.out, HasSubstr("policies"));
  EXPECT_THAT(done.out, HasSubstr("cannot be reached"));
}

TEST(Checks, NeedNoHost) {
  const support::ScratchFolder folder;
  const auto environment = support::clean_environment(folder.path().string());
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), paddock_program());
    return Program::run(std::move(arguments), environment);
  };
  EXPECT_EQ(run({"policy", "check", PADDOCK_SOURCE_DIR "/policies"}).code, 0);
  const std::string bad = (folder / "bad.yaml").string();
  support::write_file(bad,
                      "apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: x}\nbugdet: {}\nbudget: {cost: x}\n");
  const Finished done = run({"policy", "check", bad});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr(bad + ":4:1: bugdet: is not a known key; did you mean 'budget'?\n"));
  EXPECT_THAT(done.err, HasSubstr(bad + ":5:16: budget.cost: "));
  EXPECT_EQ(boost::json::parse(run({"--json", "policy", "check", bad}).err).at("errors").as_array().size(), 2U);
  EXPECT_EQ(run({"config", "check"}).code, 0) << "there is none";
  support::write_file(folder / "host.yaml", "apiVersion: paddock/v1\nkind: Host\nlog: {level: debug}\n");
  EXPECT_EQ(run({"config", "check", (folder / "host.yaml").string()}).code, 0);
  EXPECT_EQ(run({"config", "check", bad}).code, 1);
  EXPECT_EQ(run({"config", "show"}).code, 0);
}

}  // namespace
}  // namespace paddock
