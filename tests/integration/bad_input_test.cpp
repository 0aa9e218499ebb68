// Wrong input gets its documented answer and changes nothing.
#include <unistd.h>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using support::Reply;

class BadInput : public testing::Test {
 protected:
  Reply post_text(const std::string& body) {
    return host.api().request("POST", "/v1/sessions", body, {{"Content-Type", "application/json"}});
  }
  std::string open_cat() {
    json::object request = exec({"cat"});
    request["keep_open"] = true;
    return host.run(request);
  }
  void expect_no_session() {
    EXPECT_TRUE(host.api().get("/v1/sessions").json().at("items").as_array().empty()) << "something was started";
  }
  std::vector<std::string> pointers(const Reply& reply) {
    std::vector<std::string> found;
    const json::value problem = reply.json();
    for (const json::value& error : problem.at("errors").as_array()) {
      found.emplace_back(error.at("pointer").as_string());
    }
    return found;
  }
  TestHost host;
};

TEST_F(BadInput, ABodyOfOneMebibyteAndOneByteIsTooLarge) {
  const std::string body = R"({"adapter": "exec", "prompt": ")" + std::string((1U << 20U) + 1 - 33, 'x') + "\"}";
  ASSERT_EQ(body.size(), (1U << 20U) + 1);
  const Reply reply = post_text(body);
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.code(), "too_large");
  expect_no_session();
}

TEST_F(BadInput, BrokenJsonIsNamedWithItsPlace) {
  const Reply reply = post_text(R"({"adapter": )");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.code(), "invalid_request");
  EXPECT_THAT(reply.body, testing::HasSubstr("byte"));
  EXPECT_EQ(post_text("").status, 400);
  EXPECT_EQ(post_text("{} {}").status, 400);
  EXPECT_EQ(post_text(std::string(100, '[') + std::string(100, ']')).status, 400);
  expect_no_session();
}

TEST_F(BadInput, EveryUnknownFieldAndWrongTypeIsNamedAtOnce) {
  const Reply reply = host.api().post(
      "/v1/sessions",
      {{"adapter", "exec"}, {"colour", "red"}, {"prompt", 7}, {"limits", {{"memory_max_bytes", "big"}}}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(pointers(reply), testing::UnorderedElementsAre("/colour", "/prompt", "/limits/memory_max_bytes"));
  expect_no_session();
}

TEST_F(BadInput, AnUnknownAdapterOrPolicyIsNamed) {
  EXPECT_THAT(host.api().post("/v1/sessions", {{"adapter", "nobody"}}).body, testing::HasSubstr("'nobody'"));
  json::object request = exec({"true"});
  request["policy"] = "nowhere";
  EXPECT_THAT(host.api().post("/v1/sessions", request).body, testing::HasSubstr("'nowhere'"));
  expect_no_session();
}

TEST_F(BadInput, UnknownIdsPathsAndMethodsAreAnswered) {
  EXPECT_EQ(host.api().get("/v1/sessions/ses_01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
  EXPECT_EQ(host.api().get("/v1/nothing").status, 404);
  EXPECT_EQ(host.api().get("/v1/actions/act_01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
  const Reply wrong = host.api().del("/v1/host");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(host.api().request("PATCH", "/v1/sessions", "{}").status, 405);
}

TEST_F(BadInput, QueryParametersAreChecked) {
  for (const char* target :
       {"/v1/sessions?limit=0", "/v1/sessions?limit=1001", "/v1/sessions?limit=x", "/v1/sessions?sort=colour",
        "/v1/sessions?page=garbage", "/v1/sessions?colour=red", "/v1/sessions?state=sleepy", "/v1/host?x=1",
        "/v1/watch?cursor=nonsense", "/v1/watch?kind=nonsense"}) {
    const Reply reply = host.api().get(target);
    EXPECT_EQ(reply.status, 400) << target << ": " << reply.body;
    EXPECT_EQ(reply.code(), "invalid_request") << target;
  }
}

TEST_F(BadInput, OptionsTheAdapterDoesNotKnowAreNamed) {
  json::object request = exec({"true"});
  request["options"] = {{"colour", "red"}};
  const Reply reply = host.api().post("/v1/sessions", request);
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(pointers(reply), testing::ElementsAre("/options/colour"));
  expect_no_session();
}

TEST_F(BadInput, ACursorOfAnotherStreamIsAConflict) {
  const Reply reply = host.api().get("/v1/watch?cursor=str_01ARZ3NDEKTSV4RRFFQ69G5FAV:1");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.code(), "cursor_mismatch");
}

TEST_F(BadInput, ABodyOfAnotherTypeIsRefused) {
  const Reply reply = host.api().request("POST", "/v1/sessions", R"({"adapter": "exec", "args": ["true"]})",
                                         {{"Content-Type", "text/plain"}});
  EXPECT_EQ(reply.status, 415);
  expect_no_session();
}

TEST_F(BadInput, ARequestFromAnotherWebSiteIsRefusedBeforeAnythingElse) {
  const support::Headers evil{{"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(host.api().get("/v1/sessions", evil).status, 403);
  EXPECT_EQ(host.api().get("/v1/nothing", evil).status, 403);
  const std::string upgrade = host.api().raw(
      "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_THAT(upgrade, testing::StartsWith("HTTP/1.1 403"));
}

TEST_F(BadInput, AWebSocketWithAParameterNobodyKnowsIsRefused) {
  const std::string upgrade = host.api().raw(
      "GET /v1/watch?colour=red HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_THAT(upgrade, testing::StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(upgrade, testing::HasSubstr("?colour"));
}

TEST_F(BadInput, BytesThatAreNotHttpEndTheirConnectionOnly) {
  EXPECT_THAT(host.api().raw("\x16\x03\x01 hello\r\n\r\n"), testing::StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(host.api().raw("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
              testing::StartsWith("HTTP/1.1 431"));
  EXPECT_EQ(host.api().get("/healthz").status, 200);
}

TEST_F(BadInput, AStaleExpectationStopsAnAction) {
  const std::string id = open_cat();
  const json::object session = host.session(id);
  const auto act = [&](json::object expect) {
    return host.api().post("/v1/sessions/" + id + "/actions", {{"type", "stop"}, {"expect", std::move(expect)}});
  };
  EXPECT_EQ(act({{"runtime_id", "run_01ARZ3NDEKTSV4RRFFQ69G5FAV"}}).code(), "stale_runtime");
  EXPECT_EQ(act({{"state_version", number_of(session, "state_version") + 7}}).code(), "stale_state");
  EXPECT_NE(text_of(host.session(id), "state"), "exited") << "a refused stop stopped it";
  EXPECT_EQ(act({{"runtime_id", session.at("runtime_id")}}).status, 200);
}

TEST_F(BadInput, TheSameRequestRefDoesNothingTwice) {
  const std::string id = open_cat();
  const std::string target = "/v1/sessions/" + id + "/actions";
  const json::object send{{"type", "send"}, {"text", "once"}, {"request_ref", "r1"}};
  const Reply first = host.api().post(target, send);
  const Reply second = host.api().post(target, send);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.headers.at("idempotent-replayed"), "true");
  EXPECT_EQ(second.json().at("id"), first.json().at("id"));

  json::object other = send;
  other["text"] = "twice";
  EXPECT_EQ(host.api().post(target, other).code(), "idempotency_mismatch");
  host.act(id, {{"type", "send"}, {"text", "last"}});
  host.act(id, {{"type", "stop"}});
  (void)host.wait(id, "exited");
  EXPECT_THAT(messages(host.events(id)), testing::ElementsAre("once", "last"));
}

TEST_F(BadInput, AnApprovalThatIsNotOpenCannotBeAnswered) {
  const std::string id = open_cat();
  const Reply reply =
      host.api().post("/v1/sessions/" + id + "/actions", {{"type", "approve"}, {"ref", "no such approval"}});
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.code(), "approval_closed");
}

TEST_F(BadInput, ALineOfTwentyMebibytesBecomesOneUnknownEventAndTheNextLineIsFine) {
  const std::string id = host.run(exec({"sh", "-c", "head -c 20971520 /dev/zero | tr '\\0' x; echo; echo after"}));
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "completed");
  const auto events = host.events(id);
  const auto unknown = support::of_kind(events, "unknown");
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(number_of(unknown.front().at("source").as_object(), "begin"), 0U);
  EXPECT_GE(number_of(unknown.front().at("source").as_object(), "end"), 20971520U);
  EXPECT_THAT(messages(events), testing::ElementsAre("after"));
}

TEST_F(BadInput, InvalidUtf8IsReplacedInEventsAndKeptInTheOutput) {
  const std::string id = host.run(exec({"printf", "a\\377b\\n"}));
  (void)host.wait(id, "exited");
  EXPECT_EQ(host.api().get("/v1/sessions/" + id + "/output").body,
            "a\xff"
            "b\n");
  EXPECT_THAT(messages(host.events(id)), testing::ElementsAre("a\xEF\xBF\xBD"
                                                              "b"));
}

TEST_F(BadInput, TheOutputOfABinaryFloodIsBoundedAndTheHostLives) {
  const std::string id = host.run(exec({"head", "-c", "4000000", "/dev/urandom"}));
  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "completed");
  EXPECT_EQ(host.api().get("/healthz").status, 200);
}

}  // namespace
}  // namespace paddock::integration
