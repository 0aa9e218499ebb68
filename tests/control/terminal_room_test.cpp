// Who types and who looks.
#include "control/terminal_room.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace paddock::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A guest that remembers how often it was woken.
struct Guest : TerminalGuest {
  explicit Guest(bool writes = true) {
    may_write = writes;
    wake = [this] { ++woken; };
  }
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& note : notes) out.push_back(boost::json::serialize(note));
    return out;
  }
  int woken = 0;
};

constexpr const char* kWrites = R"({"type":"writer","writer":true})";
constexpr const char* kLooks = R"({"type":"writer","writer":false})";

TEST(TerminalRoom, TheFirstWhoMayWriteWrites) {
  TerminalRoom room;
  Guest viewer(false), first, second;
  room.enter(viewer, false);
  room.enter(first, false);
  room.enter(second, false);
  EXPECT_FALSE(room.is_writer(viewer));
  EXPECT_TRUE(room.is_writer(first));
  EXPECT_FALSE(room.is_writer(second));
  EXPECT_THAT(second.told(), IsEmpty());
}

TEST(TerminalRoom, WhoTakesOverWritesAndTheOtherIsTold) {
  TerminalRoom room;
  Guest first, second;
  room.enter(first, false);
  room.enter(second, true);
  EXPECT_TRUE(room.is_writer(second));
  EXPECT_THAT(first.told(), ElementsAre(kWrites, kLooks));
  EXPECT_EQ(first.woken, 2);
  room.take(first);
  EXPECT_TRUE(room.is_writer(first));
  EXPECT_THAT(second.told(), ElementsAre(kWrites, kLooks));
}

TEST(TerminalRoom, WhoMayNotWriteNeverDoes) {
  TerminalRoom room;
  Guest viewer(false);
  room.enter(viewer, true);
  room.take(viewer);
  EXPECT_FALSE(room.is_writer(viewer));
}

TEST(TerminalRoom, TheOldestInheritsWhenTheWriterLeaves) {
  TerminalRoom room;
  Guest viewer(false), second, third;
  {
    Guest first;
    room.enter(first, false);
    room.enter(viewer, false);
    room.enter(second, false);
    room.enter(third, false);
    room.leave(first);
  }
  EXPECT_TRUE(room.is_writer(second));
  EXPECT_THAT(second.told(), ElementsAre(kWrites));
  EXPECT_THAT(third.told(), IsEmpty());
  room.leave(second);
  room.leave(third);
  EXPECT_FALSE(room.is_writer(viewer));
  EXPECT_EQ(room.size(), 1U);
}

TEST(TerminalRoom, ANewSizeIsToldToEverybodyElse) {
  TerminalRoom room;
  Guest first, second;
  room.enter(first, false);
  room.enter(second, false);
  first.notes.clear();
  room.resized(&first, 30, 100);
  EXPECT_THAT(first.told(), IsEmpty());
  EXPECT_THAT(second.told(), ElementsAre(R"({"type":"resize","rows":30,"cols":100})"));
  room.resized(nullptr, 24, 80);
  EXPECT_EQ(first.notes.size(), 1U);
}

}  // namespace
}  // namespace paddock::control
