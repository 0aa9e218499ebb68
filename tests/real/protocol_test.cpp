// Agents of the Agent Client Protocol through the host: Gemini CLI and Copilot CLI with a scripted model, and
// an agent that is a script itself. Answer, approve, deny, interrupt, go on, resume, fail.
#include <filesystem>

#include "real/agents.hpp"

namespace paddock::real {
namespace {

using integration::exit_reason;
using integration::number_of;
using integration::text_of;
using support::of_kind;
using testing::HasSubstr;

/// One agent: what its adapter is told, and what makes its model do what a test needs.
struct Speaker {
  std::string name;    ///< also the adapter's id
  std::string script;  ///< its model server; for `acp` the agent itself
  std::string tool;    ///< prompt: a command that needs an approval
  std::string long_answer;
  std::string failure;  ///< prompt: the model refuses the request
  std::string login;    ///< prompt: the model refuses the key
  std::string limit;    ///< prompt: the model has a limit
  bool tool_is_real;    ///< an approved command leaves the file `proof`
  bool keeps_sessions;  ///< a new process can go on with an old session
  std::function<json::object(const FakeModel*, const std::string& home)> more;

  friend void PrintTo(const Speaker& speaker, std::ostream* out) { *out << speaker.name; }
};

json::object gemini(const FakeModel* model, const std::string& home) {
  support::write_file(
      home + "/.gemini/settings.json",
      R"({"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},)"
      R"("general":{"enableAutoUpdate":false},"telemetry":{"enabled":false}})");
  return {{"model", "gemini-2.5-flash"},
          {"env", json::object{{"GEMINI_API_KEY", "dummy"}, {"GOOGLE_GEMINI_BASE_URL", model->url()}}},
          {"options", json::object{{"trust_workspace", true}}}};
}

json::object copilot(const FakeModel* model, const std::string&) {
  return {{"model", "fake-model"},
          {"env", json::object{{"COPILOT_PROVIDER_BASE_URL", model->url() + "/v1"},
                               {"COPILOT_PROVIDER_API_KEY", "dummy"},
                               {"COPILOT_MODEL", "fake-model"},
                               {"COPILOT_OFFLINE", "true"}}}};
}

json::object scripted(const FakeModel*, const std::string&) {
  const std::string script = std::string(PADDOCK_SOURCE_DIR) + "/tests/support/fake-models/acp-agent.mjs";
  return {{"options", json::object{{"command", "node"}, {"arguments", json::array{script}}}}};
}

const std::vector<Speaker>& speakers() {
  static const std::vector<Speaker> all{
      {"gemini", "gemini.mjs", "Do it. [[scenario:tool:touch proof]]", "Talk. [[scenario:long:400:100]]",
       "Fail. [[scenario:err400]]", "Fail. [[scenario:err401]]", "Fail. [[scenario:errquota]]", true, false, gemini},
      {"copilot", "openai-chat.mjs", "Do it. [[scenario:tool:touch proof]]", "Talk. [[scenario:long:400:100]]",
       "Fail. [[scenario:err400]]", "Fail. [[scenario:err401]]", "Fail. [[scenario:err429]]", true, true, copilot},
      {"acp", "", "Do it. [[scenario:tool]]", "Talk. [[scenario:long:400]]", "Fail. [[scenario:error]]",
       "Fail. [[scenario:auth]]", "Fail. [[scenario:quota]]", false, false, scripted}};
  return all;
}

class RealSpeaker : public testing::TestWithParam<Speaker> {
 protected:
  void SetUp() override {
    const bool is_script = agent().script.empty();
    if (!is_script && !std::filesystem::exists(agents_folder() + "/bin/" + agent().name)) {
      GTEST_SKIP() << "the real agents are not installed (tests/real/install, needs npm)";
    }
    if (!std::filesystem::exists("/usr/bin/node")) GTEST_SKIP() << "there is no node to run the agent with";
    std::string pattern = std::string(PADDOCK_BUILD_DIR) + "/real-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    home = pattern;
    std::filesystem::create_directories(home + "/work");
    if (!is_script) model = std::make_unique<FakeModel>(agent().script);
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

  const Speaker& agent() const { return GetParam(); }

  json::object request(const std::string& prompt) const {
    json::object request{{"adapter", agent().name}, {"prompt", prompt}, {"workdir", home + "/work"}};
    for (const auto& [key, value] : agent().more(model.get(), home)) request[key] = value;
    return request;
  }

  std::string run(const std::string& prompt, json::object more = {}) const {
    json::object whole = request(prompt);
    for (const auto& [key, value] : more) whole[key] = value;
    return host->run(whole);
  }

  /// Waits for a live event of the session that contains `text`.
  void wait_for_event(const std::string& id, const std::string& text) const {
    const std::string start = text_of(host->api().get("/v1/host").json().as_object(), "stream_id") + ":0";
    auto stream = host->api().stream("/v1/watch?cursor=" + start + "&session=" + id);
    for (auto line = stream.next(); line; line = stream.next()) {
      if (line->find(text) != std::string::npos) return;
    }
    FAIL() << "no event with " << text;
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

constexpr const char* kPlain = "Say hello. [[scenario:plain]]";

TEST_P(RealSpeaker, AnswersAPromptAndEndsCompleted) {
  const std::string id = run(kPlain);
  const json::object session = host->wait(id, "exited");
  ASSERT_EQ(exit_reason(session), "completed") << history(id);
  EXPECT_THAT(text_of(session, "result"), HasSubstr("Hello from the"));
  EXPECT_NE(text_of(session, "agent_session_id"), "");
  EXPECT_NE(text_of(session, "model"), "");
  EXPECT_GT(number_of(session.at("usage").as_object(), "input_tokens"), 0U);
  EXPECT_GT(number_of(session.at("usage").as_object(), "output_tokens"), 0U);
}

TEST_P(RealSpeaker, AToolWaitsForApprovalAndRunsWhenApproved) {
  const std::string id = run(agent().tool);
  const std::string ref = host->approval(id);
  EXPECT_FALSE(proof()) << "the command ran before anybody approved it";
  EXPECT_EQ(text_of(host->session(id), "state"), "blocked");
  const json::value open = host->api().get("/v1/approvals").json();
  EXPECT_THAT(json::serialize(open), HasSubstr(agent().tool_is_real ? "touch proof" : "make"));
  EXPECT_EQ(text_of(host->act(id, {{"type", "approve"}, {"ref", ref}}), "state"), "applied");
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_EQ(proof(), agent().tool_is_real);
  EXPECT_EQ(of_kind(host->events(id), "tool_call").size(), 1U) << history(id);
  EXPECT_THAT(history(id), HasSubstr("\"outcome\":\"ok\""));
}

TEST_P(RealSpeaker, ADeniedToolDoesNotRun) {
  const std::string id = run(agent().tool);
  host->act(id, {{"type", "deny"}, {"ref", host->approval(id)}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_FALSE(proof());
  EXPECT_THAT(history(id), HasSubstr("\"outcome\":\"denied\""));
}

TEST_P(RealSpeaker, WithYoloNobodyIsAsked) {
  const std::string id = run(agent().tool, {{"yolo", true}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_EQ(proof(), agent().tool_is_real);
  EXPECT_TRUE(of_kind(host->events(id), "approval_request").empty());
}

TEST_P(RealSpeaker, AnInterruptEndsALongAnswerAndTheSessionGoesOn) {
  const std::string id = run(agent().long_answer, {{"keep_open", true}});
  wait_for_event(id, "\"partial\":true");
  EXPECT_EQ(text_of(host->act(id, {{"type", "interrupt"}}), "state"), "applied");
  (void)host->wait(id, "idle,exited");
  EXPECT_THAT(history(id), HasSubstr("\"outcome\":\"cancelled\""));
  EXPECT_EQ(text_of(host->act(id, {{"type", "send"}, {"text", kPlain}}), "state"), "applied");
  wait_for_event(id, "Hello from the");
  host->act(id, {{"type", "stop"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "stopped");
}

TEST_P(RealSpeaker, AnInterruptWhileAnApprovalIsOpenWithdrawsIt) {
  const std::string id = run(agent().tool, {{"keep_open", true}});
  (void)host->approval(id);
  EXPECT_EQ(text_of(host->act(id, {{"type", "interrupt"}}), "state"), "applied");
  EXPECT_EQ(text_of(host->wait(id, "idle,exited"), "state"), "idle") << history(id);
  EXPECT_TRUE(host->api().get("/v1/approvals").json().at("items").as_array().empty());
  EXPECT_FALSE(proof());
}

TEST_P(RealSpeaker, AFollowUpPromptIsASecondTurnOfTheSameConversation) {
  const std::string id = run(kPlain, {{"keep_open", true}});
  wait_for_event(id, "\"phase\":\"end\"");
  const json::object first = host->wait(id, "idle,exited");
  ASSERT_EQ(text_of(first, "state"), "idle") << history(id);
  host->act(id, {{"type", "send"}, {"text", kPlain}});
  const auto version = std::to_string(number_of(first, "state_version") + 1);
  const auto second = host->api().get("/v1/sessions/" + id + "/wait?state=idle&timeout=60s&after_version=" + version);
  EXPECT_EQ(number_of(second.json().at("usage").as_object(), "turns"), 2U) << history(id);
}

TEST_P(RealSpeaker, AnEndedConversationIsResumed) {
  if (!agent().keeps_sessions)
    GTEST_SKIP() << "cannot: Gemini loses what is loaded within a minute, the script keeps nothing";
  const std::string first = run(kPlain);
  const std::string conversation = text_of(host->wait(first, "exited"), "agent_session_id");
  const std::string second = run(kPlain, {{"resume", conversation}});
  const json::object session = host->wait(second, "exited");
  EXPECT_EQ(exit_reason(session), "completed") << history(second);
  EXPECT_EQ(text_of(session, "agent_session_id"), conversation);
  EXPECT_EQ(of_kind(host->events(second), "turn").size(), 2U) << "history counted as turns: " << history(second);
}

TEST_P(RealSpeaker, ASessionThatIsGoneIsTheAgentsError) {
  const std::string id = run(kPlain, {{"resume", "11111111-2222-4333-8444-555555555555"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "agent_error") << history(id);
}

TEST_P(RealSpeaker, ARefusedRequestIsTheAgentsError) {
  const std::string id = run(agent().failure);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "agent_error") << history(id);
  EXPECT_FALSE(of_kind(host->events(id), "error").empty());
}

TEST_P(RealSpeaker, AWrongKeyIsAuthRequired) {
  const std::string id = run(agent().login);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "auth_required") << history(id);
}

TEST_P(RealSpeaker, ALimitIsSaid) {
  const std::string id = run(agent().limit);
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "rate_limited") << history(id);
}

TEST_P(RealSpeaker, AnswersOnePromptInOneProcess) {
  if (agent().script.empty()) GTEST_SKIP() << "the scripted agent speaks the protocol only";
  json::object options{{"protocol", "print"}};
  const json::object whole = request(kPlain);
  if (const json::value* more = whole.if_contains("options"); more != nullptr) {
    for (const auto& [key, value] : more->as_object()) options[key] = value;
  }
  const std::string id = run(kPlain, {{"options", options}});
  const json::object session = host->wait(id, "exited");
  EXPECT_EQ(exit_reason(session), "completed") << history(id);
  EXPECT_THAT(text_of(session, "result"), HasSubstr("Hello from the"));
  EXPECT_NE(text_of(session, "agent_session_id"), "");
  const std::string failing = run(agent().failure, {{"options", options}});
  EXPECT_EQ(exit_reason(host->wait(failing, "exited")), "agent_error") << history(failing);
}

TEST_P(RealSpeaker, RunsAToolInOneProcessWithoutAsking) {
  if (agent().script.empty()) GTEST_SKIP() << "the scripted agent speaks the protocol only";
  const json::object options{{"protocol", "print"}, {"trust_workspace", true}};
  const std::string id = run(agent().tool, {{"options", options}, {"yolo", true}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "completed") << history(id);
  EXPECT_TRUE(proof());
  EXPECT_THAT(history(id), HasSubstr("\"tool_class\":\"shell\""));
}

TEST_P(RealSpeaker, AKillEndsItInTheMiddleOfAnAnswer) {
  const std::string id = run(agent().long_answer);
  wait_for_event(id, "\"partial\":true");
  host->act(id, {{"type", "kill"}});
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "killed");
}

TEST(ConfiguredAgent, HasANameOfItsOwnAndRunsWhatTheConfigurationSays) {
  if (!std::filesystem::exists("/usr/bin/node")) GTEST_SKIP() << "there is no node to run the agent with";
  support::ScratchFolder config;
  support::write_file(config / "paddock.yaml",
                      "apiVersion: paddock/v1\nkind: Host\nadapters:\n  entries:\n"
                      "    groom: {library: acp, command: node, arguments: [" +
                          std::string(PADDOCK_SOURCE_DIR) + "/tests/support/fake-models/acp-agent.mjs]}\n");
  TestHost::Options options;
  options.arguments = {"--config", (config / "paddock.yaml").string()};
  const TestHost host(options);
  const json::object shown = host.api().get("/v1/adapters/groom").json().as_object();
  EXPECT_EQ(text_of(shown, "library"), "acp");
  const std::string id = host.run({{"adapter", "groom"}, {"prompt", kPlain}});
  const json::object session = host.wait(id, "exited");
  EXPECT_EQ(text_of(session, "adapter"), "groom");
  EXPECT_EQ(text_of(session, "result"), "Hello from the scripted agent.");
  const auto refused = host.api().post(
      "/v1/sessions", {{"adapter", "groom"}, {"prompt", "x"}, {"options", json::object{{"command", "sh"}}}});
  EXPECT_EQ(refused.status, 400) << "a session changed the program: " << refused.body;
}

INSTANTIATE_TEST_SUITE_P(Agents, RealSpeaker, testing::ValuesIn(speakers()),
                         [](const testing::TestParamInfo<Speaker>& agent) { return agent.param.name; });

}  // namespace
}  // namespace paddock::real
