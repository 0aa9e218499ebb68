// The examples in C and in C++ are the same adapter: same tapes, same golden events.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "paddock/adapter_testing.hpp"

namespace {

using namespace paddock::sdk::testing;

const std::filesystem::path tapes = PADDOCK_SOURCE_DIR "/sdk/examples/tapes";

class Examples : public ::testing::TestWithParam<std::string> {
 protected:
  const Library library_{std::string(PADDOCK_BUILD_DIR "/lib/paddock/examples/") + GetParam() + ".so"};
};

TEST_P(Examples, AnswerEachPromptWithItself) {
  const Tape tape = Tape::read(tapes / "turns.tape");
  const Recorded seen = tape.play(library_.adapter());
  EXPECT_EQ(seen.problems(), "");
  EXPECT_EQ(compare_golden(tapes / "turns.events.jsonl", seen), "");
  EXPECT_EQ(check_stream(library_.adapter(), tape), "");
}

TEST_P(Examples, LiveWithWhateverIsPrinted) {
  const Tape tape = Tape::read(tapes / "rough.tape");
  const Recorded seen = tape.play(library_.adapter());
  EXPECT_EQ(seen.problems(), "");
  EXPECT_EQ(compare_golden(tapes / "rough.events.jsonl", seen), "");
  EXPECT_EQ(check_stream(library_.adapter(), tape), "");
}

TEST_P(Examples, SkipALineOverSixtyFourKibibytes) {
  for (const std::size_t length : {65536U, 65537U, 500'000U}) {
    Driver driver(library_.adapter(), {});
    driver.feed(PDK_CH_STDOUT, std::string(length, 'x') + "\nnext\n");
    ASSERT_EQ(driver.seen().events.size(), 2U);
    EXPECT_EQ(driver.seen().events[0].at("kind"), length > 65536 ? "unknown" : "message") << length;
    EXPECT_EQ(driver.seen().events[0].at("end").as_int64(), static_cast<std::int64_t>(length + 1));
  }
}

TEST_P(Examples, PlanIsTheSameForTheSameRequest) {
  Driver one(library_.adapter(), {{"prompt", "x"}, {"unknown", {1, 2}}});
  Driver two(library_.adapter(), {{"prompt", "x"}, {"unknown", {1, 2}}});
  EXPECT_EQ(one.plan(), two.plan());
  EXPECT_EQ(one.plan().at("argv"), (boost::json::array{"cat"}));
}

INSTANTIATE_TEST_SUITE_P(BothLanguages, Examples, ::testing::Values("echo-c", "echo-cpp"),
                         [](const auto& param) { return param.param == "echo-c" ? "C" : "Cpp"; });

}  // namespace
