// Claude Code and Codex as people use them through the host: answer, approve, deny, interrupt, go on,
// resume, fail, kill. The programs are real; only the model is scripted.
#include <filesystem>

#include "real/agents.hpp"

namespace paddock::real {
namespace {

using integration::exit_reason;
using integration::messages;
using integration::number_of;
using integration::text_of;
using support::of_kind;

class RealAgent : public testing::TestWithParam<Agent> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(agents_folder() + "/bin/" + agent().name)) {
      GTEST_SKIP() << "the real agents are not installed (tests/real/install, needs npm)";
    }
    // Not below /tmp: Codex cannot sandbox commands there.
    std::string pattern = std::string(PADDOCK_BUILD_DIR) + "/real-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    home = pattern;
    std::filesystem::create_directories(home + "/work");
    model = std::make_unique<FakeModel>(agent().script);
    TestHost::Options options;
    options.environment = {"PATH=" + agents_folder() + "/bin:/usr/local/bin:/usr/bin:/bin", "HOME=" + home};
    host = std::make_unique<TestHost>(options);
  }

  void TearDown() override {
    host.reset();
    model.reset();
    std::error_code ignored;
    if (!home.empty()) std::filesystem::remove_all(home, ignored);
  }

  const Agent& agent() const { return GetParam(); }

  json::object request(const std::string& prompt) const {
    return {{"adapter", agent().name},
            {"prompt", prompt},
            {"workdir", home + "/work"},
            {"env", agent().environment(*model, home)}};
  }

  std::string run(const std::string& prompt) const { return host->run(request(prompt)); }

  std::string run_open(const std::string& prompt) const {
    json::object open = request(prompt);
    open["keep_open"] = true;
    return host->run(open);
  }

  /// The stream from its first event on.
  std::string whole_stream() const {
    return "/v1/watch?cursor=" + text_of(host->api().get("/v1/host").json().as_object(), "stream_id") + ":0";
  }

  /// Waits for a live event of the session that contains `text`.
  void wait_for_event(const std::string& id, const std::string& text) const {
    auto stream = host->api().stream(whole_stream() + "&session=" + id);
    for (auto line = stream.next(); line; line = stream.next()) {
      if (line->find(text) != std::string::npos) return;
    }
    FAIL() << "no event with " << text;
  }

  /// The session shows exactly what the model server counted, and what that costs, if its program knows.
  void expect_exact_usage(const std::string& id) const {
    const Tokens truth = agent().truth(*model);
    const json::object session = host->session(id);
    const json::object& usage = session.at("usage").as_object();
    EXPECT_EQ(number_of(usage, "input_tokens"), truth.input);
    EXPECT_EQ(number_of(usage, "output_tokens"), truth.output);
    EXPECT_EQ(number_of(usage, "cache_read_tokens"), truth.cache_read);
    EXPECT_EQ(number_of(usage, "cache_write_tokens"), truth.cache_write);
    EXPECT_EQ(number_of(usage, "reasoning_tokens"), truth.reasoning);
    const auto price = agent().price(truth);
    ASSERT_EQ(usage.contains("cost_micros"), price.has_value()) << "absent rather than guessed";
    EXPECT_EQ(number_of(usage, "cost_micros"), std::uint64_t(price.value_or(0)));
    EXPECT_EQ(agent().told(host->api().get("/v1/sessions/" + id + "/output").body), price);
  }

  bool proof() const { return std::filesystem::exists(home + "/work/proof"); }

  std::string history(const std::string& id) const {
    std::string all;
    for (const json::object& event : host->events(id)) all += json::serialize(event) + "\n";
    return all;
  }

  std::string home;
  std::unique_ptr<FakeModel> model;
  std::unique_ptr<TestHost> host;
};

TEST_P(RealAgent, AnswersAPromptAndEndsCompletedWithExactTokens) {
  const std::string id = run(agent().plain);
  const json::object session = host->wait(id, "exited");
  ASSERT_EQ(exit_reason(session), "completed") << history(id);
  EXPECT_THAT(text_of(session, "result"), testing::HasSubstr("Hello there"));
  EXPECT_EQ(number_of(session.at("usage").as_object(), "turns"), 1U);
  expect_exact_usage(id);
  EXPECT_NE(text_of(session, "agent_session_id"), "");
  EXPECT_NE(text_of(session, "model"), "");
}

TEST_P(RealAgent, ShowNamesEveryKindOfTokensAndTheCost) {
  const std::string id = run(agent().counted);
  ASSERT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  expect_exact_usage(id);
  const Tokens truth = agent().truth(*model);
  EXPECT_EQ(truth.input, 1234U);
  EXPECT_EQ(truth.output, 777U);
  EXPECT_EQ(truth.cache_read, 45678U);

  const std::string shown = host->paddock({"show", id}).out;
  EXPECT_THAT(shown, testing::HasSubstr("input 1234, output 777, cache read 45678"));
  const auto price = agent().price(truth);
  // 5 dollars a million of input, 25 of output, 0.5 from the cache, 6.25 into it.
  EXPECT_EQ(price.value_or(75'440), 75'440);
  EXPECT_EQ(shown.find("$0.0754") != std::string::npos, price.has_value()) << shown;
  const json::object told = json::parse(host->paddock({"--json", "show", id}).out).as_object();
  EXPECT_EQ(told.at("usage"), host->session(id).at("usage"));
}

TEST_P(RealAgent, AToolWaitsForApprovalAndRunsWhenApproved) {
  const std::string id = run(agent().tool);
  const std::string ref = host->approval(id);
  EXPECT_FALSE(proof()) << "the command ran before anybody approved it";
  const json::array open = host->api().get("/v1/approvals").json().at("items").as_array();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_THAT(json::serialize(open.front()), testing::HasSubstr("touch proof"));

  EXPECT_EQ(text_of(host->act(id, {{"type", "approve"}, {"ref", ref}}), "state"), "applied");
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_TRUE(proof());
  EXPECT_EQ(of_kind(host->events(id), "approval_resolved").size(), 1U);
  EXPECT_EQ(host->api().post("/v1/sessions/" + id + "/actions", {{"type", "approve"}, {"ref", ref}}).status, 409);
  expect_exact_usage(id);
}

TEST_P(RealAgent, ADeniedToolDoesNotRunAndTheTurnGoesOn) {
  const std::string id = run(agent().tool);
  EXPECT_EQ(text_of(host->act(id, {{"type", "deny"}, {"ref", host->approval(id)}, {"message", "not today"}}), "state"),
            "applied");
  EXPECT_EQ(text_of(host->wait(id, "exited"), "state"), "exited");
  EXPECT_FALSE(proof());
}

TEST_P(RealAgent, AnInterruptEndsALongAnswerAndTheSessionGoesOn) {
  const std::string id = run_open(agent().long_answer);
  wait_for_event(id, "\"partial\":true");
  EXPECT_EQ(text_of(host->act(id, {{"type", "interrupt"}}), "state"), "applied");
  (void)host->wait(id, "idle,exited");
  EXPECT_THAT(history(id), testing::HasSubstr("\"outcome\":\"cancelled\""));

  EXPECT_EQ(text_of(host->act(id, {{"type", "send"}, {"text", agent().plain}}), "state"), "applied");
  wait_for_event(id, "Hello there");
  host->act(id, {{"type", "stop"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "stopped");
}

TEST_P(RealAgent, AFollowUpPromptIsASecondTurnOfTheSameConversation) {
  const std::string id = run_open(agent().plain);
  wait_for_event(id, "\"phase\":\"end\"");  // Codex is idle for a moment before its first turn, too
  json::object first = host->wait(id, "idle,exited");
  ASSERT_EQ(text_of(first, "state"), "idle") << history(id);
  host->act(id, {{"type", "send"}, {"text", agent().plain}});
  const auto version = std::to_string(number_of(first, "state_version") + 1);
  const auto second = host->api()
                          .get("/v1/sessions/" + id + "/wait?state=idle&timeout=60s&after_version=" + version)
                          .json()
                          .as_object();
  EXPECT_EQ(number_of(second.at("usage").as_object(), "turns"), 2U) << history(id);
  EXPECT_EQ(second.at("agent_session_id"), first.at("agent_session_id"));
  expect_exact_usage(id);
}

TEST_P(RealAgent, AnEndedConversationIsResumed) {
  const std::string first = run(agent().plain);
  const std::string conversation = text_of(host->wait(first, "exited"), "agent_session_id");
  ASSERT_NE(conversation, "");
  json::object again = request(agent().plain);
  again["resume"] = conversation;
  const std::string second = host->run(again);
  const json::object session = host->wait(second, "exited");
  EXPECT_EQ(exit_reason(session), "completed") << history(second);
  EXPECT_EQ(text_of(session, "agent_session_id"), conversation);
}

TEST_P(RealAgent, AWrongKeyIsAuthRequired) {
  const std::string id = run(agent().error_401);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "auth_required") << history(id);
}

TEST_P(RealAgent, ARateLimitIsSaid) {
  const std::string id = run(agent().error_429);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "rate_limited") << history(id);
}

TEST_P(RealAgent, AServerErrorIsTheAgentsError) {
  const std::string id = run(agent().error_500);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "agent_error") << history(id);
  EXPECT_THAT(history(id), testing::HasSubstr("\"kind\":\"error\""));
}

TEST_P(RealAgent, AKillEndsItInTheMiddleOfAnAnswer) {
  const std::string id = run(agent().long_answer);
  wait_for_event(id, "\"partial\":true");
  host->act(id, {{"type", "kill"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "killed");
}

TEST_P(RealAgent, ADaemonKilledWhileAnApprovalIsOpenLosesNothing) {
  const std::string id = run(agent().tool);
  const std::string ref = host->approval(id);
  host->kill();
  host->start();
  EXPECT_EQ(host->approval(id), ref);
  host->act(id, {{"type", "approve"}, {"ref", ref}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_TRUE(proof());
}

TEST_P(RealAgent, DoctorFindsItsProgramAndVersion) {
  const auto doctor = host->paddock({"--json", "doctor"});
  EXPECT_THAT(doctor.out, testing::HasSubstr(agent().name == "claude" ? "2.1.197" : "0.169.0")) << doctor.err;
}

TEST_P(RealAgent, TheCommandLineRunsItAndAnotherShellApproves) {
  const json::object env = agent().environment(*model, home);
  std::vector<std::string> arguments{"run", agent().name, agent().tool, "--name", "by-hand", "--dir", home + "/work"};
  for (const auto& entry : env) {
    arguments.push_back("--env");
    arguments.push_back(std::string(entry.key()) + "=" + std::string(entry.value().as_string()));
  }
  const auto shell = host->start_paddock(arguments);
  shell->close_input();
  ASSERT_TRUE(host->api().stream(whole_stream()).next()) << "the session was not started";
  ASSERT_EQ(host->paddock({"wait", "by-hand", "--state", "blocked"}).code, 0);
  EXPECT_THAT(host->paddock({"approvals"}).out, testing::HasSubstr("touch proof"));
  EXPECT_EQ(host->paddock({"approve", "by-hand"}).code, 0);
  const auto finished = shell->wait();
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_TRUE(proof());
  EXPECT_THAT(host->paddock({"show", "by-hand"}).out, testing::HasSubstr("completed"));
}

INSTANTIATE_TEST_SUITE_P(Agents, RealAgent, testing::ValuesIn(agents()),
                         [](const testing::TestParamInfo<Agent>& agent) { return agent.param.name; });

}  // namespace
}  // namespace paddock::real
