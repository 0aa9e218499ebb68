// The test kit itself: it must notice what it promises to notice.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paddock/lines.hpp"
#include "sdk/support.hpp"

namespace {

using namespace paddock::sdk;
using namespace paddock::sdk::testing;
using ::testing::HasSubstr;

/// A well-behaved adapter: one message per line.
class Good : public Plain<LineSession> {
 public:
  using Plain::Plain;
  void on_line(Now, std::string_view line, Source source, Sink& sink) override {
    sink.event({.kind = Kind::message, .body = {{"text", to_utf8(line)}}, .source = source});
  }
};

/// Sees chunks instead of lines.
class SplitSensitive final : public Plain<Session> {
 public:
  using Plain::Plain;
  void feed(Now, std::uint32_t, std::string_view bytes, Sink& sink) override {
    sink.event({.kind = Kind::message, .body = {{"text", to_utf8(bytes)}}});
  }
};

class TwoOutcomes final : public Good {
 public:
  using Good::Good;
  void exited(Now now, const Exit& exit, Sink& sink) override {
    Good::exited(now, exit, sink);
    Good::exited(now, exit, sink);
  }
};

/// Leaves its turn open when it is cut off.
class OpenTurn final : public Good {
 public:
  using Good::Good;
  void on_line(Now, std::string_view line, Source, Sink& sink) override {
    sink.event({.kind = Kind::turn, .body = {{"phase", line == "end" ? "end" : "begin"}}});
  }
};

class BadRange final : public Good {
 public:
  using Good::Good;
  void on_line(Now, std::string_view, Source source, Sink& sink) override {
    source.end += 1;
    sink.event({.kind = Kind::notice, .source = source});
  }
};

class Timer final : public Good {
 public:
  using Good::Good;
  void on_line(Now now, std::string_view, Source, Sink& sink) override { sink.wake_at(now.mono_ns + 1'000'000'000); }
  void tick(Now now, Sink& sink) override { sink.event({.kind = Kind::notice, .body = {{"at", now.mono_ns}}}); }
};

const char* simple = "launch {}\nout one\nout two\nexit 0\n";

TEST(TestKit, IsContentWithAGoodAdapter) { EXPECT_EQ(check_stream(table_of<Good>(), Tape(simple, ".")), ""); }

TEST(TestKit, FindsEventsThatDependOnTheSplit) {
  EXPECT_THAT(check_stream(table_of<SplitSensitive>(), Tape(simple, ".")), HasSubstr("byte by byte: line 1"));
}

TEST(TestKit, FindsTwoOutcomes) {
  EXPECT_THAT(check_stream(table_of<TwoOutcomes>(), Tape(simple, ".")), HasSubstr("2 outcomes instead of one"));
}

TEST(TestKit, FindsATurnThatIsLeftOpenByACut) {
  const Tape tape("launch {}\nout begin\nout end\nexit 0\n", ".");
  EXPECT_EQ(check_contract(tape.play(table_of<OpenTurn>())), "");
  EXPECT_THAT(check_stream(table_of<OpenTurn>(), tape), HasSubstr("cut after step 2: a turn has no end"));
}

TEST(TestKit, FindsRangesOutsideTheStream) {
  EXPECT_THAT(check_stream(table_of<BadRange>(), Tape(simple, ".")), HasSubstr("a byte range lies outside its stream"));
}

TEST(TestKit, SaysWhichExpectationOfATapeIsNotMet) {
  const Tape tape(
      "launch {}\nout one\n> event {\"kind\":\"message\",\"body\":{\"text\":\"two\"}}\n> write contains x\n", ".",
      "t.tape");
  const std::string problems = tape.play(table_of<Good>()).problems();
  EXPECT_THAT(problems, HasSubstr("t.tape:3: expected 'event"));
  EXPECT_THAT(problems, HasSubstr("t.tape:4: expected 'write contains x' but got nothing"));
}

TEST(TestKit, RefusesTapesThatMakeNoSense) {
  EXPECT_THROW(Tape("out x\n", "."), std::runtime_error);
  EXPECT_THROW(Tape("", "."), std::runtime_error);
  for (const char* bad :
       {"nonsense", "raw out \\q", "cmd {\"type\":\"dance\"}", "+3h", "> maybe", "raw nowhere x", "file out missing"}) {
    EXPECT_THROW(Tape(std::string("launch {}\n") + bad + "\n", ".").play(table_of<Good>()), std::runtime_error) << bad;
  }
}

TEST(TestKit, LetsTimePassAndTicksWhenItWasAskedTo) {
  const Tape tape(
      "launch {}\nout x\n> wake\n+999ms\n> wake\n> no event {\"kind\":\"notice\"}\n+1ms\n> no wake\n> event "
      "{\"kind\":\"notice\",\"body\":{\"at\":2000000000}}\n",
      ".");
  EXPECT_EQ(tape.play(table_of<Timer>()).problems(), "");
}

TEST(TestKit, ComparesWithGoldenEvents) {
  const auto seen = Tape(simple, ".").play(table_of<Good>());
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "kit.events.jsonl";
  std::filesystem::remove(file);
  EXPECT_THAT(compare_golden(file, seen), HasSubstr("PADDOCK_UPDATE_GOLDEN=1"));
  std::ofstream(file) << "{\"kind\":\"message\"}\n";
  EXPECT_THAT(compare_golden(file, seen), HasSubstr("line 1"));
}

}  // namespace
