// Programs on a pseudo-terminal.
#include <fcntl.h>
#include <sys/ioctl.h>

#include "probe.hpp"
#include "process/process.hpp"

namespace paddock::process {

namespace {

using test::probe;
using test::report_of;
using test::wait_exit;
using Lines = std::vector<std::string>;

Spec on_terminal(std::vector<std::string> arguments) { return probe(std::move(arguments), Transport::pty); }

TEST(Terminal, IsTheProgramsControllingTerminal) {
  auto report = report_of(on_terminal({"report"}));

  EXPECT_EQ(report["tty_session"], report["pid"]);
  EXPECT_EQ(report["tty_foreground"], report["pid"]);
}

TEST(Terminal, HasTheGivenSizeFromTheStart) {
  Spec spec = on_terminal({"report"});
  spec.rows = 50;
  spec.cols = 132;

  EXPECT_EQ(report_of(spec)["size"], Lines{"50x132"});
}

TEST(Terminal, KnowsUtf8) { EXPECT_EQ(report_of(on_terminal({"report"}))["utf8"], Lines{"1"}); }

TEST(Terminal, GivesOnlyAMaster) {
  auto child = start(on_terminal({"exit", "0"}));
  ASSERT_TRUE(child) << child.error().detail;

  EXPECT_TRUE(child->pty);
  EXPECT_FALSE(child->in || child->out || child->err);
  EXPECT_NE(::fcntl(child->pty.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(child->pty.get(), F_GETFL) & O_NONBLOCK, 0);
  wait_exit(*child);
}

TEST(Terminal, TurnsControlCIntoAnInterrupt) {
  auto child = start(on_terminal({"echo"}));
  ASSERT_TRUE(child) << child.error().detail;

  ASSERT_EQ(::write(child->pty.get(), "\x03", 1), 1);

  EXPECT_EQ(wait_exit(*child).signal, SIGINT);
}

TEST(Terminal, HangsUpTheProgramWhenItsMasterIsClosed) {
  auto child = start(on_terminal({"echo"}));
  ASSERT_TRUE(child) << child.error().detail;

  child->pty.reset();

  EXPECT_EQ(wait_exit(*child).signal, SIGHUP);
}

TEST(Terminal, OfOneProgramIsNotHeldOpenByAnother) {
  auto first = start(on_terminal({"exit", "0"}));
  auto second = start(on_terminal({"echo"}));
  ASSERT_TRUE(first && second);
  wait_exit(*first);

  // Would wait for ever if the second one had the far end of the first one's terminal.
  EXPECT_EQ(test::read_all(first->pty.get()), "");

  second->pty.reset();
  wait_exit(*second);
}

}  // namespace

}  // namespace paddock::process
