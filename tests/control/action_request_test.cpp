// Reading actions and judging whether they may happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "control/action_request.hpp"

namespace paddock::control {
namespace {

namespace json = boost::json;
using base::Errc;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

base::Result<ActionRequest> read(std::string_view text) { return action_from_json(json::parse(text)); }

std::vector<std::string> wrong_places(std::string_view text) {
  std::vector<std::string> places;
  const auto request = read(text);
  if (request) return places;
  EXPECT_EQ(request.error().code, Errc::invalid_request);
  for (const base::FieldError& error : request.error().errors) places.push_back(error.pointer);
  return places;
}

session::Record record(session::State state) {
  session::Record record;
  record.id = base::SessionId::make();
  record.runtime = base::RuntimeId::make();
  record.state = state;
  record.state_version = 7;
  record.updated_at = base::WallTime(std::chrono::milliseconds(1'000'000));
  return record;
}

base::WallTime later(int ms) { return base::WallTime(std::chrono::milliseconds(1'000'000 + ms)); }

base::Result<> permit(std::string_view text, const session::Record& record, bool confirmed = true, int age_ms = 0) {
  const auto request = read(text);
  EXPECT_TRUE(request) << request.error().detail;
  return permit_action(*request, record, later(age_ms), confirmed);
}

TEST(ActionRequest, ReadsAPromptForNow) {
  const auto request = read(R"({"type": "send", "text": "go on"})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->verb, Verb::send);
  EXPECT_EQ(request->when, When::now);
  EXPECT_EQ(request->body.at("text"), "go on");
}

TEST(ActionRequest, ReadsWhatTheCallerLastSaw) {
  const auto request =
      read(R"({"type": "stop", "expect": {"runtime_id": "run_1", "state_version": 7, "max_age_ms": 5000}})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->expect, (Expect{"run_1", 7, 5000}));
}

TEST(ActionRequest, TurnsPlainAnswersIntoLists) {
  const auto request = read(R"({"type": "answer", "ref": "q1", "answers": ["yes", ["a", "b"]]})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->body.at("answers"), json::parse(R"([["yes"], ["a", "b"]])"));
}

TEST(ActionRequest, ReadsSizesAsBytesOrAsPeopleWriteThem) {
  const auto request = read(R"({"type": "set", "limits": {"memory_max_bytes": "64MiB", "pids_max": 32}})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->limits.memory_max, base::mib(64));
  EXPECT_EQ(request->limits.pids_max, 32U);
}

TEST(ActionRequest, SaysThatItMustBeAnObject) { EXPECT_THAT(wrong_places("[1]"), ElementsAre("")); }
TEST(ActionRequest, NeedsAType) { EXPECT_THAT(wrong_places("{}"), ElementsAre("/type")); }
TEST(ActionRequest, NamesAnUnknownType) {
  EXPECT_THAT(wrong_places(R"({"type": "dance"})"), ElementsAre("/type"));
  EXPECT_THAT(read(R"({"type": "dance"})").error().detail, HasSubstr("'dance'"));
}
TEST(ActionRequest, NamesEveryUnknownField) {
  EXPECT_THAT(wrong_places(R"({"type": "stop", "foo": 1, "bar": 2, "expect": {"baz": 3}})"),
              ElementsAre("/expect/baz", "/foo", "/bar"));
}
TEST(ActionRequest, RefusesFieldsOfOtherTypes) {
  EXPECT_THAT(wrong_places(R"({"type": "stop", "text": "bye"})"), ElementsAre("/text"));
}
TEST(ActionRequest, NeedsATextToSend) { EXPECT_THAT(wrong_places(R"({"type": "send"})"), ElementsAre("/text")); }
TEST(ActionRequest, RefusesAWrongWhen) {
  EXPECT_THAT(wrong_places(R"({"type": "send", "text": "x", "when": "later"})"), ElementsAre("/when"));
}
TEST(ActionRequest, NeedsTheApprovalToApprove) {
  EXPECT_THAT(wrong_places(R"({"type": "approve"})"), ElementsAre("/ref"));
}
TEST(ActionRequest, NeedsAnswersToAnswer) {
  EXPECT_THAT(wrong_places(R"({"type": "answer", "ref": "q"})"), ElementsAre("/answers"));
  EXPECT_THAT(wrong_places(R"({"type": "answer", "ref": "q", "answers": [1]})"), ElementsAre("/answers"));
}
TEST(ActionRequest, NeedsSomethingToSet) { EXPECT_THAT(wrong_places(R"({"type": "set"})"), ElementsAre("/type")); }
TEST(ActionRequest, RefusesAModeThatNobodyCanStart) {
  EXPECT_THAT(wrong_places(R"({"type": "set", "mode": "observed"})"), ElementsAre("/mode"));
  EXPECT_THAT(wrong_places(R"({"type": "set", "mode": "quick"})"), ElementsAre("/mode"));
}
TEST(ActionRequest, RefusesWrongTypesOfExpect) {
  EXPECT_THAT(wrong_places(R"({"type": "stop", "expect": {"state_version": "7", "max_age_ms": -1}})"),
              ElementsAre("/expect/state_version", "/expect/max_age_ms"));
}
TEST(ActionRequest, EscapesPointers) {
  EXPECT_THAT(wrong_places(R"({"type": "stop", "a/b~c": 1})"), ElementsAre("/a~1b~0c"));
}

TEST(PermitAction, LetsAPromptIntoAnIdleSession) {
  EXPECT_TRUE(permit(R"({"type": "send", "text": "x"})", record(session::State::idle)));
}

TEST(PermitAction, IsBusyWhileTheAgentWorks) {
  EXPECT_EQ(permit(R"({"type": "send", "text": "x"})", record(session::State::working)).error().code, Errc::busy);
}

TEST(PermitAction, IsBusyWhileTheAgentWaitsForAPerson) {
  EXPECT_EQ(permit(R"({"type": "send", "text": "x"})", record(session::State::blocked)).error().code, Errc::busy);
}

TEST(PermitAction, LetsAPromptIntoASessionWhoseAdapterFailed) {
  EXPECT_TRUE(permit(R"({"type": "send", "text": "x"})", record(session::State::unknown)));
}

TEST(PermitAction, QueuesAPromptInAnyLivingState) {
  EXPECT_TRUE(permit(R"({"type": "send", "text": "x", "when": "idle"})", record(session::State::working)));
}

TEST(PermitAction, RefusesEverythingAfterTheEnd) {
  EXPECT_EQ(permit(R"({"type": "kill"})", record(session::State::exited)).error().code, Errc::wrong_state);
}

TEST(PermitAction, RefusesAnotherRuntime) {
  const auto refused = permit(R"({"type": "stop", "expect": {"runtime_id": "run_X"}})", record(session::State::idle));

  EXPECT_EQ(refused.error().code, Errc::stale_runtime);
}

TEST(PermitAction, RefusesAnotherStateVersion) {
  EXPECT_TRUE(permit(R"({"type": "stop", "expect": {"state_version": 7}})", record(session::State::idle)));
  EXPECT_EQ(permit(R"({"type": "stop", "expect": {"state_version": 6}})", record(session::State::idle)).error().code,
            Errc::stale_state);
}

TEST(PermitAction, RefusesAnOldStateThatNobodyConfirms) {
  const std::string_view stop = R"({"type": "stop", "expect": {"max_age_ms": 500}})";

  EXPECT_TRUE(permit(stop, record(session::State::idle), false, 500));
  EXPECT_EQ(permit(stop, record(session::State::idle), false, 501).error().code, Errc::stale_snapshot);
  EXPECT_TRUE(permit(stop, record(session::State::idle), true, 501));
}

TEST(PermitAction, CannotConfirmAnUnknownState) {
  const std::string_view stop = R"({"type": "stop", "expect": {"max_age_ms": 500}})";

  EXPECT_EQ(permit(stop, record(session::State::unknown), true, 501).error().code, Errc::stale_snapshot);
}

TEST(PermitAction, RefusesAnApprovalThatIsNotOpen) {
  EXPECT_EQ(permit(R"({"type": "approve", "ref": "a1"})", record(session::State::blocked)).error().code,
            Errc::approval_closed);
}

TEST(PermitAction, LetsAnOpenApprovalBeAnswered) {
  session::Record waiting = record(session::State::blocked);
  waiting.approvals.push_back({"a1", false, 3, {}, {}});

  EXPECT_TRUE(permit(R"({"type": "approve", "ref": "a1"})", waiting));
  EXPECT_TRUE(permit(R"({"type": "deny", "ref": "a1"})", waiting));
  EXPECT_EQ(permit(R"({"type": "answer", "ref": "a1", "answers": ["x"]})", waiting).error().code, Errc::wrong_state);
}

TEST(PermitAction, WantsAnAnswerForAQuestion) {
  session::Record waiting = record(session::State::blocked);
  waiting.approvals.push_back({"q1", true, 3, {}, {}});

  EXPECT_TRUE(permit(R"({"type": "answer", "ref": "q1", "answers": ["x"]})", waiting));
  EXPECT_EQ(permit(R"({"type": "approve", "ref": "q1"})", waiting).error().code, Errc::wrong_state);
}

TEST(PermitAction, HasNoTerminalForAHeadlessSession) {
  for (const char* rest :
       {R"("resize", "rows": 24, "cols": 80)", R"("keys", "keys": ["Enter"])", R"("attach")", R"("view_output")"}) {
    const std::string body = std::string(R"({"type": )") + rest + "}";
    EXPECT_EQ(permit(body, record(session::State::idle)).error().code, Errc::unsupported) << rest;
  }
}

TEST(ActionRequest, ResizesToAPossibleSizeOnly) {
  const auto read = action_from_json(json::parse(R"({"type": "resize", "rows": 30, "cols": 100})"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body, (json::object{{"rows", 30U}, {"cols", 100U}}));
  for (const char* wrong :
       {R"({"type": "resize"})", R"({"type": "resize", "rows": 0, "cols": 80})",
        R"({"type": "resize", "rows": 24, "cols": 501})", R"({"type": "resize", "rows": "many", "cols": 80})"}) {
    EXPECT_FALSE(action_from_json(json::parse(wrong))) << wrong;
  }
}

TEST(ActionRequest, PressesKeysThatHaveANameOnly) {
  EXPECT_TRUE(action_from_json(json::parse(R"({"type": "keys", "keys": ["Ctrl-C", "Enter"]})")));
  for (const char* wrong :
       {R"({"type": "keys"})", R"({"type": "keys", "keys": []})", R"({"type": "keys", "keys": "Enter"})",
        R"({"type": "keys", "keys": ["hello"]})", R"({"type": "keys", "keys": [13]})"}) {
    EXPECT_FALSE(action_from_json(json::parse(wrong))) << wrong;
  }
}

}  // namespace
}  // namespace paddock::control
