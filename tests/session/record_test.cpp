// How a session's record follows its events.
#include "session/record.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace paddock::session {
namespace {
namespace json = boost::json;
using event::Channel;
using event::Event;
using event::Kind;

class Applied : public testing::Test {
 protected:
  Applied() {
    record_.id = base::SessionId::make();
    record_.runtime = base::RuntimeId::make();
  }

  Event make(Kind kind, std::string_view data, std::string ref = {}, Channel channel = Channel::out) {
    Event event;
    event.number = ++number_;
    event.time = base::WallTime(std::chrono::milliseconds(1'000'000 + number_));
    event.session = record_.id;
    event.runtime = record_.runtime;
    event.kind = kind;
    event.ref = std::move(ref);
    event.source.channel = channel;
    event.data = json::parse(std::string(data)).as_object();
    return event;
  }
  void say(Kind kind, std::string_view data, std::string ref = {}, Channel channel = Channel::out) {
    apply(record_, make(kind, data, std::move(ref), channel));
  }

  Record record_;
  std::uint64_t number_ = 0;
};

TEST_F(Applied, AStateEventSetsStateVersionSourceAndTime) {
  say(Kind::state, R"({"state":"blocked","blocked_on":"approval","version":7,"pid":42})", "", Channel::hook);

  EXPECT_EQ(record_.state, State::blocked);
  EXPECT_EQ(record_.blocked_on, BlockedOn::approval);
  EXPECT_EQ(record_.state_version, 7U);
  EXPECT_EQ(record_.state_source, StateSource::hook);
  EXPECT_EQ(record_.state_since, base::WallTime(std::chrono::milliseconds(1'000'001)));
  EXPECT_EQ(record_.pid, 42);
}

TEST_F(Applied, LeavingBlockedForgetsWhatItWasBlockedOn) {
  say(Kind::state, R"({"state":"blocked","blocked_on":"approval","version":2})");
  say(Kind::state, R"({"state":"working","version":3})");

  EXPECT_EQ(record_.blocked_on, BlockedOn::none);
}

TEST_F(Applied, AnEventSeenBeforeChangesNothing) {
  const Event first = make(Kind::state, R"({"state":"idle","version":2})");
  apply(record_, first);
  say(Kind::state, R"({"state":"working","version":3})");
  const Record before = record_;

  apply(record_, first);

  EXPECT_EQ(record_, before);
}

TEST_F(Applied, AnEventOfAnotherRuntimeChangesNothing) {
  Event strange = make(Kind::state, R"({"state":"idle","version":2})");
  strange.runtime = base::RuntimeId::make();
  const Record before = record_;

  apply(record_, strange);

  EXPECT_EQ(record_, before);
}

TEST_F(Applied, AStateThatIsNotKnownIsLeftAlone) {
  say(Kind::state, R"({"state":"dreaming","version":9})");
  EXPECT_EQ(record_.state, State::starting);
  EXPECT_EQ(record_.state_version, 1U);
}

TEST_F(Applied, ApprovalsStayOpenUntilResolved) {
  say(Kind::approval_request, R"({"tool":"Bash"})", "a");
  say(Kind::question, R"({"text":"which?"})", "q");
  say(Kind::approval_resolved, R"({"decision":"allow","by":"host"})", "a");

  ASSERT_EQ(record_.approvals.size(), 1U);
  EXPECT_EQ(record_.approvals.front().ref, "q");
  EXPECT_TRUE(record_.approvals.front().question);
  EXPECT_EQ(record_.approvals.front().number, 2U);
}

TEST_F(Applied, ARepeatedRequestWithOneRefIsOneApproval) {
  say(Kind::approval_request, R"({"tool":"Bash"})", "a");
  say(Kind::approval_request, R"({"tool":"Write"})", "a");

  ASSERT_EQ(record_.approvals.size(), 1U);
  EXPECT_EQ(record_.approvals.front().data.at("tool").as_string(), "Write");
}

TEST_F(Applied, UsageIsTakenAsTheAgentToldIt) {
  say(Kind::usage, R"({"input_tokens":10,"cost_micros":1500,"turns":1})");
  say(Kind::usage, R"({"input_tokens":25,"output_tokens":5})");

  EXPECT_EQ(record_.usage.input_tokens, 25U);
  EXPECT_EQ(record_.usage.output_tokens, 5U);
  EXPECT_EQ(record_.usage.cost_micros, 1500);
  EXPECT_EQ(record_.usage.turns, 1U);
  EXPECT_EQ(record_.usage.cache_read_tokens, std::nullopt);
}

TEST_F(Applied, TheResultIsTheLastAnswer) {
  say(Kind::turn, R"({"phase":"end","outcome":"finished","text":"first"})");
  EXPECT_EQ(record_.result, "first");
  say(Kind::turn, R"({"phase":"begin","text":"no result"})");
  EXPECT_EQ(record_.result, "first");
  say(Kind::outcome, R"({"result":"success","text":"last"})");
  EXPECT_EQ(record_.result, "last");
}

TEST_F(Applied, TheSessionSaysWhichModelAndAgentSession) {
  say(Kind::session, R"({"agent_session_id":"abc","model":"m-1"})");
  say(Kind::session, R"({"model":"m-2"})");
  EXPECT_EQ(record_.agent_session_id, "abc");
  EXPECT_EQ(record_.model, "m-2");
}

TEST_F(Applied, TheEndClosesEverythingThatWasOpen) {
  say(Kind::state, R"({"state":"working","version":2,"pid":7})");
  say(Kind::approval_request, R"({"tool":"Bash"})", "a");
  say(Kind::state,
      R"({"state":"exited","version":3,"exit":{"code":3,"reason":"agent_error","detail":"exit status 3"},
          "resources":{"memory_peak_bytes":1000}})");

  EXPECT_EQ(record_.state, State::exited);
  ASSERT_TRUE(record_.exit);
  EXPECT_EQ(record_.exit->code, 3);
  EXPECT_EQ(record_.exit->signal, std::nullopt);
  EXPECT_EQ(record_.exit->reason, ExitReason::agent_error);
  EXPECT_TRUE(record_.approvals.empty());
  EXPECT_TRUE(record_.ended_at);
  EXPECT_EQ(record_.pid, std::nullopt);
  EXPECT_EQ(record_.resources.at("memory_peak_bytes").to_number<int>(), 1000);
}

TEST_F(Applied, OnlyTheHostCanSayThatTheAdapterFailed) {
  say(Kind::error, R"({"code":"adapter_failed"})", "", Channel::out);
  EXPECT_FALSE(record_.opaque);
  say(Kind::error, R"({"code":"adapter_failed"})", "", Channel::host);
  EXPECT_TRUE(record_.opaque);
}

TEST_F(Applied, EventsWithNonsenseInsideChangeNothingButTheNumber) {
  say(Kind::usage, R"({"input_tokens":"many","turns":-4})");
  say(Kind::session, R"({"model":17})");
  say(Kind::state, R"({"state":12})");
  say(Kind::outcome, R"({"text":{}})");

  EXPECT_EQ(record_.usage, Usage());
  EXPECT_EQ(record_.state, State::starting);
  EXPECT_EQ(record_.last_number, 4U);
}

}  // namespace
}  // namespace paddock::session
