// Streams as no agent should send them: cut anywhere, damaged, huge, and with every field of the wrong
// type. The contract holds, whatever arrives.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/codex/support.hpp"

namespace {

using namespace paddock::codex;
using paddock::codex::testing::adapter;
using paddock::codex::testing::Server;
namespace kit = paddock::sdk::testing;

std::vector<std::filesystem::path> tapes() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(CODEX_TAPES)) {
    if (entry.path().extension() == ".tape") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    // What the tape expects is no longer true of a damaged one.
    if (!line.starts_with("> ")) lines.push_back(line);
  }
  return lines;
}

kit::Tape tape_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return kit::Tape(text, {}, "damaged");
}

std::string finals(const kit::Recorded& seen) { return kit::detail::jsonl(seen.final_events()); }

/// The same numbers on every machine.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : state_(seed) {}
  std::uint32_t roll(std::size_t sides) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint32_t>((state_ >> 8U) % std::max<std::size_t>(1, sides));
  }

 private:
  std::uint32_t state_;
};

TEST(CodexStream, MayBeSplitAtEveryByte) {
  const std::filesystem::path path = std::filesystem::path(CODEX_TAPES) / "18-stdin-closed-mid-turn.tape";
  const kit::Tape tape = kit::Tape::read(path);
  const std::string wanted = finals(tape.play(adapter()));
  std::size_t longest = 0;
  for (const std::string& line : lines_of(path)) longest = std::max(longest, line.size());
  for (std::size_t at = 1; at < longest; ++at) {
    const kit::Split in_two = [at](std::string_view bytes, const auto& feed) {
      feed(bytes.substr(0, at));
      if (at < bytes.size()) feed(bytes.substr(at));
    };
    ASSERT_EQ(finals(tape.play(adapter(), in_two)), wanted) << "split after byte " << at;
  }
}

TEST(CodexStream, MayLackAnyLine) {
  for (const auto& path : tapes()) {
    const std::vector<std::string> lines = lines_of(path);
    for (std::size_t gone = 1; gone < lines.size(); ++gone) {
      if (!lines[gone].starts_with("out ")) continue;
      std::vector<std::string> rest = lines;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
      ASSERT_EQ(kit::check_contract(tape_of(rest).play(adapter())), "") << path << " without line " << gone;
    }
  }
}

TEST(CodexStream, MayRepeatAnyLine) {
  for (const auto& path : tapes()) {
    std::vector<std::string> doubled;
    for (const std::string& line : lines_of(path)) {
      doubled.push_back(line);
      if (line.starts_with("out ")) doubled.push_back(line);
    }
    EXPECT_EQ(kit::check_contract(tape_of(doubled).play(adapter())), "") << path;
  }
}

TEST(CodexStream, MayComeInAnyOrder) {
  for (const auto& path : tapes()) {
    std::vector<std::string> lines = lines_of(path);
    Dice dice(7);
    for (std::size_t i = lines.size() - 2; i > 1; --i) std::swap(lines[i], lines[1 + dice.roll(i)]);
    EXPECT_EQ(kit::check_contract(tape_of(lines).play(adapter())), "") << path;
  }
}

/// Something else than `value`, of another type.
json::value wrong(Dice& dice) {
  switch (dice.roll(8)) {
    case 0: return nullptr;
    case 1: return -1;
    case 2: return 1e300;
    case 3: return "text";
    case 4: return true;
    case 5: return json::array{1, "x", nullptr, json::object{{"type", 5}}};
    case 6: return 18446744073709551615ULL;
    default: return json::object{{"type", json::array{}}, {"id", json::object{}}};
  }
}

/// Replaces one value somewhere in `value`.
void damage(json::value& value, Dice& dice) {
  json::object* object = value.if_object();
  json::array* array = value.if_array();
  const std::size_t size = object != nullptr ? object->size() : array != nullptr ? array->size() : 0;
  if (size == 0 || dice.roll(6) == 0) {
    value = wrong(dice);
    return;
  }
  const std::size_t index = dice.roll(size);
  damage(object != nullptr ? (object->begin() + static_cast<std::ptrdiff_t>(index))->value() : (*array)[index], dice);
}

TEST(CodexStream, MayHaveFieldsOfTheWrongType) {
#ifdef PADDOCK_SANITIZED
  constexpr std::uint32_t kSeeds = 5;
#else
  constexpr std::uint32_t kSeeds = 40;
#endif
  for (const auto& path : tapes()) {
    const std::vector<std::string> lines = lines_of(path);
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
      Dice dice(seed * 977U);
      std::vector<std::string> damaged = lines;
      for (std::string& line : damaged) {
        if (!line.starts_with("out {") || dice.roll(3) != 0) continue;
        json::value message = json::parse(line.substr(4));
        damage(message, dice);
        line = "out " + json::serialize(message);
      }
      ASSERT_EQ(kit::check_contract(tape_of(damaged).play(adapter())), "") << path << " with seed " << seed;
    }
  }
}

TEST(CodexStream, MayHaveDamagedBytes) {
  for (const auto& path : tapes()) {
    std::vector<std::string> lines = lines_of(path);
    Dice dice(99);
    for (std::string& line : lines) {
      if (!line.starts_with("out ") || dice.roll(4) != 0) continue;
      char& byte = line[4 + dice.roll(line.size() - 4)];
      byte = static_cast<char>(dice.roll(256));
      if (byte == '\n') byte = '{';
    }
    EXPECT_EQ(kit::check_contract(tape_of(lines).play(adapter())), "") << path;
  }
}

/// A session goes on after `garbage` as if it had not been there.
void expect_unmoved(const std::string& garbage, const char* what) {
  Server server;
  server.open().begin();
  server.driver.feed(PDK_CH_STDOUT, garbage + "\n");
  EXPECT_GE(server.count("unknown"), 1U) << what;
  server.tell("item/completed", R"("item":{"type":"agentMessage","id":"m","text":"fine"})");
  server.end();
  EXPECT_EQ(text_of(server.exit(), "text"), "fine") << what;
  EXPECT_EQ(kit::check_contract(server.seen()), "") << what;
}

TEST(CodexGarbage, ChangesNothing) {
  expect_unmoved("not json at all", "text");
  expect_unmoved(std::string("\0\1\2\xff\xfe\x80", 6), "binary");
  expect_unmoved(R"({"method":"item/completed","params":{"item":{"type":"agentMes)", "cut JSON");
  expect_unmoved("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}", "deep JSON");
  expect_unmoved(R"({"method":"never/heard/of","params":{"threadId":"thread-1"}})", "an unknown notification");
  expect_unmoved(R"({"id":99,"result":{}})", "an answer to nothing");
  expect_unmoved(R"({"jsonrpc":"2.0"})", "neither request nor answer");
  expect_unmoved(R"({"method":"item/completed","params":{"item":{"type":"neverHeardOf","id":"x"}}})", "a new item");
}

TEST(CodexGarbage, MayBeALineOfTwentyMebibytes) {
  std::string monster = R"({"method":"item/completed","params":{"item":{"type":"agentMessage","id":"m","text":")";
  monster.resize(20U << 20U, 'x');
  expect_unmoved(monster + "\"}}}", "a monster");
}

TEST(CodexGarbage, KeepsTextsThatAreNoUtf8) {
  Server server;
  server.open().begin();
  server.tell("item/completed", "\"item\":{\"type\":\"agentMessage\",\"id\":\"m\",\"text\":\"a\xff\xc3(b\"}");
  EXPECT_EQ(text_of(server.last("message"), "text"), "a\xEF\xBF\xBD\xEF\xBF\xBD(b");
}

TEST(CodexStream, ReadsMessagesOfAMebibyteAgainAndAgain) {
  const std::string text(1U << 20U, 'x');
  Server server;
  server.open().begin();
  for (int i = 0; i < 30; ++i) {
    server.tell("item/completed",
                R"("item":{"type":"agentMessage","id":"m)" + std::to_string(i) + R"(","text":")" + text + "\"}");
  }
  EXPECT_EQ(server.count("message"), 30U);
  EXPECT_EQ(server.count("unknown"), 0U);
  EXPECT_TRUE(flag_of(server.last("message"), "truncated"));
}

TEST(CodexStream, RemembersABoundedNumberOfOpenItems) {
  Server server;
  server.open().begin();
  for (int i = 0; i < 2000; ++i) {
    server.tell("item/started", R"("item":{"type":"sleep","id":"c)" + std::to_string(i) + "\"}");
  }
  server.end();
  EXPECT_EQ(server.count("tool_call"), 2000U);
  EXPECT_EQ(server.count("tool_result"), 2000U);
}

}  // namespace
