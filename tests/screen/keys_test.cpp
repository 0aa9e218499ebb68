// Keys by name, and text as a paste.
#include "screen/keys.hpp"

#include <gtest/gtest.h>

namespace paddock::screen {
namespace {

TEST(Keys, HaveTheBytesOfXterm) {
  EXPECT_EQ(bytes_of_key("Enter", false), "\r");
  EXPECT_EQ(bytes_of_key("Escape", false), "\x1b");
  EXPECT_EQ(bytes_of_key("Ctrl-C", false), "\x03");
  EXPECT_EQ(bytes_of_key("F5", false), "\x1b[15~");
  EXPECT_EQ(bytes_of_key("Ctrl-Space", false), std::string("\0", 1));
}

TEST(Keys, ArrowsFollowTheProgramsWish) {
  EXPECT_EQ(bytes_of_key("Up", false), "\x1b[A");
  EXPECT_EQ(bytes_of_key("Up", true), "\x1bOA");
}

TEST(Keys, AnUnknownNameIsNoKey) {
  for (const char* name : {"", "enter", "Ctrl-", "Ctrl-c", "Ctrl-AB", "F13", "x"}) {
    EXPECT_FALSE(bytes_of_key(name, false)) << name;
  }
}

TEST(Paste, IsMarkedWhenTheProgramAskedForIt) {
  EXPECT_EQ(paste("a\nb", true), "\x1b[200~a\rb\x1b[201~");
  EXPECT_EQ(paste("a\nb", false), "a\rb");
}

TEST(Paste, CannotEndItselfOrPressKeys) {
  EXPECT_EQ(paste("a\x1b[201~\x03rm\tb\x7f", true), "\x1b[200~a[201~rm\tb\x1b[201~");
}

TEST(Paste, LeavesCharactersWhole) { EXPECT_EQ(paste("\xc3\xbc\xe2\x82\xac", false), "\xc3\xbc\xe2\x82\xac"); }

}  // namespace
}  // namespace paddock::screen
