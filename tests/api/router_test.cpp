// Paths lead to operations, and what does not fit is named.
#include "api/router.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/message.hpp"
#include "api/parameters.hpp"
#include "api/watch_stream.hpp"

namespace paddock::api {
namespace {

Request asking(std::vector<std::pair<std::string, std::string>> query) {
  Request request;
  request.query = std::move(query);
  return request;
}

TEST(Router, FindsAnOperationAndWhatStoodForItsPlaces) {
  const Match found = match(Method::get, "/v1/sessions/ses_1/events");
  ASSERT_NE(found.operation, nullptr);
  EXPECT_EQ(found.operation->id, "listSessionEvents");
  EXPECT_THAT(found.values, testing::ElementsAre("ses_1"));
}

TEST(Router, SamePathOtherMethodIsAnotherOperation) {
  EXPECT_EQ(match(Method::post, "/v1/sessions").operation->id, "startSession");
  EXPECT_EQ(match(Method::get, "/v1/sessions").operation->id, "listSessions");
}

TEST(Router, AMethodThePathHasNotIsNamedWithThoseItHas) {
  const Match found = match(Method::del, "/v1/sessions");
  EXPECT_EQ(found.operation, nullptr);
  EXPECT_EQ(found.allow, "POST, GET, HEAD");
}

TEST(Router, PathsThatDoNotExistHaveNoMethods) {
  for (const char* path : {"", "/", "/v1", "/v1/sessions/", "/v1/sessions//events", "/v1/sessions/a/b", "//v1/host",
                           "/v1/host/", "v1/host"}) {
    EXPECT_EQ(match(Method::get, path).allow, "") << path;
  }
}

TEST(Router, EveryOperationHasItsOwnId) {
  std::set<std::string_view> ids;
  for (const Operation& operation : operations()) EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
}

TEST(Router, WhatChangesSomethingNeedsMoreThanAViewer) {
  for (const Operation& operation : operations()) {
    const bool reads = operation.method == Method::get;
    EXPECT_TRUE(reads || operation.role != control::Role::viewer) << operation.id;
  }
}

TEST(Router, AnUnknownQueryParameterIsNamed) {
  const Operation& host = *match(Method::get, "/v1/host").operation;
  EXPECT_TRUE(check_parameters(host, asking({})));
  const auto refused = check_parameters(host, asking({{"colour", "red"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errors.front().pointer, "?colour");
  const Operation& sessions = *match(Method::get, "/v1/sessions").operation;
  EXPECT_TRUE(check_parameters(sessions, asking({{"state", "idle"}, {"limit", "1"}})));
}

TEST(Parameters, NumbersAreWholeAndInRange) {
  EXPECT_EQ(number_parameter(asking({}), "limit", 7, 1, 9).value(), 7U);
  EXPECT_EQ(number_parameter(asking({{"limit", "9"}}), "limit", 7, 1, 9).value(), 9U);
  for (const char* bad : {"", "0", "10", "-1", "1.5", "1x", "99999999999999999999999"}) {
    const auto number = number_parameter(asking({{"limit", bad}}), "limit", 7, 1, 9);
    ASSERT_FALSE(number) << bad;
    EXPECT_EQ(number.error().errors.front().pointer, "?limit");
  }
}

TEST(Parameters, DurationsHaveATop) {
  using namespace std::chrono_literals;
  EXPECT_EQ(duration_parameter(asking({{"timeout", "1m30s"}}), "timeout", 1s, 1h).value(), 90s);
  EXPECT_EQ(duration_parameter(asking({}), "timeout", 1s, 1h).value(), 1s);
  EXPECT_FALSE(duration_parameter(asking({{"timeout", "2h"}}), "timeout", 1s, 1h));
  EXPECT_FALSE(duration_parameter(asking({{"timeout", "soon"}}), "timeout", 1s, 1h));
}

TEST(Parameters, ListQueriesKeepTheirFilters) {
  const auto query = list_query(asking({{"limit", "5"}, {"sort", "-name"}, {"state", "idle"}, {"page", "p"}}));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->limit, 5U);
  EXPECT_EQ(query->sort, "-name");
  EXPECT_EQ(query->page, "p");
  EXPECT_THAT(query->filters, testing::ElementsAre(testing::Pair("state", "idle")));
  EXPECT_FALSE(list_query(asking({{"limit", "1001"}})));
}

TEST(Parameters, TheLastOfARepeatedParameterCounts) {
  EXPECT_EQ(asking({{"a", "1"}, {"a", "2"}}).parameter("a"), "2");
  EXPECT_EQ(asking({}).parameter("a"), std::nullopt);
}

TEST(Problem, SaysCodeStatusAndWhere) {
  base::Error error = base::fail(base::Errc::invalid_request, "no");
  error.errors.push_back({"/x", "bad"});
  const Response response = problem(error, "R1");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(response.body,
              testing::AllOf(testing::HasSubstr(R"("code":"invalid_request")"),
                             testing::HasSubstr(R"("request_id":"R1")"), testing::HasSubstr(R"("pointer":"/x")")));
}

TEST(Problem, AMissingTokenIsAskedFor) {
  const Response response = problem(base::fail(base::Errc::unauthorized, "who?"), "R1");
  EXPECT_EQ(response.status, 401U);
  EXPECT_EQ(response.headers.front().first, "WWW-Authenticate");
}

TEST(Problem, EveryErrorCodeHasAnErrorStatus) {
  for (int code = 1; code <= int(base::Errc::lost); ++code) {
    const unsigned status = http_status(static_cast<base::Errc>(code));
    EXPECT_GE(status, 400U) << code;
    EXPECT_LT(status, 600U) << code;
  }
}

TEST(WatchForm, ServerSentEventsCarryTheirCursor) {
  std::string out;
  append_event(out, Form::sse, "str_1:7", "{}");
  append_heartbeat(out, Form::sse);
  EXPECT_EQ(out, "id: str_1:7\ndata: {}\n\n: heartbeat\n\n");
}

TEST(WatchForm, JsonLinesAreLines) {
  std::string out;
  append_event(out, Form::ndjson, "str_1:7", "{}");
  append_heartbeat(out, Form::ndjson);
  EXPECT_EQ(out, "{}\n{\"kind\":\"heartbeat\"}\n");
}

}  // namespace
}  // namespace paddock::api
