// Each event once and in order, and last words for a session nobody can ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/intake.hpp"

namespace paddock::control {
namespace {

using base::Errc;
using event::Event;
using session::Record;
using session::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const base::WallTime kNow{std::chrono::milliseconds(5000)};

class IntakeOf : public ::testing::Test {
 protected:
  IntakeOf() {
    record.id = base::SessionId::make();
    record.runtime = base::RuntimeId::make();
  }

  Event make(std::uint64_t number, std::string_view state = {}) const {
    Event event;
    event.number = number;
    event.session = record.id;
    event.runtime = record.runtime;
    event.kind = state.empty() ? event::Kind::message : event::Kind::state;
    if (!state.empty()) event.data = {{"state", state}, {"version", number}};
    return event;
  }

  Record record;
};

std::vector<std::uint64_t> numbers(const base::Result<std::vector<Event>>& events) {
  std::vector<std::uint64_t> found;
  for (const Event& event : events.value()) found.push_back(event.number);
  return found;
}

TEST_F(IntakeOf, ASessionTakesEventsInOrder) {
  Intake intake(record);

  EXPECT_THAT(numbers(intake.take({make(1, "starting"), make(2, "idle")}, kNow)), ElementsAre(1, 2));
  EXPECT_EQ(intake.staged().state, State::idle);
  EXPECT_EQ(intake.staged().last_number, 2U);
}

TEST_F(IntakeOf, ASessionDropsRepeatedEvents) {
  Intake intake(record);
  (void)intake.take({make(1), make(2)}, kNow);

  EXPECT_THAT(numbers(intake.take({make(1), make(2), make(3)}, kNow)), ElementsAre(3));
  EXPECT_THAT(numbers(intake.take({make(3)}, kNow)), IsEmpty());
}

TEST_F(IntakeOf, ASessionRefusesAHoleAndTakesNothing) {
  Intake intake(record);

  EXPECT_EQ(intake.take({make(1, "idle"), make(3)}, kNow).error().code, Errc::corrupt);
  EXPECT_EQ(intake.staged(), record);
}

TEST_F(IntakeOf, ASessionRefusesEventsOfAnother) {
  Intake intake(record);
  Event other = make(1);
  other.session = base::SessionId::make();
  EXPECT_FALSE(intake.take({other}, kNow));
  Event older = make(1);
  older.runtime = base::RuntimeId::make();
  EXPECT_FALSE(intake.take({older}, kNow));
}

TEST_F(IntakeOf, ASessionStampsWhenTheyCame) {
  Intake intake(record);

  EXPECT_EQ(intake.take({make(1)}, kNow)->front().observed_at, kNow);
}

TEST_F(IntakeOf, ASessionGoesBackToWhatIsOnDisk) {
  Intake intake(record);
  (void)intake.take({make(1), make(2)}, kNow);
  intake.rewind(record);

  EXPECT_THAT(numbers(intake.take({make(1)}, kNow)), ElementsAre(1));
}

TEST_F(IntakeOf, LastWordsEndTheSession) {
  record.last_number = 4;
  record.state_version = 3;
  const auto words = last_words(record, session::ExitReason::lost, "its runner is gone", kNow);

  ASSERT_THAT(words, SizeIs(2));
  Intake intake(record);
  ASSERT_THAT(numbers(intake.take(words, kNow)), ElementsAre(5, 6));
  EXPECT_EQ(intake.staged().state, State::exited);
  EXPECT_EQ(intake.staged().exit->reason, session::ExitReason::lost);
  EXPECT_EQ(intake.staged().exit->detail, "its runner is gone");
}

TEST_F(IntakeOf, LastWordsAreNotSpokenTwice) {
  record.state = State::exited;

  EXPECT_THAT(last_words(record, session::ExitReason::lost, "", kNow), IsEmpty());
}

}  // namespace
}  // namespace paddock::control
