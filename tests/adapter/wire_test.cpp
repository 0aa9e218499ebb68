// The frames: everything survives the trip, in any pieces, and no lie gets through.
#include "adapter/wire.hpp"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace paddock::adapter::wire {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

/// A request or response as text, so that a failure can be read.
std::string show(const Request& request) {
  struct Visitor {
    static std::string at(const Now& n) { return std::to_string(n.mono_ns) + "/" + std::to_string(n.unix_ms) + " "; }
    std::string operator()(const Plan& r) { return "plan " + std::string(r.request); }
    std::string operator()(const Open& r) { return "open " + std::string(r.request); }
    std::string operator()(const Started& r) { return "started " + at(r.now); }
    std::string operator()(const Feed& r) {
      return "feed " + at(r.now) + std::to_string(r.channel) + " " + std::string(r.bytes);
    }
    std::string operator()(const Eof& r) { return "eof " + at(r.now) + std::to_string(r.channel); }
    std::string operator()(const Command& r) {
      return "command " + at(r.now) + std::to_string(r.kind) + " " + std::string(r.ref) + " " + std::string(r.body);
    }
    std::string operator()(const Tick& r) { return "tick " + at(r.now); }
    std::string operator()(const Exited& r) {
      return "exited " + at(r.now) + std::to_string(r.cause) + " " + std::to_string(r.code) + " " +
             std::to_string(r.signal);
    }
    std::string operator()(const ProbePlan&) { return "probe plan"; }
    std::string operator()(const ProbeResult& r) { return "probe result " + std::string(r.findings); }
  };
  return std::visit(Visitor{}, request);
}

std::string show(const Response& response) {
  struct Visitor {
    std::string operator()(const Event& r) {
      return "event " + std::to_string(r.kind) + " " + std::to_string(r.flags) + " " + std::to_string(r.channel) + " " +
             std::to_string(r.begin) + "-" + std::to_string(r.end) + " " + std::string(r.ref) + " " +
             std::string(r.body);
    }
    std::string operator()(const Write& r) { return "write " + std::string(r.bytes); }
    std::string operator()(const CloseInput&) { return "close_input"; }
    std::string operator()(const Signal& r) { return "signal " + std::to_string(r.signo); }
    std::string operator()(const WakeAt& r) { return "wake_at " + std::to_string(r.mono_ns); }
    std::string operator()(const Diag& r) {
      return "diag " + std::to_string(r.severity) + " " + std::string(r.code) + " " + std::string(r.message);
    }
    std::string operator()(const Done& r) { return "done " + std::to_string(r.status) + " " + std::string(r.text); }
  };
  return std::visit(Visitor{}, response);
}

const std::vector<Request> requests{Plan{"{}"},       Open{"{\"a\":1}"},
                                    Started{{1, -2}}, Feed{{~0ULL, 3}, 16, "by\0tes\xFF"},
                                    Eof{{5, 6}, 2},   Command{{7, 8}, 2, "ref", "{}"},
                                    Tick{{9, 10}},    Exited{{11, 12}, 4, -1, 9},
                                    ProbePlan{},      ProbeResult{"{\"x\":[]}"}};

const std::vector<Response> responses{Event{3, 1, 2, 1ULL << 40U, (1ULL << 40U) + 1, "r", "{}"},
                                      Write{"line\n"},
                                      CloseInput{},
                                      Signal{2},
                                      WakeAt{~0ULL},
                                      Diag{3, "code", "message"},
                                      Done{-4, "text"}};

std::string frames_of(const std::vector<Response>& all) {
  std::string frames;
  for (const Response& response : all) frames += encode(response);
  return frames;
}

std::string raw(std::uint32_t length, const std::string& rest) {
  std::string frame;
  for (int i = 0; i < 4; ++i) frame += static_cast<char>(length >> (8 * i) & 0xFFU);
  return frame + rest;
}

/// Why a reader that waits for an answer refuses `bytes`; empty when it does not.
std::string refused(const std::string& bytes) {
  ResponseReader reader;
  reader.begin();
  const auto result = reader.feed(bytes, [](const Response&) {});
  if (result) return {};
  EXPECT_EQ(result.error().code, base::Errc::adapter_failed);
  return result.error().detail;
}

TEST(Wire, CarriesEveryRequestInAnyPieces) {
  std::string frames;
  std::vector<std::string> wanted;
  for (const Request& request : requests) {
    frames += encode(request);
    wanted.push_back(show(request));
  }
  for (std::size_t step = 1; step <= frames.size(); ++step) {
    RequestReader reader;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < frames.size(); at += step) {
      ASSERT_TRUE(reader.feed(frames.substr(at, step), [&](const Request& request) { got.push_back(show(request)); }));
    }
    ASSERT_EQ(got, wanted) << step;
  }
}

TEST(Wire, CarriesEveryResponseInAnyPieces) {
  const std::string frames = frames_of(responses);
  std::vector<std::string> wanted;
  wanted.reserve(responses.size());
  for (const Response& response : responses) wanted.push_back(show(response));
  for (std::size_t step = 1; step <= frames.size(); ++step) {
    ResponseReader reader;
    reader.begin();
    std::vector<std::string> got;
    for (std::size_t at = 0; at < frames.size(); at += step) {
      ASSERT_TRUE(
          reader.feed(frames.substr(at, step), [&](const Response& response) { got.push_back(show(response)); }));
    }
    ASSERT_EQ(got, wanted) << step;
    EXPECT_FALSE(reader.waiting());
  }
}

TEST(Wire, NeverReadsPastACutFrame) {
  for (const Response& response : responses) {
    const std::string frame = encode(response);
    for (std::size_t keep = 1; keep + 4 < frame.size(); ++keep) {
      // The length fits, the fields do not.
      const std::string cut = raw(static_cast<std::uint32_t>(keep), frame.substr(4, keep));
      EXPECT_THAT(refused(cut), HasSubstr("does not fit its length")) << show(response) << " " << keep;
    }
  }
}

TEST(Wire, RefusesFramesWithSomethingLeftOver) {
  const std::string frame = encode(Response(Signal{2}));
  EXPECT_THAT(refused(raw(6, frame.substr(4) + "x")), HasSubstr("a frame of type 3 does not fit its length"));
}

TEST(Wire, RefusesLies) {
  EXPECT_THAT(refused(raw(0, "")), HasSubstr("an empty frame"));
  EXPECT_THAT(refused(raw(1, "\x63")), HasSubstr("unknown frame type 99"));
  EXPECT_THAT(refused(raw(0xFFFFFFFF, "")), HasSubstr("a frame of 4294967295 bytes"));
  EXPECT_THAT(refused(raw(5, "\x01\xFF\xFF\xFF\xFF")), HasSubstr("does not fit its length"));
  EXPECT_THAT(refused(encode(Response(Event{1, 0, 0, 0, 0, "", std::string(262'145, ' ')}))),
              HasSubstr("body is over 256 KiB"));
  EXPECT_THAT(refused(encode(Response(Event{1, 0, 0, 0, 0, std::string(257, 'r'), "{}"}))),
              HasSubstr("ref is over 256 bytes"));
  EXPECT_THAT(refused(encode(Response(Event{1, 0, 0, 9, 8, "", "{}"}))), HasSubstr("ends before it begins"));
}

TEST(Wire, RefusesAnAnswerWithoutAnEnd) {
  ResponseReader reader;
  reader.begin();
  const std::string block = encode(Response(Write{std::string(1U << 20U, 'x')}));
  int taken = 0;
  while (taken < 100 && reader.feed(block, [](const Response&) {})) ++taken;
  EXPECT_LT(taken, 21);
  EXPECT_GE(taken, 16);
}

TEST(Wire, CountsEachAnswerOnItsOwn) {
  ResponseReader reader;
  const std::string answer = frames_of({Write{std::string(3U << 20U, 'x')}, Done{}});
  for (int i = 0; i < 20; ++i) {
    reader.begin();
    ASSERT_TRUE(reader.feed(answer, [](const Response&) {})) << i;
  }
}

TEST(Wire, RefusesSpeechWithoutAQuestion) {
  ResponseReader reader;
  EXPECT_FALSE(reader.feed(encode(Response(Done{})), [](const Response&) {}));
  EXPECT_THAT(refused(frames_of({Done{}, CloseInput{}})), HasSubstr("it spoke without being asked"));
}

TEST(Wire, StaysBrokenOnceItIsBroken) {
  ResponseReader reader;
  reader.begin();
  const auto first = reader.feed(raw(0, ""), [](const Response&) {});
  reader.begin();
  int seen = 0;
  const auto second = reader.feed(encode(Response(Done{})), [&](const Response&) { ++seen; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), first.error());
  EXPECT_EQ(seen, 0);
}

TEST(Wire, RefusesRequestsItDoesNotKnow) {
  RequestReader reader;
  EXPECT_FALSE(reader.feed(raw(1, "\x20"), [](const Request&) {}));
  RequestReader other;
  EXPECT_FALSE(other.feed(raw(0, ""), [](const Request&) {}));
  RequestReader third;
  EXPECT_FALSE(third.feed(raw(0x7FFFFFFF, ""), [](const Request&) {}));
}

TEST(Wire, SurvivesAnyGarbage) {
  std::uint32_t seed = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 64; ++i) {
      seed = seed * 1664525U + 1013904223U;
      // Small lengths, so that the garbage gets as far as the fields.
      bytes += static_cast<char>(i % 16 == 0 ? seed >> 28U : i % 16 < 4 ? 0 : seed >> 24U);
    }
    ResponseReader reader;
    reader.begin();
    static_cast<void>(reader.feed(bytes, [](const Response&) {}));
  }
}

}  // namespace
}  // namespace paddock::adapter::wire
