// What is typed when, and when that counts as arrived.
#include "session/typist.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using End = Typist::End;

Sight shows(std::vector<std::string> lines) {
  Sight sight;
  sight.picture.rows = 4;
  sight.picture.cols = 80;
  sight.picture.lines = std::move(lines);
  return sight;
}

std::uint64_t at(std::chrono::milliseconds time) { return std::uint64_t(std::chrono::nanoseconds(time).count()); }

TEST(Typist, PressesEnterOnlyAfterTheTextWasSeenAndTheScreenIsStill) {
  Typist typist("hello there", false);
  EXPECT_EQ(typist.begin(0, shows({">"})).write, "hello there");
  EXPECT_EQ(typist.look(at(10ms), shows({"> hello"}), true).write, "") << "only half of it";
  EXPECT_EQ(typist.look(at(20ms), shows({"> hello there"}), true).write, "");
  EXPECT_EQ(typist.wake_at_ns(), at(220ms));
  EXPECT_EQ(typist.look(at(100ms), shows({"> hello there", "a hint"}), true).write, "") << "it moved again";
  EXPECT_EQ(typist.look(at(220ms), shows({"> hello there", "a hint"}), false).write, "");
  EXPECT_EQ(typist.look(at(300ms), shows({"> hello there", "a hint"}), false).write, "\r");
  EXPECT_EQ(typist.look(at(310ms), shows({"> hello there", "a hint"}), true).end, End::none) << "nothing has changed";
  EXPECT_EQ(typist.look(at(320ms), shows({"hello there", ">"}), true).end, End::taken);
}

TEST(Typist, TextThatNeverAppearsIsNotEntered) {
  Typist typist("secret", false);
  (void)typist.begin(0, shows({"Password:"}));
  EXPECT_EQ(typist.look(at(4999ms), shows({"Password:"}), false).end, End::none);
  const auto step = typist.look(at(5s), shows({"Password:"}), false);
  EXPECT_EQ(step.end, End::failed);
  EXPECT_EQ(step.write, "");
  EXPECT_THAT(step.detail, HasSubstr("Enter was not pressed"));
  EXPECT_THAT(step.detail, HasSubstr("Password:")) << "what was on the screen";
}

TEST(Typist, EnterWithoutAReactionHasFailed) {
  Typist typist("text", false);
  (void)typist.begin(0, shows({""}));
  (void)typist.look(at(1ms), shows({"text"}), true);
  ASSERT_EQ(typist.look(at(201ms), shows({"text"}), false).write, "\r");
  const auto step = typist.look(at(10'201ms), shows({"text"}), false);
  EXPECT_EQ(step.end, End::failed);
  EXPECT_THAT(step.detail, HasSubstr("nothing happened"));
}

TEST(Typist, NothingIsTypedIntoADialog) {
  Typist typist("yes", false);
  Sight sight = shows({"Do you want to proceed?"});
  sight.dialog = true;
  const auto step = typist.begin(0, sight);
  EXPECT_EQ(step.end, End::refused);
  EXPECT_EQ(step.write, "");
}

TEST(Typist, ADialogThatOpensMeanwhileGetsNoEnter) {
  Typist typist("yes", false);
  (void)typist.begin(0, shows({">"}));
  (void)typist.look(at(1ms), shows({"> yes"}), true);
  Sight sight = shows({"> yes", "Delete everything?"});
  sight.dialog = true;
  const auto step = typist.look(at(50ms), sight, true);
  EXPECT_EQ(step.end, End::failed);
  EXPECT_EQ(step.write, "");
  EXPECT_THAT(step.detail, HasSubstr("dialog opened"));
}

TEST(Typist, TextThatStaysInTheInputLineWasNotTaken) {
  Typist typist("go on", false);
  Sight sight = shows({"> go on"});
  sight.input = "> go on";
  (void)typist.begin(0, shows({">"}));
  (void)typist.look(at(1ms), sight, true);
  ASSERT_EQ(typist.look(at(201ms), sight, false).write, "\r");
  sight.picture.lines.push_back("a spinner moved");
  EXPECT_EQ(typist.look(at(300ms), sight, true).end, End::none);
  sight.input = "> ";
  EXPECT_EQ(typist.look(at(400ms), sight, true).end, End::taken);
}

TEST(Typist, AnAgentThatWorksHasTakenIt) {
  Typist typist("go", false);
  Sight sight = shows({"> go"});
  sight.input = "> go";
  (void)typist.begin(0, shows({">"}));
  (void)typist.look(at(1ms), sight, true);
  (void)typist.look(at(201ms), sight, false);
  sight.working = true;
  sight.picture.lines.front() = "> go!";
  EXPECT_EQ(typist.look(at(300ms), sight, true).end, End::taken);
}

TEST(Typist, LongTextAndLinesArePastedWhereTheProgramTakesIt) {
  EXPECT_EQ(Typist("a\nb", true).begin(0, shows({">"})).write, "\x1b[200~a\rb\x1b[201~");
  EXPECT_EQ(Typist("short", true).begin(0, shows({">"})).write, "short");
  EXPECT_THAT(Typist(std::string(500, 'x'), true).begin(0, shows({">"})).write, HasSubstr("\x1b[200~"));
}

TEST(Typist, LinesWithoutPasteAreRefused) {
  EXPECT_EQ(Typist("a\nb", false).begin(0, shows({">"})).end, End::refused);
  EXPECT_EQ(Typist(std::string(5000, 'x'), false).begin(0, shows({">"})).end, End::refused);
  EXPECT_EQ(Typist(" \n ", true).begin(0, shows({">"})).end, End::refused);
}

TEST(Typist, AFoldedPasteCountsAsSeen) {
  Typist typist("one\ntwo\nthree", true);
  (void)typist.begin(0, shows({">"}));
  (void)typist.look(at(1ms), shows({"> [Pasted text #1 +2 lines]"}), true);
  EXPECT_EQ(typist.look(at(201ms), shows({"> [Pasted text #1 +2 lines]"}), false).write, "\r");
}

TEST(Typist, AScreenThatIsNeverStillIsWaitedForOnlySoLong) {
  Typist typist("text", false);
  (void)typist.begin(0, shows({""}));
  (void)typist.look(at(1ms), shows({"text"}), true);
  for (auto time = 10ms; time < 5000ms; time += 10ms) {
    ASSERT_EQ(typist.look(at(time), shows({"text", std::to_string(time.count())}), true).write, "");
  }
  EXPECT_EQ(typist.look(at(5001ms), shows({"text", "x"}), true).write, "\r");
}

TEST(Typist, TypedKeysThatWouldActAreTakenOut) {
  EXPECT_EQ(Typist("a\x03"
                   "b\x1b[A",
                   false)
                .begin(0, shows({""}))
                .write,
            "ab[A");
}

}  // namespace
}  // namespace paddock::session
