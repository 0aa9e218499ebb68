// Nothing an agent writes may break the adapter: garbage, monsters, and fields of the wrong type.
#include <random>

#include <gtest/gtest.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& tape) {
  std::vector<std::string> lines;
  const std::string text = kit::detail::read_text(tape);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = kit::detail::take_line(rest);
    if (line.starts_with("out {")) lines.emplace_back(line.substr(4));
  }
  return lines;
}

json::value odd_value(std::mt19937& random) {
  switch (random() % 12) {
    case 0: return nullptr;
    case 1: return true;
    case 2: return -1;
    case 3: return std::numeric_limits<std::uint64_t>::max();
    case 4: return 1e308;
    case 5: return "";
    case 6: return json::string(300, 'x');
    case 7: return json::array{};
    case 8: return json::object{};
    case 9: return json::array{nullptr, 1, "a", json::array{json::object{}}};
    case 10: return json::object{{"type", "text"}, {"text", 1}, {"id", json::array{}}};
    default: return "\xF0\x9F\x98\x80";
  }
}

/// Replaces, removes or doubles something somewhere in `value`.
void mutate(json::value& value, std::mt19937& random, int depth = 0) {
  const bool here = depth > 6 || random() % 4 == 0;
  if (json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    auto member = object->begin() + static_cast<std::ptrdiff_t>(random() % object->size());
    if (!here) return mutate(member->value(), random, depth + 1);
    if (random() % 4 == 0) {
      object->erase(member);
    } else {
      member->value() = odd_value(random);
    }
  } else if (json::array* array = value.if_array(); array != nullptr && !array->empty()) {
    json::value& item = (*array)[random() % array->size()];
    if (!here) return mutate(item, random, depth + 1);
    if (random() % 4 == 0) {
      array->push_back(item);
    } else {
      item = odd_value(random);
    }
  } else {
    value = odd_value(random);
  }
}

std::string whole_check(kit::Driver& driver, int code) {
  driver.eof(PDK_CH_STDOUT);
  driver.eof(PDK_CH_STDERR);
  driver.exited(code);
  return kit::check_contract(driver.seen());
}

class Mutants : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Mutants, NeverBreakTheAdapter) {
  const std::vector<std::string> lines = lines_of(GetParam());
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    std::mt19937 random(seed);
    kit::Driver driver(paddock_adapter_v1,
                       launch({{"prompt", "x"}, {"keep_open", seed % 2 == 0}, {"yolo", seed % 3 == 0}}));
    driver.started();
    for (const std::string& line : lines) {
      boost::system::error_code ec;
      json::value value = json::parse(line, ec);
      if (ec) continue;
      for (std::uint32_t i = random() % 4; i > 0; --i) mutate(value, random);
      driver.feed(PDK_CH_STDOUT, json::serialize(value) + "\n");
      const std::vector<json::object> asked = driver.seen().of("approval_request");
      if (!asked.empty() && random() % 2 == 0) {
        driver.command(PDK_CMD_ANSWER, asked.back().at("ref").as_string(), {{"decision", "allow"}, {"remember", true}});
      }
      if (random() % 16 == 0) driver.command(PDK_CMD_INTERRUPT, "", {});
      if (random() % 16 == 0) driver.command(PDK_CMD_PROMPT, "", {{"text", "more"}});
      if (random() % 16 == 0) driver.advance(20'000'000'000);
    }
    ASSERT_EQ(whole_check(driver, 1), "") << "seed " << seed;
  }
}

TEST_P(Mutants, CutAnywhereStillEndInOneOutcome) {
  std::string all;
  for (const std::string& line : lines_of(GetParam())) all += line + "\n";
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    kit::Driver driver(paddock_adapter_v1, launch({{"prompt", "x"}}));
    driver.started();
    driver.feed(PDK_CH_STDOUT, std::string_view(all).substr(0, random() % (all.size() + 1)));
    ASSERT_EQ(whole_check(driver, 0), "");
  }
}

INSTANTIATE_TEST_SUITE_P(All, Mutants, testing::ValuesIn(tapes()), tape_name);

void survives(std::string_view bytes) {
  kit::Driver driver(paddock_adapter_v1, launch({{"prompt", "x"}}));
  driver.started();
  driver.feed(PDK_CH_STDOUT, bytes);
  driver.feed(PDK_CH_STDOUT, "\n");
  EXPECT_FALSE(driver.seen().written.empty());
  EXPECT_EQ(whole_check(driver, 0), "");
}

TEST(Garbage, BinaryIsToldAndPassedOver) {
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes += static_cast<char>((i * 7919) >> 3);
  survives(bytes);
}

TEST(Garbage, BadUtf8InsideALine) { survives("{\"jsonrpc\":\"2.0\",\"method\":\"\xff\xfe\",\"params\":\"\xc3\"}"); }
TEST(Garbage, LoneSurrogates) {
  survives(R"({"method":"session/update","params":{"update":{"sessionUpdate":"\ud800"}}})");
}
TEST(Garbage, TruncatedJson) { survives(R"({"jsonrpc":"2.0","id":0,"result":)"); }
TEST(Garbage, NulBytes) { survives(std::string_view("{\"method\":\"a\0b\"}", 16)); }
TEST(Garbage, DeepJson) { survives(std::string(100000, '[')); }
TEST(Garbage, RepeatedKeys) { survives(R"({"id":0,"id":1,"method":"a","method":7})"); }
TEST(Garbage, OtherJson) { survives("[1]\nnull\n\"x\"\n7\n{}\n\n \r"); }
TEST(Garbage, AMonsterLine) { survives(std::string(20U << 20U, 'x')); }
TEST(Garbage, DeepObjects) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += R"({"method":)";
  survives(deep);
}

}  // namespace
}  // namespace paddock::acp::test
