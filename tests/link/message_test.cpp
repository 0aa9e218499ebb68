// Every message survives the way to the other side.
#include "link/message.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "link/frame.hpp"

namespace paddock::link {
namespace {
namespace json = boost::json;

json::object through(const base::Result<std::string>& frame) {
  FrameReader reader;
  reader.feed(*frame);
  return **reader.next();
}

template <class Message>
Message to_runner_and_back(Message message) {
  auto back = to_runner(through(encode(ToRunner(std::move(message)))));
  EXPECT_TRUE(back) << back.error().detail;
  return std::get<Message>(*back);
}

template <class Message>
Message from_runner_and_back(Message message) {
  auto back = from_runner(through(encode(FromRunner(std::move(message)))));
  EXPECT_TRUE(back) << back.error().detail;
  return std::get<Message>(*back);
}

event::Event some_event(std::uint64_t number) {
  event::Event event;
  event.number = number;
  event.session = base::SessionId::make();
  event.runtime = base::RuntimeId::make();
  event.kind = event::Kind::message;
  event.ref = "m1";
  event.source = {event::Channel::out, 3, 9};
  event.data = json::parse(R"({"text":"hé"})").as_object();
  return event;
}

TEST(Messages, LaunchComesBack) {
  Launch message;
  message.launch.session = base::SessionId::make();
  message.launch.runtime = base::RuntimeId::make();
  message.launch.session_dir = "/s";
  message.launch.adapter_file = "/a.so";
  message.launch.secrets = {{"K", "v"}};
  const auto back = to_runner_and_back(message);
  EXPECT_EQ(session::to_json(back.launch), session::to_json(message.launch));
}

TEST(Messages, ALookAndItsScreenComeBack) {
  const auto look = to_runner_and_back(Look{7, 20, true, true});
  EXPECT_EQ(look.look, 7U);
  EXPECT_EQ(look.scrollback, 20U);
  EXPECT_TRUE(look.paint);
  EXPECT_TRUE(look.explain);
  const Screen screen{7, {{"rows", 24}}, {{"state", "idle"}}, "\x1b[2J\xc3\xbc", 99};
  const auto back = from_runner_and_back(screen);
  EXPECT_EQ(back.look, 7U);
  EXPECT_EQ(back.screen, screen.screen);
  EXPECT_EQ(back.paint, screen.paint);
  EXPECT_EQ(back.rules, screen.rules);
  EXPECT_EQ(back.offset, 99U);
}

TEST(Messages, HelloAndAckComeBack) {
  const Hello hello{version, base::SessionId::make(), 77};
  const auto back = to_runner_and_back(hello);
  EXPECT_EQ(back.session, hello.session);
  EXPECT_EQ(back.after, 77U);
  EXPECT_EQ(to_runner_and_back(Ack{5}).number, 5U);
  (void)to_runner_and_back(Bye{});
}

TEST(Messages, ACommandComesBackWithAndWithoutAnAction) {
  Command command{base::ActionId::make(), "answer", "r1", json::parse(R"({"decision":"deny"})").as_object(), "budget"};
  auto back = to_runner_and_back(command);
  EXPECT_EQ(back.action, command.action);
  EXPECT_EQ(back.type, "answer");
  EXPECT_EQ(back.ref, "r1");
  EXPECT_EQ(back.body, command.body);
  EXPECT_EQ(back.caused_by, "budget");
  command.action.reset();
  EXPECT_FALSE(to_runner_and_back(command).action);
}

TEST(Messages, LimitsComeBack) {
  Limits limits;
  limits.resources.memory_max = base::mib(7);
  EXPECT_EQ(to_runner_and_back(limits).resources, limits.resources);
}

TEST(Messages, ReadyComesBack) {
  Ready ready{version, base::SessionId::make(), base::RuntimeId::make(), 12, 34, 56, 78};
  const auto back = from_runner_and_back(ready);
  EXPECT_EQ(back.session, ready.session);
  EXPECT_EQ(back.runtime, ready.runtime);
  EXPECT_EQ(back.runner_pid, 12);
  EXPECT_EQ(back.runner_start_time, 34U);
  EXPECT_EQ(back.agent_pid, 56);
  EXPECT_EQ(back.last_number, 78U);
  ready.session = {};
  ready.agent_pid.reset();
  EXPECT_FALSE(from_runner_and_back(ready).agent_pid);
}

TEST(Messages, StartedRefusedAndClosedComeBack) {
  EXPECT_EQ(from_runner_and_back(Started{9}).pid, 9);
  const Refused refused{{base::Errc::agent_not_found, "'x' is not there", {{"/args", "no"}}}};
  EXPECT_EQ(from_runner_and_back(refused).error, refused.error);
  (void)from_runner_and_back(Closed{});
}

TEST(Messages, EveryErrorCodeSurvivesARefusal) {
  for (auto code = base::Errc::internal; code <= base::Errc::lost; code = base::Errc(std::uint16_t(code) + 1)) {
    EXPECT_EQ(from_runner_and_back(Refused{{code, "x", {}}}).error.code, code);
  }
}

TEST(Messages, EventsComeBackInOrder) {
  const Events events{{some_event(1), some_event(2)}};
  EXPECT_EQ(from_runner_and_back(events).items, events.items);
}

TEST(Messages, EventsFromTheirTextsAreTheSameMessage) {
  const event::Event one = some_event(1);
  const std::string text = json::serialize(event::to_json(one, {}));
  const auto back = from_runner(through(encode_events({text, text})));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::get<Events>(*back).items, (std::vector{one, one}));
}

TEST(Messages, AResultComesBack) {
  const Result result{base::ActionId::make(), "rejected", "busy", "it works", {4, 5}};
  const auto back = from_runner_and_back(result);
  EXPECT_EQ(back.action, result.action);
  EXPECT_EQ(back.state, "rejected");
  EXPECT_EQ(back.code, "busy");
  EXPECT_EQ(back.detail, "it works");
  EXPECT_EQ(back.numbers, result.numbers);
}

TEST(Messages, OfAnUnknownTypeAreToldApartFromBrokenOnes) {
  EXPECT_EQ(to_runner({{"type", "dance"}}).error().code, base::Errc::unsupported);
  EXPECT_EQ(from_runner({{"type", "dance"}}).error().code, base::Errc::unsupported);
  EXPECT_EQ(to_runner({{"type", "ack"}, {"number", "x"}}).error().code, base::Errc::corrupt);
  EXPECT_EQ(from_runner({{"type", "events"}}).error().code, base::Errc::corrupt);
  EXPECT_EQ(from_runner({{"type", "events"}, {"items", {1, 2}}}).error().code, base::Errc::corrupt);
  EXPECT_EQ(to_runner({{"type", "launch"}}).error().code, base::Errc::corrupt);
}

}  // namespace
}  // namespace paddock::link
