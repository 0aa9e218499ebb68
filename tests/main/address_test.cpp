// Where the host is: flag, environment, default.
#include "main/cli/address.hpp"

#include <map>

#include <gtest/gtest.h>

#include "main/cli/client.hpp"
#include "support/scratch.hpp"

namespace paddock::cli {
namespace {

config::Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Addresses, AreUnixSocketsOrTcp) {
  EXPECT_EQ(parse_address("unix:/run/p.sock").value(), (Address{"/run/p.sock", "", 0}));
  EXPECT_EQ(parse_address("unix:///run/p.sock").value(), (Address{"/run/p.sock", "", 0}));
  EXPECT_EQ(parse_address("unix:rel.sock").value(), (Address{"rel.sock", "", 0}));
  EXPECT_EQ(parse_address("/run/p.sock").value(), (Address{"/run/p.sock", "", 0}));
  EXPECT_EQ(parse_address("http://127.0.0.1:80").value(), (Address{"", "127.0.0.1", 80}));
  EXPECT_EQ(parse_address("http://box/").value(), (Address{"", "box", 8642}));
  EXPECT_EQ(parse_address("http://[::1]:9").value(), (Address{"", "::1", 9}));
  EXPECT_EQ(parse_address("http://[::1]").value(), (Address{"", "::1", 8642}));
}

TEST(Addresses, OfOtherFormsAreBadUsage) {
  for (const char* text :
       {"", "box", "unix:", "https://box", "http://", "http://box:0", "http://box:65536", "http://box:x", "http://a@b",
        "http://box/path", "http://[::1", "http://[::1]x", "ssh://box"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().exit, ExitCode::usage) << text;
  }
}

TEST(Addresses, ReadBackWhatTheyWrite) {
  for (const char* text : {"unix:/run/p.sock", "http://box:1", "http://[::1]:2"}) {
    EXPECT_EQ(parse_address(text).value().text(), text);
  }
}

TEST(Addresses, FlagWinsOverEnvironmentOverDefault) {
  const auto environment = environment_of({{"PADDOCK_HOST", "http://box:1"}, {"HOME", "/h"}});
  EXPECT_EQ(choose_address("http://flag:2", environment).value().host, "flag");
  EXPECT_EQ(choose_address("", environment).value().host, "box");
  EXPECT_EQ(choose_address("", environment_of({{"HOME", "/h"}})).value().socket,
            "/h/.local/state/paddock/run/paddock.sock");
  EXPECT_EQ(choose_address("", environment_of({{"HOME", "/h"}, {"XDG_RUNTIME_DIR", "/r"}})).value().socket,
            "/r/paddock/paddock.sock");
  EXPECT_EQ(choose_address("", environment_of({{"HOME", "/h"}, {"PADDOCK_SOCKET", "/s.sock"}})).value().socket,
            "/s.sock");
}

TEST(Addresses, FollowTheConfigurationFile) {
  const support::ScratchFolder folder;
  support::write_file(folder / "p.yaml", "apiVersion: paddock/v1\nkind: Host\nsocket: own.sock\n");
  const auto environment = environment_of({{"HOME", "/h"}, {"PADDOCK_CONFIG", (folder / "p.yaml").string()}});
  EXPECT_EQ(choose_address("", environment).value().socket, folder / "own.sock");
  support::write_file(folder / "p.yaml", "socket: [\n");
  EXPECT_EQ(choose_address("", environment).value().socket, "/h/.local/state/paddock/run/paddock.sock")
      << "a broken file is the daemon's to complain about";
}

TEST(Encoding, LeavesNothingThatMeansSomethingInATarget) {
  EXPECT_EQ(encoded("ses_01-a.b~"), "ses_01-a.b~");
  EXPECT_EQ(encoded("a/b?c&d=e#f %"), "a%2Fb%3Fc%26d%3De%23f%20%25");
  EXPECT_EQ(encoded("\xc3\xbc\n"), "%C3%BC%0A");
}

}  // namespace
}  // namespace paddock::cli
