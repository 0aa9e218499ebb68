// A session from start to end, as a person with the API sees it.
#include <set>

#include <unistd.h>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using support::of_kind;

class Lifecycle : public testing::Test {
 protected:
  TestHost host;
};

TEST_F(Lifecycle, AProgramRunsToItsEndAndItsLinesAreMessages) {
  const std::string id = host.run(exec({"printf", "one\\ntwo\\n"}));
  const json::object session = host.wait(id, "exited");

  EXPECT_EQ(exit_reason(session), "completed");
  EXPECT_EQ(session.at("exit").at("code").to_number<int>(), 0);
  EXPECT_THAT(messages(host.events(id)), testing::ElementsAre("one", "two"));
  EXPECT_EQ(host.api().get("/v1/sessions/" + id + "/output").body, "one\ntwo\n");
}

TEST_F(Lifecycle, AFailingProgramIsAnAgentError) {
  const json::object session = host.wait(host.run(exec({"false"})), "exited");
  EXPECT_EQ(exit_reason(session), "agent_error");
  EXPECT_EQ(session.at("exit").at("code").to_number<int>(), 1);
}

TEST_F(Lifecycle, AProgramThatDoesNotExistIsRefusedAtOnceAndLeavesNothing) {
  const auto reply = host.api().post("/v1/sessions", exec({"no-such-program-here"}));
  EXPECT_EQ(reply.status, 422) << reply.body;
  EXPECT_EQ(reply.code(), "agent_not_found");
  EXPECT_THAT(reply.body, testing::HasSubstr("no-such-program-here"));
  EXPECT_TRUE(host.api().get("/v1/sessions").json().at("items").as_array().empty());
}

TEST_F(Lifecycle, APromptGoesToItsInputAndAnotherOneFollows) {
  json::object request = exec({"cat"});
  request["keep_open"] = true;
  request["prompt"] = "hello";
  const std::string id = host.run(request);
  auto stream =
      host.api().stream("/v1/watch?session=" + id + "&cursor=" +
                        std::string(host.api().get("/v1/host").json().at("stream_id").as_string()) + ":0&kind=message");
  ASSERT_TRUE(stream.next());
  EXPECT_EQ(text_of(host.act(id, {{"type", "send"}, {"text", "again"}, {"when", "now"}}), "state"), "applied");
  const auto second = stream.next();
  ASSERT_TRUE(second);
  EXPECT_THAT(*second, testing::HasSubstr("again"));
  host.act(id, {{"type", "stop"}});
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "stopped");
}

TEST_F(Lifecycle, EventsReadPageByPageAreTheEventsReadAtOnce) {
  const std::string id = host.run(exec({"printf", "one\\ntwo\\n"}));
  host.wait(id, "exited");
  const std::string target = "/v1/sessions/" + id + "/events";
  const json::array whole = host.api().get(target).json().at("items").as_array();
  json::array paged;
  std::string page = "0";
  while (!page.empty()) {
    const json::value reply = host.api().get(target + "?limit=3&page=" + page).json();
    const json::array& items = reply.at("items").as_array();
    paged.insert(paged.end(), items.begin(), items.end());
    page = reply.at("next_page").is_null() ? "" : std::string(reply.at("next_page").as_string());
  }
  EXPECT_EQ(paged, whole);
}

TEST_F(Lifecycle, EvenTheAnswerThatOpensAWebSocketCarriesARequestId) {
  const std::string close_frame("\x88\x80\0\0\0\0", 6);
  const std::string answer = host.api().raw(
      "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      close_frame);
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(answer, testing::HasSubstr("X-Request-Id: "));
}

TEST_F(Lifecycle, EveryListSaysFromWhereToWatch) {
  for (const char* list : {"sessions", "actions", "approvals", "adapters", "policies", "tokens"}) {
    const json::value reply = host.api().get(std::string("/v1/") + list).json();
    EXPECT_TRUE(reply.at("next_page").is_null()) << list;
    EXPECT_EQ(host.api().stream("/v1/watch?cursor=" + std::string(reply.at("cursor").as_string())).status(), 200)
        << list;
  }
}

TEST_F(Lifecycle, StopEndsAStubbornTreeAndLeavesNoProcess) {
  const std::string id = host.run(exec({test_program("hog"), "stubborn"}));
  auto output = host.api().stream("/v1/sessions/" + id + "/output?follow=1", {});
  ASSERT_EQ(output.next(), "stubborn");
  EXPECT_EQ(text_of(host.act(id, {{"type", "kill"}}), "state"), "applied");

  const json::object session = host.wait(id, "exited");
  EXPECT_EQ(exit_reason(session), "killed");
  const auto left = support::Program::run({"pgrep", "-f", test_program("hog") + " stubborn"}, {"PATH=/usr/bin:/bin"});
  EXPECT_EQ(left.out, "") << "processes survived their session";
}

TEST_F(Lifecycle, TheAgentSeesABuiltEnvironmentAndNothingElse) {
  json::object request = exec({"env"});
  request["env"] = json::object{{"MINE", "yes"}};
  const std::string id = host.run(request);
  (void)host.wait(id, "exited");
  const std::string seen = host.api().get("/v1/sessions/" + id + "/output").body;
  EXPECT_THAT(seen, testing::HasSubstr("MINE=yes\n"));
  EXPECT_THAT(seen, testing::HasSubstr("HOME="));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("NOTIFY_SOCKET")));
}

TEST_F(Lifecycle, TheAgentInheritsOnlyItsStandardDescriptors) {
  const std::string id = host.run(exec({"ls", "/proc/self/fd"}));
  (void)host.wait(id, "exited");
  // 3 is the folder that ls itself has opened.
  EXPECT_EQ(host.api().get("/v1/sessions/" + id + "/output").body, "0\n1\n2\n3\n");
}

TEST_F(Lifecycle, AnEndedSessionCanBeForgottenAndALivingOneCannot) {
  json::object request = exec({"cat"});
  request["keep_open"] = true;
  const std::string id = host.run(request);
  EXPECT_EQ(host.api().del("/v1/sessions/" + id).code(), "wrong_state");
  host.act(id, {{"type", "kill"}});
  (void)host.wait(id, "exited");
  EXPECT_EQ(host.api().del("/v1/sessions/" + id).status, 204);
  EXPECT_EQ(host.api().get("/v1/sessions/" + id).status, 404);
  EXPECT_FALSE(std::filesystem::exists(host.state_dir() / "sessions" / id));
}

TEST_F(Lifecycle, TheStreamReadInTwoHalvesEqualsTheOneReadWhole) {
  const std::string stream_id(host.api().get("/v1/host").json().at("stream_id").as_string());
  const std::string id = host.run(exec({"seq", "1", "200"}));
  (void)host.wait(id, "exited");

  const auto read_all = [&](std::uint64_t after) {
    auto stream = host.api().stream("/v1/watch?cursor=" + stream_id + ":" + std::to_string(after));
    std::vector<std::string> lines;
    while (auto line = stream.next()) {
      lines.push_back(*line);
      if (line->find("\"state\":\"exited\"") != std::string::npos) break;
    }
    return lines;
  };
  const std::vector<std::string> whole = read_all(0);
  ASSERT_GT(whole.size(), 200U);
  for (const std::size_t cut : {std::size_t(1), whole.size() / 2, whole.size() - 1}) {
    const auto seq = number_of(json::parse(whole.at(cut - 1)).as_object(), "seq");
    std::vector<std::string> halves(whole.begin(), whole.begin() + std::ptrdiff_t(cut));
    const auto rest = read_all(seq);
    halves.insert(halves.end(), rest.begin(), rest.end());
    EXPECT_EQ(halves, whole) << "cut after " << cut;
  }
}

TEST_F(Lifecycle, SixteenSessionsRunAtOnceEachInItsOwnCgroup) {
  std::vector<std::string> ids;
  for (int i = 0; i < 16; ++i) {
    json::object request = exec({"cat", "/proc/self/cgroup", "-"});
    request["keep_open"] = true;
    ids.push_back(host.run(request));
  }
  std::set<std::string> groups;
  for (const std::string& id : ids) {
    auto output = host.api().stream("/v1/sessions/" + id + "/output?follow=1", {});
    std::string seen;
    for (auto line = output.next(); line; line = output.next()) {
      if (line->find(id) != std::string::npos) {
        groups.insert(*line);
        break;
      }
    }
  }
  EXPECT_EQ(host.api().get("/v1/sessions?limit=100").json().at("items").as_array().size(), 16U);
  EXPECT_TRUE(::geteuid() != 0 || groups.size() == 16) << "each session has a cgroup of its own, named after it";
}

TEST_F(Lifecycle, NineDifferentProgramsEndAsThemselves) {
  const std::vector<std::pair<json::object, std::string>> cases{{exec({"true"}), "completed"},
                                                                {exec({"false"}), "agent_error"},
                                                                {exec({"echo", "x"}), "completed"},
                                                                {exec({"seq", "1000"}), "completed"},
                                                                {exec({"sh", "-c", "exit 7"}), "agent_error"},
                                                                {exec({"sh", "-c", "kill -9 $$"}), "crashed"},
                                                                {exec({"cat", "/nonexistent"}), "agent_error"},
                                                                {exec({"date"}), "completed"},
                                                                {exec({"sh", "-c", "echo err >&2"}), "completed"}};
  std::vector<std::string> ids;
  for (const auto& [request, reason] : cases) ids.push_back(host.run(request));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(exit_reason(host.wait(ids[i], "exited")), cases[i].second) << json::serialize(cases[i].first);
  }
}

}  // namespace
}  // namespace paddock::integration
