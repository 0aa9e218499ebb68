// Events wait until they are acknowledged.
#include "runner/outbox.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace paddock::runner {
namespace {

Outbox with(std::uint64_t count) {
  Outbox box;
  for (std::uint64_t i = 1; i <= count; ++i) box.push(i, std::to_string(i));
  return box;
}

TEST(Outbox, HoldsEventsUntilTheyAreAcknowledged) {
  Outbox box = with(5);
  box.ack(2);
  EXPECT_EQ(box.first(), 3U);
  EXPECT_EQ(box.after(2, 1000), (std::vector<std::string_view>{"3", "4", "5"}));
  box.ack(5);
  EXPECT_EQ(box.first(), 6U);
  EXPECT_TRUE(box.after(5, 1000).empty());
}

TEST(Outbox, TakesAnAcknowledgementOfTheFutureAsTheNewest) {
  Outbox box = with(3);
  box.ack(99);
  EXPECT_EQ(box.acked(), 3U);
  box.push(4, "4");
  EXPECT_EQ(box.after(3, 1000).size(), 1U);
}

TEST(Outbox, NeverGoesBackWithAnOldAcknowledgement) {
  Outbox box = with(3);
  box.ack(2);
  box.ack(1);
  EXPECT_EQ(box.acked(), 2U);
}

TEST(Outbox, GivesPiecesThatAreNotTooLargeButAtLeastOneEvent) {
  Outbox box;
  box.push(1, std::string(100, 'a'));
  box.push(2, std::string(100, 'b'));
  EXPECT_EQ(box.after(0, 10).size(), 1U);
  EXPECT_EQ(box.after(0, 150).size(), 1U);
  EXPECT_EQ(box.after(0, 200).size(), 2U);
}

TEST(Outbox, IsFullByNumberOrByBytes) {
  EXPECT_FALSE(with(base::limits::unacked_events - 1).full());
  EXPECT_TRUE(with(base::limits::unacked_events).full());
  Outbox heavy;
  heavy.push(1, std::string(base::limits::unacked_bytes, 'x'));
  EXPECT_TRUE(heavy.full());
}

TEST(Outbox, ShedsTheOldestOnly) {
  Outbox box = with(base::limits::unacked_events + 10);
  box.shed();
  EXPECT_FALSE(box.full());
  EXPECT_EQ(box.last(), base::limits::unacked_events + 10);
  EXPECT_EQ(box.first(), 12U);
}

}  // namespace
}  // namespace paddock::runner
