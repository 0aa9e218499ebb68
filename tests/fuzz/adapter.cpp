// One adapter under a tape that a fuzzer wrote: whatever an agent prints and people do, in any order the
// host may call, the adapter stays whole and tells one outcome.
//
// The input is read as a tape (paddock/testing/tape.hpp), so the recorded ones are seeds as they stand.
// Nothing is an error: words that are not known are bytes of the agent, steps that the host would not
// take are left out.
#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "paddock/adapter_testing.hpp"

namespace {

using namespace paddock::fuzz;
using namespace paddock::sdk::testing;
namespace json = boost::json;

constexpr std::uint64_t kMostTime = 60'000'000'000;  // in one step; an adapter may ask for many ticks

/// What `read` gives, or nothing where a tape would be malformed.
template <class Read>
auto lenient(Read read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// Plays the lines of a tape as far as they can be played.
class Player final {
 public:
  Player(const json::object& launch, bool in_pieces) : driver_(paddock_adapter_v1, launch), in_pieces_(in_pieces) {
    driver_.started();
  }

  void play(std::string_view rest) {
    while (!rest.empty() && !driver_.seen().exited) step(detail::take_line(rest));
    if (!driver_.seen().exited) end({0, 9, PDK_CAUSE_NONE});
  }

  const Recorded& seen() const { return driver_.seen(); }

 private:
  void step(std::string_view line) {
    std::string_view rest = line;
    const std::string_view word = detail::take_word(rest);
    if (word == "out" || word == "err" || word == "hook") {
      feed(detail::channel_of(word), std::string(rest) + "\n");
    } else if (word == "raw") {
      raw(rest);
    } else if (word == "cmd") {
      command(rest);
    } else if (word == "eof") {
      if (const auto channel = lenient([&] { return detail::channel_of(rest); })) eof(*channel);
    } else if (word == "exit") {
      if (const auto how = lenient([&] { return detail::end_of(rest); })) end(*how);
    } else if (word.starts_with('+')) {
      if (const auto time = lenient([&] { return detail::duration_of(word); })) {
        driver_.advance(std::min(*time, kMostTime));
      }
    } else if (word == "tick") {
      driver_.tick();
    } else if (!line.starts_with("> ") && !line.starts_with('#')) {
      feed(PDK_CH_STDOUT, line);
    }
  }

  void raw(std::string_view rest) {
    const std::string_view where = detail::take_word(rest);
    const auto channel = lenient([&] { return detail::channel_of(where); });
    feed(channel.value_or(PDK_CH_STDOUT), lenient([&] { return detail::unescape(rest); }).value_or(std::string(rest)));
  }

  void feed(std::uint32_t channel, std::string_view bytes) {
    if (ended_.contains(channel)) return;
    if (!in_pieces_) return driver_.feed(channel, bytes);
    in_pieces(bytes, [&](std::string_view piece) { driver_.feed(channel, piece); });
  }

  void command(std::string_view text) {
    auto body = lenient([&] { return detail::object_of(text); }).value_or(json::object());
    const auto take = [&](const char* key) {
      return lenient([&] { return detail::take_text(body, key); }).value_or("");
    };
    const std::string type = take("type");
    const auto kind = lenient([&] { return detail::command_of(type); });
    const std::string ref = take("ref");
    const pdk_status status = driver_.command(kind.value_or(77), ref, body);
    must(status <= PDK_OK && status > PDK_E_INTERNAL, "a command gives a status of the contract, and not 'internal'");
  }

  void eof(std::uint32_t channel) {
    if (ended_.insert(channel).second) driver_.eof(channel);
  }

  void end(const detail::End& how) {
    eof(PDK_CH_STDOUT);
    eof(PDK_CH_STDERR);
    const auto fed = driver_.seen().fed;
    for (const auto& [channel, bytes] : fed) eof(channel);
    driver_.exited(how.code, how.signal, how.cause);
  }

  Driver driver_;
  bool in_pieces_;
  std::set<std::uint32_t> ended_;
};

/// Takes the launch off the tape; the plainest one when it has none that can be read.
json::object take_launch(std::string_view& tape) {
  while (tape.starts_with('#')) detail::take_line(tape);
  std::string_view rest = tape.substr(0, tape.find('\n'));
  const bool has_launch = detail::take_word(rest) == "launch";
  if (has_launch) detail::take_line(tape);
  json::object plain{{"mode", "headless"}, {"args", {"cat"}}, {"keep_open", true}};
  return has_launch ? lenient([&] { return detail::object_of(rest); }).value_or(plain) : plain;
}

/// Only a refusal of plan() is fair: what it accepted, open() must accept too.
bool is_refusal(std::string_view why) { return why.starts_with("plan gave -1") || why.starts_with("plan gave -2"); }

std::optional<Recorded> play(const json::object& launch, std::string_view tape, bool in_pieces) {
  try {
    Player player(launch, in_pieces);
    player.play(tape);
    return player.seen();
  } catch (const std::exception& error) {
    if (is_refusal(error.what())) return std::nullopt;
    finding(std::string("the launch failed: ") + error.what());
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view tape = view(data, size);
  const json::object launch = take_launch(tape);
  const auto whole = play(launch, tape, false);
  if (!whole) return 0;
  if (const std::string broken = check_contract(*whole); !broken.empty()) finding(broken);
  const auto pieces = play(launch, tape, true);
  must(pieces.has_value(), "the same launch is accepted twice");
  const std::string difference =
      detail::first_difference(detail::jsonl(pieces->final_events()), detail::jsonl(whole->final_events()));
  if (!difference.empty()) finding("final events depend on how the stream was split: " + difference);
  must(pieces->written == whole->written, "what is written depends on what was read, not on its pieces");
  return 0;
}
