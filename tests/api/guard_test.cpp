// Who is turned away, and with which answer.
#include "api/guard.hpp"

#include <gtest/gtest.h>

namespace paddock::api {
namespace {

Visitor local() {
  Visitor visitor;
  visitor.local = true;
  visitor.uid = 1000;
  visitor.host = "localhost";
  return visitor;
}

Visitor remote() {
  Visitor visitor;
  visitor.host = "127.0.0.1:7070";
  return visitor;
}

Access access() { return {1000, {1001}, {"127.0.0.1:7070", "localhost:7070"}}; }

unsigned refused(const Visitor& visitor) {
  const auto refusal = refuse_shape(visitor, access());
  return refusal ? refusal->status : 0;
}

TEST(Guard, APlainRequestIsWelcome) {
  EXPECT_EQ(refused(local()), 0U);
  EXPECT_EQ(refused(remote()), 0U);
}

TEST(Guard, APageOfAnotherSiteIsRefused) {
  Visitor visitor = local();
  visitor.fetch_site = "cross-site";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.fetch_site = "same-site";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.fetch_site = "same-origin";
  EXPECT_EQ(refused(visitor), 0U);
}

TEST(Guard, AForeignOriginIsRefusedAndOurOwnIsNot) {
  Visitor visitor = remote();
  visitor.origin = "http://evil.example";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.origin = "null";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.origin = "HTTP://127.0.0.1:7070";
  EXPECT_EQ(refused(visitor), 0U);
}

TEST(Guard, ANameThatIsNotOursIsRefusedOnTcpOnly) {
  Visitor visitor = remote();
  visitor.host = "rebound.example:7070";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.host = "";
  EXPECT_EQ(refused(visitor), 403U);
  visitor.host = "LOCALHOST:7070";
  EXPECT_EQ(refused(visitor), 0U);
  Visitor on_socket = local();
  on_socket.host = "anything";
  EXPECT_EQ(refused(on_socket), 0U);
}

TEST(Guard, ABodyMustBeJson) {
  Visitor visitor = local();
  visitor.has_body = true;
  EXPECT_EQ(refused(visitor), 415U);
  visitor.content_type = "text/plain";
  EXPECT_EQ(refused(visitor), 415U);
  visitor.content_type = "Application/JSON; charset=utf-8";
  EXPECT_EQ(refused(visitor), 0U);
  visitor.content_type = "application/jsonp";
  EXPECT_EQ(refused(visitor), 415U);
}

TEST(Guard, ForeignSitesAreToldNothingElse) {
  Visitor visitor = remote();
  visitor.fetch_site = "cross-site";
  visitor.host = "evil";
  visitor.has_body = true;
  EXPECT_EQ(refuse_shape(visitor, access())->reason, "cross_site");
}

TEST(Guard, TheSocketKnowsItsOwnUserRootAndTheListedOnes) {
  Visitor visitor = local();
  EXPECT_EQ(role_of_peer(visitor, access()), control::Role::admin);
  visitor.uid = 0;
  EXPECT_EQ(role_of_peer(visitor, access()), control::Role::admin);
  visitor.uid = 1001;
  EXPECT_EQ(role_of_peer(visitor, access()), control::Role::admin);
  visitor.uid = 1002;
  EXPECT_EQ(role_of_peer(visitor, access()), std::nullopt);
  visitor.uid.reset();
  EXPECT_EQ(role_of_peer(visitor, access()), std::nullopt);
}

TEST(Guard, APeerOnTcpHasNoRoleByItself) {
  Visitor visitor = remote();
  visitor.uid = 1000;
  EXPECT_EQ(role_of_peer(visitor, access()), std::nullopt);
}

TEST(Guard, ABearerTokenIsReadFromItsHeader) {
  EXPECT_EQ(bearer("Bearer abc"), "abc");
  EXPECT_EQ(bearer("bearer abc"), "abc");
  EXPECT_EQ(bearer("Basic abc"), std::nullopt);
  EXPECT_EQ(bearer("Bearer "), std::nullopt);
  EXPECT_EQ(bearer(""), std::nullopt);
}

}  // namespace
}  // namespace paddock::api
