// logs and watch: events as lines, in pieces or whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "fake_host.hpp"

namespace paddock {
namespace {

using support::Finished;
using testing::HasSubstr;

std::string message(int seq, const std::string& text, const std::string& more = "") {
  return R"({"stream_id":"str_1","seq":)" + std::to_string(seq) +
         R"(,"time":"2026-01-01T12:34:56.000Z","session":"ses_1","kind":"message","data":{"role":"assistant","text":")" +
         text + "\"" + more + "}}";
}

Told session_or(const Asked& asked, const std::function<Told()>& other) {
  if (asked.target == "/v1/sessions/x") return {.body = R"({"id":"ses_1","state":"working"})"};
  return other();
}

TEST(Logs, ReadEveryPageInOrder) {
  const FakeHost host([](const Asked& asked) {
    return session_or(asked, [&]() -> Told {
      std::string items;
      if (asked.target.find("after=0&") != std::string::npos) {
        for (int seq = 1; seq <= 1000; ++seq) items += (seq == 1 ? "" : ",") + message(seq, "m" + std::to_string(seq));
      } else if (asked.target.find("after=1000&") != std::string::npos) {
        items = message(1001, "last");
      }
      return {.body = R"({"items":[)" + items + R"(],"cursor":"str_1:1001"})"};
    });
  });
  const Finished done = host.paddock({"logs", "x"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 1001);
  EXPECT_THAT(done.out, testing::StartsWith("12:34:56  message            m1\n"));
  EXPECT_THAT(done.out, testing::EndsWith("  last\n"));
}

TEST(Logs, FollowUntilTheEnd) {
  const FakeHost host([](const Asked& asked) {
    return session_or(asked, [&]() -> Told {
      if (asked.target.starts_with("/v1/watch")) {
        return {.lines = {message(2, "two", R"(,"partial":true)"), message(3, "three"),
                          R"({"stream_id":"str_1","seq":4,"kind":"state","data":{"state":"exited"}})"},
                .hold = true};
      }
      return {.body = R"({"items":[)" + message(1, "one") + R"(],"cursor":"str_1:1"})"};
    });
  });
  const Finished done = host.paddock({"logs", "-f", "x"});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, HasSubstr("one"));
  EXPECT_THAT(done.out, HasSubstr("three"));
  EXPECT_THAT(done.out, Not(HasSubstr("two"))) << "pieces come again as a whole";
}

TEST(Logs, RawAreTheBytesThemselves) {
  const FakeHost host([](const Asked& asked) -> Told {
    EXPECT_EQ(asked.target, "/v1/sessions/x/output?offset=7&limit=1048576");
    return {.body = std::string("a\x1b[1m\0b", 7)};
  });
  EXPECT_EQ(host.paddock({"logs", "--raw", "--after", "7", "x"}).out, std::string("a\x1b[1m\0b", 7));
}

TEST(Logs, OfNobodyAreNotFound) {
  const FakeHost host(
      [](const Asked&) { return Told{.status = 404, .body = R"({"code":"not_found","detail":"no"})"}; });
  EXPECT_EQ(host.paddock({"logs", "x"}).code, 5);
  EXPECT_EQ(host.paddock({"logs", "--raw", "-f", "x"}).code, 5);
}

TEST(Watch, GoesOnFromItsCursorAcrossLostConnections) {
  std::atomic<int> watches = 0;
  FakeHost host([&](const Asked& asked) -> Told {
    if (asked.target == "/v1/sessions?limit=1") return {.body = R"({"items":[],"cursor":"str_1:3"})"};
    if (++watches == 1) return {.lines = {message(4, "one"), R"({"kind":"heartbeat"})"}};
    return {.lines = {message(5, "two")}, .hold = true};
  });
  support::Program program({paddock_program(), "watch", "--json", "--kind", "message"}, host.environment());
  EXPECT_EQ(boost::json::parse(program.line().value()).at("seq"), 4);
  EXPECT_EQ(boost::json::parse(program.line().value()).at("seq"), 5);
  const auto asked = host.asked();
  EXPECT_EQ(asked.at(1).target, "/v1/watch?cursor=str_1%3A3&kind=message");
  EXPECT_EQ(asked.at(2).target, "/v1/watch?cursor=str_1%3A4&kind=message");
}

TEST(Watch, ThatIsRefusedEnds) {
  const FakeHost host([](const Asked&) {
    return Told{.status = 410, .body = R"({"code":"cursor_expired","detail":"the oldest is str_1:50"})"};
  });
  const Finished done = host.paddock({"watch", "--cursor", "str_1:1"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("the oldest is str_1:50"));
}

}  // namespace
}  // namespace paddock
