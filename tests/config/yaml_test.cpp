// YAML itself: what yaml-cpp would let through and we do not, each with its place.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "text.hpp"

namespace paddock::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Yaml, DuplicateKeysAreNamedWithBothPlaces) {
  EXPECT_THAT(body_problems("timeouts:\n  stop: 1s\n  stop: 2s\n"),
              ElementsAre("p:6:3: the key 'stop' stands here twice, first in line 5"));
}

TEST(Yaml, SyntaxErrorsHaveTheirPlace) {
  EXPECT_THAT(policy_problems("a: [1, 2\n"), ElementsAre(HasSubstr("p:2:1: ")));
  EXPECT_THAT(policy_problems("a: b: c\n"), ElementsAre(HasSubstr("p:1:")));
}

TEST(Yaml, AQuoteThatIsNeverClosedIsFound) {
  EXPECT_THAT(policy_problems("a: b\nc: \"open\n"), Contains("p:2:4: this quote is never closed"));
  EXPECT_THAT(policy_problems("gr\xc3\xbc: 'it''s\n"), Contains("p:1:7: this quote is never closed"));
  EXPECT_THAT(policy_problems("a: \"x\\\"\n"), Contains("p:1:4: this quote is never closed"));
  EXPECT_THAT(policy_problems("a: 'x"), ElementsAre(HasSubstr("illegal EOF")));
  EXPECT_THAT(body_problems("environment: {set: {A: 'it''s', B: \"\\\"\", C: \"x\"}}"), ElementsAre());
}

TEST(Yaml, AnEmptyFileIsSaidToBeEmpty) {
  for (const char* text : {"", "\n\n", "# only words\n", "---\n", "~\n"}) {
    EXPECT_THAT(policy_problems(text), ElementsAre("p: the file is empty")) << text;
  }
}

TEST(Yaml, AFileHoldsOneDocument) {
  EXPECT_THAT(policy_problems(std::string(kPolicyHead) + "---\nkind: Other\n"),
              ElementsAre(HasSubstr("p:4:1: a second document begins")));
}

TEST(Yaml, ADocumentThatIsNoMapSaysSo) {
  EXPECT_THAT(policy_problems("- a\n- b\n"), ElementsAre("p:1:1: expected a map, found a list"));
  EXPECT_THAT(policy_problems("word\n"), ElementsAre("p:1:1: expected a map, found 'word'"));
}

TEST(Yaml, BytesThatAreNotUtf8AreFound) {
  EXPECT_THAT(policy_problems("a: b\n# \xfc\n"), ElementsAre("p:2:3: the byte 0xfc is not UTF-8"));
  EXPECT_THAT(policy_problems("\xff\xfe"), ElementsAre("p:1:1: the byte 0xff is not UTF-8"));
  EXPECT_THAT(policy_problems("gr\xc3\xbc\xff"), ElementsAre(HasSubstr("p:1:5: "))) << "columns are bytes";
}

TEST(Yaml, ControlCharactersAreFound) {
  EXPECT_THAT(policy_problems(std::string("a: \x1b[2J\n")),
              ElementsAre(HasSubstr("p:1:4: a control character (0x1b)")));
  EXPECT_THAT(policy_problems(std::string_view("a\0b", 3)), ElementsAre(HasSubstr("p:1:2: ")));
}

TEST(Yaml, AByteOrderMarkIsHarmless) {
  EXPECT_THAT(policy_problems("\xef\xbb\xbf" + std::string(kPolicyHead)), ElementsAre());
}

TEST(Yaml, TooLargeFilesAreNotEvenParsed) {
  EXPECT_THAT(policy_problems(std::string(base::limits::yaml_file_bytes + 1, '#')),
              ElementsAre("p: larger than 1048576 bytes"));
}

TEST(Yaml, TooDeepFilesAreGivenUp) {
  std::string deep;
  for (std::size_t i = 0; i <= base::limits::yaml_depth; ++i) deep += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(policy_problems(deep + std::string(33, ' ') + "b"),
              ElementsAre("p:33:33: nested more than 32 levels deep"));
  EXPECT_THAT(policy_problems(std::string(500'000, '[')), ElementsAre(HasSubstr("nested more than")));
  EXPECT_THAT(policy_problems(std::string(1000, '{')), ElementsAre(HasSubstr("nested more than")));
}

TEST(Yaml, TooManyValuesAreGivenUp) {
  std::string many = "[";
  for (std::size_t i = 0; i <= base::limits::yaml_nodes; ++i) many += "a,";
  EXPECT_THAT(policy_problems(many + "]"), ElementsAre(HasSubstr("more than 50000 values")));
}

TEST(Yaml, AliasesStandForWhatTheyMean) {
  const auto set = parse_policies(std::string(kPolicyHead) + "timeouts: {start: &t 5s, stop: *t}\n", "p").value();
  EXPECT_EQ(set.policies.at("x").timeouts.stop, std::chrono::seconds(5));
}

TEST(Yaml, ABombOfAliasesIsDefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 10; ++n) bomb += before + ",";
    bomb += "]\n";
  }
  EXPECT_THAT(policy_problems(bomb), ElementsAre(HasSubstr("aliases counted as what they stand for")));
}

TEST(Yaml, AnAliasInsideItselfIsRefused) {
  EXPECT_THAT(policy_problems("a: &a [*a]\n"), Contains(HasSubstr("an alias stands inside the value it refers to")));
}

TEST(Yaml, AnUnknownAliasIsRefused) { EXPECT_THAT(policy_problems("a: *nobody\n"), Contains(HasSubstr("p:1:4: "))); }

TEST(Yaml, TagsAreRefused) {
  EXPECT_THAT(body_problems("enforce: !!python/object strict\n"), ElementsAre(HasSubstr("p:4:10: the tag ")));
}

TEST(Yaml, MergeKeysAreNotSilentlyIgnored) {
  EXPECT_THAT(body_problems("timeouts: {<<: {stop: 1s}}\n"), ElementsAre(HasSubstr("timeouts.<<: is not a known key")));
}

TEST(Yaml, KeysAreWords) {
  EXPECT_THAT(body_problems("? [a, b]\n: c\n"), ElementsAre(HasSubstr("a key must be a word")));
  EXPECT_THAT(body_problems("? {a: b}\n: c\n"), ElementsAre(HasSubstr("a key must be a word")));
}

TEST(Yaml, OneFileTellsAtMostAHundredProblems) {
  std::string text(kPolicyHead);
  for (int i = 0; i < 500; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(policy_problems(text).size(), base::limits::yaml_problems);
}

TEST(Yaml, NoPrefixOfAGoodFileCrashes) {
  const std::string good =
      std::string(kPolicyHead) +
      "resources: {memory: {max: 4GiB}}\napprovals:\n  rules:\n    - {tool: \"B|s\", decision: ask}\n"
      "notify: {blocked: [desktop]}\nenvironment: {set: &s {A: 'b'}, pass: [X]}\n";
  EXPECT_THAT(policy_problems(good), ElementsAre());
  for (std::size_t length = 0; length < good.size(); ++length) (void)policy_problems(good.substr(0, length));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char put : {'\0', '\n', ':', '{', '*', '&', '"', '\xff'}) {
      std::string changed = good;
      changed[at] = put;
      (void)policy_problems(changed);
    }
  }
}

}  // namespace
}  // namespace paddock::config
