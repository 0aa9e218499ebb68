// Prompts wait for idle, one at a time, in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "control/send_queue.hpp"

namespace paddock::control {
namespace {

using session::Record;
using session::State;
using ::testing::SizeIs;

store::Action prompt(std::string text) {
  store::Action action;
  action.id = base::ActionId::make();
  action.body["text"] = text;
  return action;
}

Record at(State state, std::uint64_t version) {
  Record record;
  record.state = state;
  record.state_version = version;
  return record;
}

std::string text_of(const std::optional<store::Action>& action) {
  return action ? std::string(action->body.at("text").get_string()) : "nothing";
}

void put(SendQueue& queue, std::string text, bool first = false) {
  store::Action action = prompt(std::move(text));
  const base::ActionId id = action.id;
  ASSERT_TRUE(queue.push(std::move(action), first));
  queue.ready(id);
}

TEST(SendQueue, WaitsWhileTheAgentWorks) {
  SendQueue queue;
  put(queue, "one");

  EXPECT_EQ(text_of(queue.next(at(State::working, 3))), "nothing");
  EXPECT_EQ(text_of(queue.next(at(State::idle, 4))), "one");
}

TEST(SendQueue, SendsOnlyWhatIsOnDisk) {
  SendQueue queue;
  store::Action action = prompt("one");
  ASSERT_TRUE(queue.push(action));
  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "nothing");

  queue.ready(action.id);
  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "one");
}

TEST(SendQueue, ForgetsWhatDidNotReachTheDisk) {
  SendQueue queue;
  store::Action action = prompt("one");
  ASSERT_TRUE(queue.push(action));
  queue.remove(action.id);

  EXPECT_EQ(queue.size(), 0U);
}

TEST(SendQueue, SendsOneForEachIdle) {
  SendQueue queue;
  put(queue, "one");
  put(queue, "two");
  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "one");
  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "nothing");
  queue.delivered(1);

  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "nothing") << "the idle before it was taken";
  EXPECT_EQ(text_of(queue.next(at(State::idle, 3))), "two");
}

TEST(SendQueue, PutsAnInterruptingPromptFirst) {
  SendQueue queue;
  put(queue, "one");
  put(queue, "now", true);

  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "now");
}

TEST(SendQueue, KeepsWhatCouldNotBeTakenForTheNextIdle) {
  SendQueue queue;
  put(queue, "one");
  put(queue, "two");
  (void)queue.next(at(State::idle, 1));
  queue.refused(true, 1);

  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "nothing");
  EXPECT_EQ(text_of(queue.next(at(State::idle, 3))), "one");
}

TEST(SendQueue, GoesOnAfterARefusal) {
  SendQueue queue;
  put(queue, "one");
  put(queue, "two");
  (void)queue.next(at(State::idle, 1));
  queue.refused(false, 1);

  EXPECT_EQ(text_of(queue.next(at(State::idle, 1))), "two");
}

TEST(SendQueue, IsBounded) {
  SendQueue queue;
  for (std::size_t i = 0; i < base::limits::queued_prompts; ++i) put(queue, "x");

  EXPECT_EQ(queue.push(prompt("one more")).error().code, base::Errc::too_many);
}

TEST(SendQueue, GivesBackWhatIsLeft) {
  SendQueue queue;
  put(queue, "one");
  put(queue, "two");

  EXPECT_THAT(queue.drain(), SizeIs(2));
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace paddock::control
