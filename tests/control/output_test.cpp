// The raw bytes of a session by offset.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/steady_timer.hpp>

#include "control/bench.hpp"
#include "control/journal_output.hpp"

namespace paddock::control::testing {
namespace {

namespace journal = link::journal;
using base::Errc;
using event::Channel;

/// Appends records as a runner does.
class Writer {
 public:
  explicit Writer(const std::filesystem::path& path) : out_(path, std::ios::binary | std::ios::app) {
    const auto head = journal::encode_file_head();
    out_.write(head.data(), std::streamsize(head.size())).flush();
  }
  void put(journal::Type type, Channel channel, std::string_view payload) {
    journal::Record record;
    record.type = type;
    record.channel = channel;
    record.payload = payload;
    const auto head = journal::encode_record_head(record);
    out_.write(head.data(), std::streamsize(head.size()));
    out_.write(payload.data(), std::streamsize(payload.size())).flush();
  }
  void out(std::string_view bytes) { put(journal::Type::output, Channel::out, bytes); }

 private:
  std::ofstream out_;
};

class Output : public ::testing::Test {
 protected:
  support::ScratchFolder scratch;
  std::filesystem::path path = scratch / "journal";
  Writer writer{path};
  OutputStream stream{path};
};

TEST_F(Output, IsBothChannelsInTheOrderTheyCame) {
  writer.put(journal::Type::launch, Channel::none, "{}");
  writer.out("one ");
  writer.put(journal::Type::output, Channel::err, "two ");
  writer.put(journal::Type::tick, Channel::none, "");
  writer.put(journal::Type::output, Channel::hook, "not this");
  writer.out("three");

  EXPECT_EQ(*stream.read(0, 100), "one two three");
}

TEST_F(Output, IsReadInPiecesOfAnySize) {
  writer.out("hello ");
  writer.out("world");
  std::string whole;
  for (std::uint64_t at = 0;;) {
    const auto piece = stream.read(at, 3);
    if (piece->empty()) break;
    whole += *piece;
    at += piece->size();
  }

  EXPECT_EQ(whole, "hello world");
}

TEST_F(Output, CanBeReadAgainFromBefore) {
  writer.out("hello world");
  EXPECT_EQ(*stream.read(6, 100), "world");
  EXPECT_EQ(*stream.read(0, 5), "hello");
}

TEST_F(Output, GrowsWhileItIsRead) {
  writer.out("hello");
  EXPECT_EQ(*stream.read(0, 100), "hello");
  EXPECT_EQ(*stream.read(5, 100), "");

  writer.out(" world");
  EXPECT_EQ(*stream.read(5, 100), " world");
}

TEST_F(Output, HasNothingBeyondItsEnd) {
  writer.out("hello");
  EXPECT_EQ(*stream.read(100, 10), "");
  EXPECT_EQ(*stream.read(2, 10), "llo");
}

TEST_F(Output, OfNoJournalIsNotFound) {
  OutputStreams streams;
  EXPECT_EQ(streams.read(scratch / "none", 0, 10).error().code, Errc::not_found);
}

TEST_F(Output, ManyReadersShareAFewStreams) {
  OutputStreams streams;
  for (int i = 0; i < 100; ++i) {
    const auto file = scratch / ("journal" + std::to_string(i));
    Writer(file).out("x");
    EXPECT_EQ(*streams.read(file, 0, 10), "x");
  }
  writer.out("hello");
  EXPECT_EQ(*streams.read(path, 0, 10), "hello");
}

TEST(FollowedOutput, ComesWhenItIsWrittenAndEndsWithTheSession) {
  Bench bench;
  bench.boot();
  const std::string id = bench.idle_session("ada");
  Writer writer(bench.world.runner_of(id).session_dir() + "/journal");
  std::string seen;
  bool ended = false;
  const auto follow = [&]() -> boost::asio::awaitable<void> {
    for (std::uint64_t at = 0; !ended;) {
      auto output = co_await bench.host->next_output("ada", at, 4096);
      seen += output.value().bytes;
      at = output->next_offset;
      ended = output->ended;
    }
  };
  boost::asio::co_spawn(bench.io, follow(), boost::asio::detached);
  bench.settle();
  writer.out("hello ");
  bench.until([&] { return seen == "hello "; });
  writer.out("world");
  bench.until([&] { return seen == "hello world"; });
  EXPECT_FALSE(ended);

  bench.world.runner_of(id).exit("completed");
  bench.until([&] { return ended; });
  EXPECT_EQ(seen, "hello world");
}

}  // namespace
}  // namespace paddock::control::testing
