// The key that leaves.
#include "main/cli/raw_terminal.hpp"

#include <gtest/gtest.h>

namespace paddock::cli {
namespace {

TEST(DetachKey, IsFoundAmongWhatIsTyped) {
  const auto key = DetachKey::of("Ctrl-]");
  ASSERT_TRUE(key);
  const auto typed = key->look("ls\x1d rest");
  EXPECT_TRUE(typed.pressed);
  EXPECT_EQ(typed.before, "ls");
  EXPECT_FALSE(key->look("ls ]").pressed);
  EXPECT_EQ(key->look("ls ]").before, "ls ]");
}

TEST(DetachKey, IsFoundInTheCodesOfTerminalsThatTellKeysApart) {
  EXPECT_TRUE(DetachKey::of("Ctrl-]")->look("\x1b[93;5u").pressed);
  EXPECT_TRUE(DetachKey::of("Ctrl-A")->look("x\x1b[97;5u").pressed);
  EXPECT_TRUE(DetachKey::of("Ctrl-A")->look("\x1b[27;5;97~").pressed);
}

TEST(DetachKey, IsControlAndOneMore) {
  EXPECT_TRUE(DetachKey::of("Ctrl-a"));
  for (const char* wrong : {"", "a", "Ctrl-", "Ctrl-AB", "Alt-A", "Ctrl-1"})
    EXPECT_FALSE(DetachKey::of(wrong)) << wrong;
}

}  // namespace
}  // namespace paddock::cli
