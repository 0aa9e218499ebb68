// Sessions on a terminal of their own, as the API shows them.
#include <fstream>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using testing::Contains;
using testing::HasSubstr;

class OnAScreen : public testing::Test {
 protected:
  /// Runs a program on a terminal.
  std::string run(std::initializer_list<std::string> argv) {
    json::object request = exec(argv);
    request["mode"] = "interactive";
    return host.run(request);
  }
  /// Waits until the session has written `text`, counted from its beginning.
  void written(const std::string& id, const std::string& text) {
    auto output = host.api().stream("/v1/sessions/" + id + "/output?follow=1", {});
    std::string seen;
    for (auto line = output.next(); line; line = output.next()) {
      seen += *line + "\n";
      if (seen.find(text) != std::string::npos) return;
    }
    FAIL() << "'" << text << "' was never written, but:\n" << seen;
  }
  json::object screen(const std::string& id, const std::string& query = {}) {
    const auto reply = host.api().get("/v1/sessions/" + id + "/screen" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.json().as_object();
  }
  std::vector<std::string> lines(const std::string& id) { return texts(screen(id).at("lines").as_array()); }
  static std::vector<std::string> texts(const json::array& array) {
    std::vector<std::string> out;
    for (const json::value& text : array) out.emplace_back(text.as_string());
    return out;
  }

  TestHost host;
  const std::string teletype = test_program("teletype");
};

TEST_F(OnAScreen, AProgramHasATerminalOfTheUsualSize) {
  const std::string id = run({teletype});
  written(id, "size 24 80\r\n");
  const json::object seen = screen(id);
  EXPECT_THAT(texts(seen.at("lines").as_array()), Contains("tty xterm-256color"));
  EXPECT_EQ(number_of(seen, "rows"), 24U);
  EXPECT_EQ(number_of(seen, "cols"), 80U);
  EXPECT_EQ(number_of(seen.at("cursor").as_object(), "row"), 2U);
  EXPECT_EQ(text_of(host.session(id), "mode"), "interactive");
}

TEST_F(OnAScreen, WhatIsSentIsTypedAndShown) {
  const std::string id = run({"cat"});
  EXPECT_EQ(text_of(host.act(id, {{"type", "send"}, {"text", "hello"}}), "state"), "applied");
  written(id, "hello\r\nhello\r\n");
  const auto shown = lines(id);
  EXPECT_EQ(shown.at(0), "hello");
  EXPECT_EQ(shown.at(1), "hello");
}

TEST_F(OnAScreen, WhatDoesNotAppearIsNotEnteredAndTheAnswerSaysWhatWasThere) {
  const std::string id = run({teletype});
  host.act(id, {{"type", "send"}, {"text", "quiet"}});
  const auto reply = host.api().post("/v1/sessions/" + id + "/actions", {{"type", "send"}, {"text", "end"}});
  EXPECT_EQ(reply.status, 408) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("Enter was not pressed"));
  EXPECT_THAT(reply.body, HasSubstr("tty xterm-256color"));
  EXPECT_EQ(text_of(host.session(id), "state"), "working") << "the word was never entered";
}

TEST_F(OnAScreen, LinesForAProgramThatTakesNoPasteAreRefused) {
  const std::string id = run({"cat"});
  const auto reply = host.api().post("/v1/sessions/" + id + "/actions", {{"type", "send"}, {"text", "a\nb"}});
  EXPECT_EQ(reply.status, 409) << reply.body;
}

TEST_F(OnAScreen, AResizedOneTellsItsProgram) {
  const std::string id = run({teletype});
  written(id, "size 24 80\r\n");
  EXPECT_EQ(text_of(host.act(id, {{"type", "resize"}, {"rows", 40}, {"cols", 100}}), "state"), "applied");
  written(id, "size 40 100\r\n");
  EXPECT_EQ(number_of(screen(id), "rows"), 40U);
  EXPECT_EQ(number_of(screen(id), "cols"), 100U);
}

TEST_F(OnAScreen, AnImpossibleSizeIsRefused) {
  const std::string id = run({"cat"});
  for (const json::object& wrong : {json::object{{"type", "resize"}},
                                    {{"type", "resize"}, {"rows", 0}, {"cols", 80}},
                                    {{"type", "resize"}, {"rows", 24}, {"cols", 100'000}}}) {
    const auto reply = host.api().post("/v1/sessions/" + id + "/actions", wrong);
    EXPECT_EQ(reply.status, 400) << json::serialize(wrong) << reply.body;
  }
}

TEST_F(OnAScreen, KeysArePressedByName) {
  const std::string id = run({"cat", "-v"});
  host.act(id, {{"type", "keys"}, {"keys", {"Up", "F5", "Enter"}}});
  written(id, "^[[A^[[15~\r\n");
  host.act(id, {{"type", "keys"}, {"keys", {"Ctrl-C"}}});
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "crashed") << "ended by SIGINT, which nobody but the keyboard sent";
  const std::string other = run({"cat"});
  EXPECT_EQ(host.api().post("/v1/sessions/" + other + "/actions", {{"type", "keys"}, {"keys", {"Return"}}}).status,
            400);
}

TEST_F(OnAScreen, WhatAProgramAsksTheTerminalIsAnswered) {
  const std::string id = run({teletype});
  host.act(id, {{"type", "send"}, {"text", "ask"}});
  written(id, "answer [4;1R\r\n");
}

TEST_F(OnAScreen, LinesThatLeftTheTopCanStillBeRead) {
  const std::string id = run({"sh", "-c", "seq 1 100; cat"});
  written(id, "\n100\r\n");
  EXPECT_EQ(lines(id).front(), "78");
  EXPECT_THAT(texts(screen(id, "?scrollback=2").at("scrollback").as_array()), testing::ElementsAre("76", "77"));
  EXPECT_FALSE(screen(id).contains("scrollback"));
  EXPECT_EQ(host.api().get("/v1/sessions/" + id + "/screen?scrollback=100000").status, 400);
}

TEST_F(OnAScreen, APagerIsReadAndLeft) {
  std::ofstream(host.folder() / "book") << "first page\n" << std::string(60, '\n') << "last page\n";
  const std::string id = run({"less", (host.folder() / "book").string()});
  written(id, "first page");
  EXPECT_EQ(screen(id).at("alternate").as_bool(), true);
  host.act(id, {{"type", "keys"}, {"keys", {"End"}}});
  written(id, "last page");
  EXPECT_THAT(lines(id), Contains("last page"));
}

TEST_F(OnAScreen, TheScreenIsThereAfterTheHostWasKilled) {
  const std::string id = run({"cat"});
  host.act(id, {{"type", "send"}, {"text", "before"}});
  written(id, "before\r\nbefore\r\n");
  host.kill();
  host.start();
  EXPECT_THAT(lines(id), Contains("before"));
  host.act(id, {{"type", "send"}, {"text", "after"}});
  written(id, "after\r\nafter\r\n");
}

TEST_F(OnAScreen, StoppingHangsUp) {
  const std::string id = run({"cat"});
  host.act(id, {{"type", "stop"}});
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "stopped");
  EXPECT_EQ(host.api().get("/v1/sessions/" + id + "/screen").code(), "wrong_state");
}

TEST_F(OnAScreen, APromptWithoutKeepOpenEndsWithTheTerminalsEndOfFile) {
  json::object request = exec({"cat"});
  request["mode"] = "interactive";
  request["prompt"] = "once";
  const std::string id = host.run(request);
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "completed");
  EXPECT_THAT(host.api().get("/v1/sessions/" + id + "/output").body, HasSubstr("once\r\nonce\r\n"));
}

TEST_F(OnAScreen, AHeadlessSessionHasNone) {
  json::object request = exec({"cat"});
  request["keep_open"] = true;
  const std::string id = host.run(request);
  const auto reply = host.api().get("/v1/sessions/" + id + "/screen");
  EXPECT_EQ(reply.status, 501) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("headless"));
}

TEST_F(OnAScreen, TheCommandLinePrintsIt) {
  const std::string id = run({"sh", "-c", "printf 'one\\n\\033[31mtwo\\033[0m\\n'; cat"});
  written(id, "two");
  const auto printed = host.paddock({"screen", id});
  EXPECT_EQ(printed.code, 0) << printed.err;
  EXPECT_EQ(printed.out, "one\ntwo\n");
  EXPECT_EQ(json::parse(host.paddock({"--json", "screen", id}).out).at("cols"), 80);
}

}  // namespace
}  // namespace paddock::integration
