// Every tape: the golden events, and the promises that hold however the stream is cut.
#include <gtest/gtest.h>

#include "launches.hpp"

namespace paddock::claude::test {
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

INSTANTIATE_TEST_SUITE_P(All, Tapes, testing::ValuesIn(tapes()), tape_name);

}  // namespace
}  // namespace paddock::claude::test
