// Every tape: the golden events, the promises that hold however the stream is cut, and that it is
// understood as a whole.
#include <gtest/gtest.h>

#include "support.hpp"

namespace paddock::acp::test {
namespace {

class Tapes : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Tapes, GiveTheGoldenEvents) {
  const kit::Recorded seen = kit::Tape::read(GetParam()).play(paddock_adapter_v1);
  EXPECT_EQ(kit::check_contract(seen), "");
  std::filesystem::path golden = GetParam();
  golden.replace_extension(".events.jsonl");
  EXPECT_EQ(kit::compare_golden(golden, seen), "");
}

TEST_P(Tapes, MeanTheSameHoweverTheyAreCut) {
  EXPECT_EQ(kit::check_stream(paddock_adapter_v1, kit::Tape::read(GetParam())), "");
}

TEST_P(Tapes, GiveEveryCallOneResult) {
  const kit::Recorded seen = kit::Tape::read(GetParam()).play(paddock_adapter_v1);
  std::vector<std::string> calls, results;
  for (const json::object& event : seen.of("tool_call")) calls.push_back(text(event, "ref"));
  for (const json::object& event : seen.of("tool_result")) {
    const json::value* flags = event.if_contains("flags");
    const bool is_piece = flags != nullptr && (flags->as_int64() & PDK_EVF_PARTIAL) != 0;
    if (!is_piece) results.push_back(text(event, "ref"));
  }
  std::sort(calls.begin(), calls.end());
  std::sort(results.begin(), results.end());
  EXPECT_EQ(calls, results);
}

INSTANTIATE_TEST_SUITE_P(All, Tapes, testing::ValuesIn(tapes()), tape_name);

}  // namespace
}  // namespace paddock::acp::test
