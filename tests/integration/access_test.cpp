// Who gets in: tokens on TCP, roles, and addresses that are refused.
#include <fstream>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using support::Client;
using support::Headers;

TestHost::Options on_tcp() {
  TestHost::Options options;
  options.arguments = {"--listen", "127.0.0.1:0"};
  return options;
}

class Access : public testing::Test {
 protected:
  Access() : host(on_tcp()) {
    const json::object about = host.api().get("/v1/host").json().as_object();
    const std::string address = text_of(about, "listen");
    port = static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  Headers token(const std::string& role) {
    const auto made = host.api().post("/v1/tokens", {{"name", role}, {"role", role}});
    EXPECT_EQ(made.status, 201) << made.body;
    return {{"Authorization", "Bearer " + text_of(made.json().as_object(), "token")}};
  }
  Client tcp() const { return Client(port); }

  TestHost host;
  unsigned short port = 0;
};

TEST_F(Access, WithoutATokenNothingIsAnsweredOnTcp) {
  const auto reply = tcp().get("/v1/sessions");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.code(), "unauthorized");
  EXPECT_EQ(tcp().get("/v1/sessions", {{"Authorization", "Bearer wrong"}}).status, 401);
}

TEST_F(Access, RolesDecideWhatATokenMayDo) {
  const Headers viewer = token("viewer");
  const Headers operate = token("operator");
  EXPECT_EQ(tcp().get("/v1/sessions", viewer).status, 200);
  EXPECT_EQ(tcp().post("/v1/sessions", exec({"true"}), viewer).status, 403);
  EXPECT_EQ(tcp().post("/v1/sessions", exec({"true"}), operate).status, 201);
  const auto refused = tcp().get("/v1/tokens", operate);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, testing::HasSubstr("needs the role 'admin', the token has 'operator'"));
}

TEST_F(Access, ARevokedTokenIsNoLongerKnown) {
  const Headers viewer = token("viewer");
  const auto tokens = host.api().get("/v1/tokens").json().at("items").as_array();
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_FALSE(tokens.front().as_object().contains("token")) << "only the hash is kept";
  EXPECT_EQ(host.api().del("/v1/tokens/" + std::string(tokens.front().at("id").as_string())).status, 204);
  EXPECT_EQ(tcp().get("/v1/sessions", viewer).status, 401);
}

TEST_F(Access, AnotherHostNameIsRefused) {
  Headers headers = token("admin");
  headers.emplace_back("Host", "evil.example");
  EXPECT_EQ(tcp().get("/v1/sessions", headers).status, 403);
}

TEST(AccessOfDaemon, AnAddressThatIsNotLoopbackIsRefusedAtTheStart) {
  support::ScratchFolder folder;
  const auto end = support::Program::run({support::built_program("paddockd"), "--state-dir", (folder / "s").string(),
                                          "--socket", (folder / "r/p.sock").string(), "--listen", "0.0.0.0:0"},
                                         support::clean_environment(folder.path().string()));
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.err, testing::HasSubstr("'0.0.0.0' is not a loopback address"));
}

TEST(AccessOfDaemon, TheSocketIsPrivate) {
  TestHost host;
  const auto mode = [](const std::filesystem::path& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
  };
  EXPECT_EQ(mode(host.socket()), 0600U);
  EXPECT_EQ(mode(host.socket().parent_path()), 0700U);
}

}  // namespace
}  // namespace paddock::integration
