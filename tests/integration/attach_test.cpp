// Sitting down at a session's terminal: through the WebSocket, and with the command line on a real terminal.
#include <csignal>

#include "integration/integration.hpp"
#include "support/on_terminal.hpp"
#include "support/web_socket.hpp"

namespace paddock::integration {
namespace {

using support::OnTerminal;
using support::WebSocket;
using testing::HasSubstr;
using testing::Not;

class Attach : public testing::Test {
 protected:
  std::string run(std::initializer_list<std::string> argv) {
    json::object request = exec(argv);
    request["mode"] = "interactive";
    return host.run(request);
  }
  WebSocket at(const std::string& id, const std::string& query = {}) {
    return {host.socket(), "/v1/sessions/" + id + "/terminal" + query};
  }
  OnTerminal attach(const std::string& id, std::vector<std::string> flags = {}) {
    std::vector<std::string> argv{support::built_program("paddock"), "attach", id};
    argv.insert(argv.end(), flags.begin(), flags.end());
    auto environment = host.environment();
    environment.push_back("PADDOCK_HOST=unix:" + host.socket().string());
    return OnTerminal(argv, environment);
  }

  TestHost host;
  const std::string teletype = test_program("teletype");
};

TEST_F(Attach, ShowsTheScreenAndThenWhatComes) {
  const std::string id = run({"sh", "-c", "printf 'before\\n'; read x; echo \"got $x\"; cat"});
  WebSocket first = at(id);
  const json::object hello = first.note("hello");
  EXPECT_EQ(number_of(hello, "rows"), 24U);
  EXPECT_EQ(number_of(hello, "cols"), 80U);
  EXPECT_TRUE(hello.at("writer").as_bool());
  first.until_shown("before");
  first.send("it\r");
  first.until_shown("got it");
  WebSocket later = at(id);
  later.until_shown("got it");
  EXPECT_THAT(later.shown(), HasSubstr("before"));
}

TEST_F(Attach, OneTypesAndTheOthersLook) {
  const std::string id = run({"cat"});
  WebSocket writer = at(id);
  WebSocket other = at(id);
  EXPECT_FALSE(other.note("hello").at("writer").as_bool());
  other.send("ignored\r");
  EXPECT_EQ(text_of(other.note("error"), "code"), "not_writer");
  writer.send("typed\r");
  writer.until_shown("typed\r\ntyped\r\n");
  other.until_shown("typed\r\ntyped\r\n");
  EXPECT_THAT(other.shown(), Not(HasSubstr("ignored")));
}

TEST_F(Attach, WhoTakesOverTypes) {
  const std::string id = run({"cat"});
  WebSocket first = at(id);
  EXPECT_TRUE(first.note("hello").at("writer").as_bool());
  WebSocket second = at(id, "?take=1");
  EXPECT_TRUE(second.note("hello").at("writer").as_bool());
  EXPECT_FALSE(first.note("writer").at("writer").as_bool());
  first.say({{"type", "take"}});
  EXPECT_TRUE(first.note("writer").at("writer").as_bool());
  EXPECT_FALSE(second.note("writer").at("writer").as_bool());
}

TEST_F(Attach, TheNextOneTypesWhenTheWriterLeaves) {
  const std::string id = run({"cat"});
  auto first = std::make_unique<WebSocket>(at(id));
  (void)first->note("hello");
  WebSocket second = at(id);
  (void)second.note("hello");
  first.reset();
  EXPECT_TRUE(second.note("writer").at("writer").as_bool());
}

TEST_F(Attach, WhoOnlyObservesNeverTypes) {
  const std::string id = run({"cat"});
  WebSocket only = at(id, "?observe=1");
  EXPECT_FALSE(only.note("hello").at("writer").as_bool());
  only.say({{"type", "take"}});
  EXPECT_EQ(text_of(only.note("error"), "code"), "forbidden");
}

TEST_F(Attach, AWrongTextMessageIsAnswered) {
  WebSocket writer = at(run({"cat"}));
  writer.say({{"type", "dance"}});
  EXPECT_EQ(text_of(writer.note("error"), "code"), "invalid_request");
}

TEST_F(Attach, TheWritersSizeIsTheTerminals) {
  const std::string id = run({teletype});
  WebSocket writer = at(id);
  WebSocket other = at(id);
  (void)other.note("hello");
  writer.say({{"type", "resize"}, {"rows", 33}, {"cols", 111}});
  writer.until_shown("size 33 111");
  const json::object told = other.note("resize");
  EXPECT_EQ(number_of(told, "rows"), 33U);
  other.say({{"type", "resize"}, {"rows", 10}, {"cols", 10}});
  EXPECT_EQ(text_of(other.note("error"), "code"), "not_writer");
  host.act(id, {{"type", "resize"}, {"rows", 24}, {"cols", 80}});
  EXPECT_EQ(number_of(other.note("resize"), "cols"), 80U);
}

TEST_F(Attach, ASlowObserverGetsTheScreenInsteadOfEverything) {
  const std::string id = run({"sh", "-c", "read x; seq 1 400000; echo the end; cat"});
  WebSocket slow = at(id, "?observe=1");
  (void)slow.note("hello");
  host.act(id, {{"type", "send"}, {"text", "go"}});
  // Somebody else reads on while this one does not.
  WebSocket fast = at(id, "?observe=1");
  fast.until_shown("the end");
  slow.until_shown("the end");
  EXPECT_LT(slow.shown().size(), 2'700'000U) << "all of it would be 3.2 MB";
}

TEST_F(Attach, EndsWithTheSession) {
  const std::string id = run({"sh", "-c", "read x; echo last words"});
  WebSocket guest = at(id);
  (void)guest.note("hello");
  guest.send("\r");
  guest.until_shown("last words");
  (void)guest.note("end");
  EXPECT_FALSE(guest.next());
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "completed");
}

TEST_F(Attach, WithoutATerminalThereIsNothingToSitDownAt) {
  json::object request = exec({"cat"});
  request["keep_open"] = true;
  const std::string headless = host.run(request);
  EXPECT_THROW(at(headless), std::exception);
  EXPECT_THROW(at("nobody"), std::exception);
  EXPECT_THROW(at(run({"cat"}), "?colour=1"), std::exception);
  EXPECT_EQ(host.api().get("/v1/sessions/" + headless + "/terminal").status, 426);
}

TEST_F(Attach, ThePersonsTerminalBecomesTheSessions) {
  const std::string id = run({teletype});
  OnTerminal person = attach(id);
  ASSERT_TRUE(person.sees("tty xterm-256color")) << person.screen();
  EXPECT_EQ(person.modes().c_lflag & (ECHO | ICANON | ISIG), 0U) << "keys go through as they are";
  person.resize(31, 90);
  ASSERT_TRUE(person.sees("size 31 90")) << person.screen();
  person.type("size\r");
  ASSERT_TRUE(person.sees("size 31 90")) << person.screen();
  const termios raw = person.modes();
  person.type("\x1d");
  EXPECT_EQ(person.ends(), 0);
  EXPECT_NE(person.modes().c_lflag, raw.c_lflag);
  EXPECT_NE(person.modes().c_lflag & ECHO, 0U) << "as it was before";
  EXPECT_THAT(person.screen(), HasSubstr("detached; it goes on"));
  EXPECT_THAT(person.screen(), HasSubstr("\x1b[?25h"));
  EXPECT_EQ(text_of(host.session(id), "state"), "working");
}

TEST_F(Attach, ThePersonsTerminalIsPutBackWhenTheSessionEnds) {
  const std::string id = run({teletype});
  OnTerminal person = attach(id);
  ASSERT_TRUE(person.sees("size")) << person.screen();
  person.type("end\r");
  EXPECT_EQ(person.ends(), 0) << person.screen();
  EXPECT_THAT(person.screen(), HasSubstr("it has ended"));
  EXPECT_NE(person.modes().c_lflag & ECHO, 0U);
}

TEST_F(Attach, ThePersonsTerminalIsPutBackAfterASignal) {
  const std::string id = run({teletype});
  OnTerminal person = attach(id);
  ASSERT_TRUE(person.sees("size")) << person.screen();
  person.signal(SIGTERM);
  EXPECT_EQ(person.ends(), 0) << person.screen();
  EXPECT_NE(person.modes().c_lflag & ECHO, 0U);
}

TEST_F(Attach, ThePersonsTerminalIsPutBackWhenTheHostDies) {
  const std::string id = run({teletype});
  OnTerminal person = attach(id);
  ASSERT_TRUE(person.sees("size")) << person.screen();
  host.kill();
  EXPECT_EQ(person.ends(), 3) << person.screen();
  EXPECT_NE(person.modes().c_lflag & ECHO, 0U);
  host.start();
}

TEST_F(Attach, ASecondPersonLooksUntilTheyTakeOver) {
  const std::string id = run({"cat"});
  OnTerminal first = attach(id);
  ASSERT_TRUE(first.sees("\x1b[?25h")) << "painted, so keys go through";
  first.type("one\r");
  ASSERT_TRUE(first.sees("one\r\none")) << first.screen();
  OnTerminal second = attach(id, {"--take", "--detach-key", "Ctrl-A"});
  ASSERT_TRUE(second.sees("one")) << second.screen();
  second.type("two\r");
  ASSERT_TRUE(second.sees("two\r\ntwo")) << second.screen();
  ASSERT_TRUE(first.sees("two")) << "looks on";
  second.type("\x01");
  EXPECT_EQ(second.ends(), 0);
}

TEST_F(Attach, WithoutATerminalTheCommandLineSaysSo) {
  const auto refused = host.paddock({"attach", run({"cat"})});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("needs a terminal"));
  OnTerminal wrong = attach("nobody");
  EXPECT_EQ(wrong.ends(), 5) << wrong.screen();
}

}  // namespace
}  // namespace paddock::integration
