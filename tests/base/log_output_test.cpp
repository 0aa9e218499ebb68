// A log must never stop the program that writes it.
#include "base/log_output.hpp"

#include <array>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace paddock::base::log {
namespace {

std::string lost(std::uint64_t lines) { return "lost " + std::to_string(lines) + "\n"; }

/// A pipe of two pages whose reader takes what it is told to take.
class UnreadLog : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = UniqueFd(ends[0]);
    writer_ = UniqueFd(ends[1]);
    ASSERT_GE(::fcntl(writer_.get(), F_SETPIPE_SZ, 2 * page.size()), 2 * page.size());
  }

  std::string read_some() {
    std::array<char, 8192> chunk;
    const ssize_t got = ::read(reader_.get(), chunk.data(), chunk.size());
    return {chunk.data(), std::size_t(got > 0 ? got : 0)};
  }

  const std::string page = std::string(4096, 'x');
  UniqueFd reader_, writer_;
};

TEST_F(UnreadLog, TheProgramGoesOnWhenNobodyReadsItsLog) {
  LogOutput output(writer_.get());
  const std::string line(1024, 'x');
  for (int i = 0; i < 100; ++i) output.put(line, lost);  // a write that waits would end here, after eight
  EXPECT_GE(read_some().size(), line.size());
}

TEST_F(UnreadLog, SaysHowManyLinesWereLostOnceItIsReadAgain) {
  LogOutput output(writer_.get());
  output.put(page, lost);
  output.put(page, lost);
  output.put("third\n", lost);
  output.put("fourth\n", lost);
  EXPECT_EQ(read_some(), page + page);
  output.put("fifth\n", lost);
  EXPECT_EQ(read_some(), "lost 2\nfifth\n");
  output.put("sixth\n", lost);
  EXPECT_EQ(read_some(), "sixth\n");
}

TEST_F(UnreadLog, CountsOnWhileTheLossCannotBeToldEither) {
  LogOutput output(writer_.get());
  for (int i = 0; i < 6; ++i) output.put(page, lost);
  EXPECT_EQ(read_some(), page + page);
  output.put("after\n", lost);
  EXPECT_EQ(read_some(), "lost 4\nafter\n");
}

TEST_F(UnreadLog, LosesWhatIsWrittenToAClosedDescriptor) {
  const int gone = writer_.get();
  LogOutput output(gone);
  writer_ = UniqueFd();
  output.put("nobody\n", lost);
  EXPECT_EQ(read_some(), "");
}

}  // namespace
}  // namespace paddock::base::log
