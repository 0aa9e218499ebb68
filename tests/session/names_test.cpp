// The contract's words, both ways.
#include <gtest/gtest.h>

#include "session/record.hpp"

namespace paddock::session {
namespace {

TEST(Names, OfStatesAreThoseOfTheContract) {
  EXPECT_EQ(name(State::starting), "starting");
  EXPECT_EQ(name(State::exited), "exited");
  EXPECT_EQ(name(BlockedOn::login), "login");
  EXPECT_EQ(name(StateSource::timeout), "timeout");
  EXPECT_EQ(name(ExitReason::out_of_memory), "out_of_memory");
  EXPECT_EQ(name(Mode::interactive), "interactive");
}

TEST(Names, AreReadBackExactly) {
  for (int i = 0; i <= int(ExitReason::start_failed); ++i) {
    EXPECT_EQ(exit_reason_of(name(ExitReason(i))), ExitReason(i));
  }
  for (int i = 0; i <= int(State::exited); ++i) EXPECT_EQ(state_of(name(State(i))), State(i));
  for (int i = 0; i <= int(BlockedOn::limit); ++i) EXPECT_EQ(blocked_on_of(name(BlockedOn(i))), BlockedOn(i));
  for (int i = 0; i <= int(StateSource::timeout); ++i) EXPECT_EQ(state_source_of(name(StateSource(i))), StateSource(i));
  for (int i = 0; i <= int(Mode::observed); ++i) EXPECT_EQ(mode_of(name(Mode(i))), Mode(i));
}

TEST(Names, OfNothingKnownGiveNothing) {
  EXPECT_EQ(state_of("Working"), std::nullopt);
  EXPECT_EQ(exit_reason_of(""), std::nullopt);
  EXPECT_EQ(mode_of("pty"), std::nullopt);
}

}  // namespace
}  // namespace paddock::session
