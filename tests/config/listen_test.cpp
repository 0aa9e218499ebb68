// Addresses to listen on.
#include <gtest/gtest.h>

#include "config/host_config.hpp"

namespace paddock::config {
namespace {

TEST(Listen, ReadsAddressAndPort) {
  EXPECT_EQ(parse_listen("127.0.0.1:8642").value(), (ListenAddress{"127.0.0.1", 8642}));
  EXPECT_EQ(parse_listen("[::1]:0").value(), (ListenAddress{"::1", 0}));
  EXPECT_EQ(parse_listen("localhost:80").value(), (ListenAddress{"127.0.0.1", 80}));
  EXPECT_EQ(parse_listen("0.0.0.0:65535").value(), (ListenAddress{"0.0.0.0", 65535}));
}

TEST(Listen, RefusesOtherForms) {
  for (const char* text : {"", "8642", ":8642", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                           "[127.0.0.1]:80", "example.org:80", "127.0.0.1:0x50", "[::1:80", "127.1:80"}) {
    EXPECT_FALSE(parse_listen(text)) << text;
  }
}

TEST(Listen, KnowsWhatOtherMachinesCannotReach) {
  EXPECT_TRUE(parse_listen("127.9.9.9:1").value().is_loopback());
  EXPECT_TRUE(parse_listen("[::1]:1").value().is_loopback());
  EXPECT_FALSE(parse_listen("0.0.0.0:1").value().is_loopback());
  EXPECT_FALSE(parse_listen("[::]:1").value().is_loopback());
  EXPECT_FALSE(parse_listen("10.0.0.1:1").value().is_loopback());
}

}  // namespace
}  // namespace paddock::config
